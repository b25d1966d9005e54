"""Plain values as YAML a person can read: block style, one value a line, a comment behind it.

What is written here, `yaml_text` reads back as the same values: a text is quoted unless it is
plainly a text, a decimal keeps its point.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from trader.config.tree import Origin, Plain, Scalar, join, resolve
from trader.model.money import plain

COMMENT_COLUMN: Final = 40
_BARE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
# Texts to us, but truth values to the readers of YAML 1.1 that other programs use.
_TRUTHS_ELSEWHERE: Final = frozenset({"y", "n", "yes", "no", "on", "off"})
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\"}

Line = tuple[str, str]
"""A line and the comment behind it."""


def render(lines: Iterable[Line]) -> str:
    """The lines as one text, comments below one another where there is room."""
    out = []
    for text, comment in lines:
        out.append(f"{text:<{COMMENT_COLUMN - 1}} # {comment}" if comment else text)
    return "".join(f"{line.rstrip()}\n" for line in out)


def lines_of(
    value: Mapping[str, Plain],
    comment: Callable[[str], str],
    names: Callable[[Sequence[Plain]], Sequence[str]],
    at: str = "",
) -> Iterator[Line]:
    """The lines of a section. `comment` goes by dotted key, in which `names` name list items."""
    for key, below in value.items():
        inside = join(at, key)
        if isinstance(below, dict) and below:
            yield f"{key_text(key)}:", ""
            yield from indented(lines_of(below, comment, names, inside))
        elif isinstance(below, list) and below:
            yield f"{key_text(key)}:", ""
            for name, item in zip(names(below), below, strict=True):
                place = join(inside, name)
                if isinstance(item, dict) and item:
                    yield from indented(as_item(lines_of(item, comment, names, place)))
                else:
                    yield f"  - {flow(item)}", comment(place)
        else:
            yield f"{key_text(key)}: {flow(below)}", comment(inside)


def indented(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines one level further in."""
    for text, comment in lines:
        yield f"  {text}", comment


def as_item(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines of a section as one item of a list."""
    for index, (text, comment) in enumerate(lines):
        yield f"  {text}" if index else f"- {text}", comment


def key_text(key: str) -> str:
    """A key as it stands before its colon."""
    return key if _is_bare(key) else _quoted(key)


def flow(value: Plain) -> str:
    """A value on one line."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Decimal):
        text = plain(value)
        return text if "." in text else f"{text}.0"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_quoted(k)}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return value if _is_bare(value) else _quoted(value)


def _is_bare(text: str) -> bool:
    if not _BARE.fullmatch(text) or text.lower() in _TRUTHS_ELSEWHERE:
        return False
    return isinstance(resolve(Scalar(text, quoted=False, origin=Origin(""))), str)


def _quoted(text: str) -> str:
    return '"' + "".join(_escape(character) for character in text) + '"'


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    return character if character.isprintable() else f"\\U{ord(character):08X}"
