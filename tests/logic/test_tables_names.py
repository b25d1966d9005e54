"""Names in dictionaries: whatever they are made of, other names make another digest."""

import pytest

from trader.logic.tables import Tables


def digest(names: list[str]) -> str:
    tables = Tables()
    for name in names:
        tables.names["reasons"][name]
    return tables.digest()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["a\nb", "c"], ["a", "b\nc"]),  # a reason of a person's own strategy may have two lines
        (["", "\n"], ["\n", ""]),
    ],
)
def test_other_names_make_another_digest(one: list[str], other: list[str]) -> None:
    assert digest(one) != digest(other)
