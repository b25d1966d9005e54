"""From a text that a person wrote to a configuration that every other part can trust.

`yaml_text` turns bytes into a tree whose every value knows its place, `overlay` lays the
environment and `--set` over it, `reader` turns the tree into the structs of `schema`, `check`
judges what no single field can tell, and `loader.load` does all of it. `describe` goes the other
way: back to text, to a JSON Schema, to the bytes that name a configuration. Whatever is wrong
leaves as one ConfigError with its place and a way out.
"""
