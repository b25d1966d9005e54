"""What positions and equity are made of."""

from typing import get_type_hints

import pytest

from trader.model.account import EquityMarked, EquitySampled, OwnReported, PositionChanged


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (PositionChanged, ["lots", "cost", "realized", "last_lots", "last_ticks"]),
        (EquityMarked, ["equity", "peak"]),
        (EquitySampled, ["equity", "cash", "realized", "unrealized", "peak"]),
    ],
)
def test_amounts_are_whole_numbers(kind: type, fields: list[str]) -> None:
    """Money, lots and cost never pass through a float."""
    hints = get_type_hints(kind)

    assert {name: hints[name] for name in fields} == dict.fromkeys(fields, int)


def test_our_own_view_names_what_works_and_what_was_traded() -> None:
    own = OwnReported(working=("o1",), in_doubt=0, traded={"X.v": 5})

    assert (own.working, own.traded["X.v"]) == (("o1",), 5)
