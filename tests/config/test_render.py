"""Plain values as lines of YAML."""

from decimal import Decimal

import pytest

from trader.config.render import flow, key_text, lines_of, render
from trader.config.tree import Plain


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (-5, "-5"),
        (Decimal("1.50"), "1.5"),
        (Decimal("1E-9"), "0.000000001"),
        (Decimal(2), "2.0"),
        ("ema_cross", "ema_cross"),
        ("a/b.parquet", "a/b.parquet"),
        ("", '""'),
        ("null", '"null"'),
        ("True", '"True"'),
        ("off", '"off"'),
        ("1m", '"1m"'),
        ('say "x"\\', '"say \\"x\\"\\\\"'),
        ("a\nb\u2028\u0085", '"a\\U0000000Ab\\U00002028\\U00000085"'),
        ("naïve", '"naïve"'),
        ([1, ["x", {}]], "[1, [x, {}]]"),
        ({"a b": None}, '{"a b": null}'),
    ],
)
def test_a_value_on_one_line(value: Plain, text: str) -> None:
    assert flow(value) == text


def test_keys_are_quoted_where_they_must_be() -> None:
    assert [key_text(key) for key in ("lots", "a: b", "yes", "", "5")] == [
        "lots",
        '"a: b"',
        '"yes"',
        '""',
        '"5"',
    ]


def test_sections_and_lists_are_blocks_with_comments_behind() -> None:
    value: dict[str, Plain] = {"a": {"b": 1}, "c": [{"d": 2, "e": [3]}, []], "f": []}

    lines = lines_of(value, lambda key: f"<{key}>", lambda items: ["x", "y"][: len(items)])

    assert render(lines).splitlines() == [
        "a:",
        "  b: 1                                  # <a.b>",
        "c:",
        "  - d: 2                                # <c.x.d>",
        "    e:",
        "      - 3                               # <c.x.e.x>",
        "  - []                                  # <c.y>",
        "f: []                                   # <f>",
    ]


def test_a_long_line_keeps_its_comment() -> None:
    assert render([("x" * 50, "why")]) == "x" * 50 + " # why\n"
