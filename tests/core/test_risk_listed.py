"""The venue's own word on an instrument reaches the judging of its orders, also after a restart."""

from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from tests.core.making import A, given, reborn
from tests.core.risking import FACTS, cold, own, risk, verdict
from trader.model.control import (
    InstrumentChanged,
    InstrumentHalted,
    InstrumentReported,
    InstrumentResumed,
)
from trader.model.instrument import Instrument, InstrumentVersion

FIRST = InstrumentVersion(since=1, tick=Decimal(1), lot=Decimal(1))


def listed(**fields: Any) -> InstrumentReported:
    version = replace(FIRST, **fields)
    one = Instrument(symbol="A", venue="v", currency="USD", versions=(version,))
    return InstrumentReported(instrument=A, listed=one)


def test_what_the_venue_takes_holds_from_its_word_on() -> None:
    gate = risk()
    assert verdict(gate, own(6, "a")) == ""

    [changed] = given(gate, listed(size_max=Decimal(5)))

    assert isinstance(changed, InstrumentChanged)
    assert verdict(gate, own(6, "b")) == "filter_violated"
    assert verdict(gate, own(5, "c")) == ""
    given(gate, listed(since=2))
    assert verdict(gate, own(6, "d")) == ""


def test_it_is_part_of_what_risk_remembers() -> None:
    first = risk()
    given(first, listed(size_max=Decimal(5)))
    gate = reborn(first, cold(*FACTS))

    assert verdict(gate, own(6)) == "filter_violated"
    assert given(gate, listed(since=9, size_max=Decimal(5))) == []


def test_what_does_not_trade_is_not_ordered() -> None:
    gate = risk()
    halted = given(gate, listed(is_trading=False, status="BREAK"))

    assert halted[1:] == [InstrumentHalted(instrument=A, reason="break")]
    assert verdict(gate, own(1)) == "instrument_halted"
    assert given(gate, listed(since=2))[1:] == [InstrumentResumed(instrument=A)]
    assert verdict(gate, own(1)) == ""
