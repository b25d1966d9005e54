"""Hostile and broken texts: whatever the bytes, a tree or one ConfigError with its line."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from trader.config import yaml_text
from trader.config.tree import ListNode, MapNode, Node, Scalar, resolve
from trader.config.yaml_text import BYTES_MAX, DEPTH_MAX, NODES_MAX, parse_file, parse_value
from trader.errors import ConfigError


@pytest.fixture(params=[yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> object:
    """Both parsers that PyYAML may bring: a machine without the compiled one behaves alike."""
    monkeypatch.setattr(yaml_text, "_LOADER", request.param)
    return request.param


def meaning(node: Node) -> object:
    """The tree as plain values."""
    if isinstance(node, MapNode):
        return {key: meaning(value) for key, value in node.entries.items()}
    if isinstance(node, ListNode):
        return [meaning(item) for item in node.items]
    return resolve(node)


def laughs(levels: int, width: int) -> str:
    """A list of lists of lists ..., each level naming the one before it `width` times."""
    lines = ["a0: &a0 [x]"]
    for level in range(1, levels):
        names = ", ".join([f"*a{level - 1}"] * width)
        lines.append(f"a{level}: &a{level} [{names}]")
    return "\n".join(lines)


REFUSED = [
    ("a: !!python/object:os.system x", ":1", "the tag '!!python/object:os.system' is not"),
    ("a: 1\nb: !!python/object/apply:os.system [x]", ":2", "is not allowed"),
    ("a: !!str 5", ":1", "the tag '!!str' is not allowed"),
    ("a: !mine {b: 1}", ":1", "the tag '!mine' is not allowed"),
    ("a: ! 5", ":1", "the tag '!' is not allowed"),
    ("!!map\na: 5", ":1", "is not allowed"),
    ("!!str a: 5", ":1", "is not allowed"),
    (laughs(9, 9), ":6", f"more than {NODES_MAX} values, aliases written out"),
    ("a: &a [*a]", ":1", "the alias '*a' has no anchor before it"),
    ("a: *nobody", ":1", "the alias '*nobody' has no anchor before it"),
    ("k: &k x\n*k : 5", ":2", "a key must be a plain text"),
    ("a: 1\nb: 2\na: 3", ":3", "the key 'a' occurs twice"),
    ("x:\n  - {a: 1, a: 2}", ":2", "the key 'a' occurs twice"),
    ("a: 1\n'a': 2", ":2", "the key 'a' occurs twice"),
    ("? [a]\n: 5", ":1", "a key must be a plain text"),
    (f"? {'k' * 101}\n: 5", ":1", "a key longer than 100 characters"),
    ("a: 1\n---\nb: 2", ":3", "a second document"),
    ("[" * 100_000, ":1", f"nested deeper than {DEPTH_MAX}"),
    ("a: " + "{b: " * 100_000, ":1", f"nested deeper than {DEPTH_MAX}"),
    ("- " * 500 + "x", ":1", f"nested deeper than {DEPTH_MAX}"),
    ("a: &a " + "[" * 20 + "]" * 20 + "\nb: " + "[" * 20 + "*a" + "]" * 20, ":2", "nested deeper"),
    ("a:\n\t- 5", ":2", "not YAML"),
    ("a: [1, 2", "", "not YAML"),
    ("a: 'x", "", "not YAML"),
    ("a: b: c", ":1", "not YAML"),
    ("%YAML 3.0\n---\na: 1", "", "not YAML"),
    ("a: \x07", "", "not YAML: a character that must not occur"),
    ('a: "\\ud800"', ":1", ""),
    ('"\\ud800": a', ":1", ""),
    ("- 1", ":1", "expected keys and values at the top"),
    ("hello", ":1", "expected keys and values at the top"),
    ("", "", "the file is empty"),
    ("# nothing\n", "", "the file is empty"),
    ("---\n...\n", "", "the file is empty"),
]


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(("text", "line", "message"), REFUSED, ids=range(len(REFUSED)))
def test_a_text_is_refused_with_its_line(text: str, line: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_file(text.encode(), "f.yaml")

    assert message in caught.value.message
    assert caught.value.where.startswith(f"f.yaml{line}")
    assert str(caught.value).isprintable()


def test_the_first_of_two_equal_keys_is_named() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_file(b"a: 1\nb: 2\na: 3", "f.yaml")

    assert caught.value.hint == "the first is in line 1"


@pytest.mark.parametrize(
    ("content", "where", "message"),
    [
        (b"a: 1\nb: \xff", "f.yaml:2", "not UTF-8"),
        ("a: 1".encode("utf-16"), "f.yaml:1", "not UTF-8"),
        (b"a" * (BYTES_MAX + 1), "f.yaml", "more than 1048576 bytes"),
    ],
)
def test_bytes_are_refused(content: bytes, where: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_file(content, "f.yaml")

    assert (caught.value.where, message in caught.value.message) == (where, True)


@pytest.mark.usefixtures("parser")
def test_scalars_follow_the_core_schema_of_yaml_1_2() -> None:
    """None of the surprises of YAML 1.1: no `yes`, no base 60, no octal by a leading zero."""
    words = "[yes, no, on, off, y, n, 1:30, 010, 1_000, 2024-01-02, =, <<, 0b1, .inf, .nan]"
    assert meaning(parse_value(words, "x")) == words[1:-1].split(", ")
    assert meaning(parse_value("[true, False, ~, null, NULL]", "x")) == [True, False] + [None] * 3
    assert meaning(parse_value("[7, -7, +7, 0, 0o17, 0x1F]", "x")) == [7, -7, 7, 0, 15, 31]
    assert meaning(parse_value("['7', \"true\", '']", "x")) == ["7", "true", ""]
    assert str(meaning(parse_value("[0.10, .5, 5., 1e3]", "x"))) == (
        "[Decimal('0.10'), Decimal('0.5'), Decimal('5'), Decimal('1E+3')]"
    )


@pytest.mark.usefixtures("parser")
def test_every_value_knows_its_line_and_column() -> None:
    root = parse_file(b"\xef\xbb\xbfa: 1\nb:\n  - {c: 2}\n", "f.yaml")

    assert (root.keys["b"].line, root.keys["b"].column) == (2, 1)
    listed = root.entries["b"]
    assert isinstance(listed, ListNode)
    inner = listed.items[0]
    assert isinstance(inner, MapNode)
    leaf = inner.entries["c"]
    assert isinstance(leaf, Scalar)
    assert (str(leaf.origin), leaf.origin.column) == ("f.yaml:3", 9)


@pytest.mark.usefixtures("parser")
def test_a_few_aliases_are_fine() -> None:
    root = parse_file(b"a: &a {x: 1}\nb: [*a, *a]", "f.yaml")

    assert meaning(root) == {"a": {"x": 1}, "b": [{"x": 1}, {"x": 1}]}


def test_a_value_given_outside_a_file_has_no_line() -> None:
    node = parse_value("{a: [1]}", "--set")

    assert isinstance(node, MapNode)
    assert str(node.entries["a"].origin) == "--set"
    assert meaning(parse_value("", "--set")) is None


def test_a_value_of_foreign_bytes_is_refused() -> None:
    """An operating system hands bytes that are no UTF-8 over as half characters."""
    with pytest.raises(ConfigError, match="not UTF-8"):
        parse_value("a\udc80", "--set")


def test_a_value_has_a_bound() -> None:
    with pytest.raises(ConfigError, match="more than 1048576 characters"):
        parse_value("a" * (BYTES_MAX + 1), "--set")


@given(st.binary(max_size=200))
def test_any_bytes_give_a_tree_or_a_config_error(content: bytes) -> None:
    try:
        parse_file(content, "f.yaml")
    except ConfigError as error:
        assert str(error).isprintable()  # noqa: PT017 - either outcome is right


@given(st.text(alphabet="ab:-?!&*[]{}|>'\"%#,\n \t<~0", max_size=60))
def test_any_structure_gives_a_tree_or_a_config_error(text: str) -> None:
    try:
        parse_file(text.encode(), "f.yaml")
    except ConfigError as error:
        assert str(error).isprintable()  # noqa: PT017 - either outcome is right
