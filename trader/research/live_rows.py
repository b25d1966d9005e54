"""The inputs of a live run: market data, what the venue said and people told, timers."""

from enum import IntEnum
from typing import Final

import msgspec

from trader.config.notation import instant_text
from trader.model.control import (
    DividendPaid,
    InstrumentHalted,
    InstrumentResumed,
    SplitEffective,
)
from trader.model.market import BarClosed, BookDelta, Quote, Trade
from trader.model.orders import OrderEvent
from trader.model.units import Ticks
from trader.research.input_rows import START, Contents
from trader.research.live_run import LiveRun
from trader.research.telling import Told

MARKET: Final = (BarClosed, Quote, Trade, BookDelta)
_ROWS: Final = (
    *MARKET,
    SplitEffective,
    DividendPaid,
    InstrumentHalted,
    InstrumentResumed,
)


class LiveRows:
    """The input rows of one live run."""

    def __init__(self, run: LiveRun) -> None:
        self._run: Final = run
        self._contents: Final = Contents(run.config)

    @property
    def total(self) -> int:
        """How many rows there are."""
        return self._run.total

    def told(self, seq: int) -> Told:
        """The row as the end of a chain of causes; row 0 is the start of the run."""
        if not seq:
            return {"kind": START, "name": "0.0", "ts": None, "cause": None}
        record, step = self._run.step(seq)
        return {
            "kind": "input",
            "name": f"{seq}.0",
            "ts": instant_text(step.input.ts),
            "cause": None,
            "row": self.content(step.input.body),
            "file": {
                "path": str(self._run.path),
                "place": f"record {record.index}",
                "digest": None,
            },
        }

    def content(self, body: msgspec.Struct) -> Told:
        """What a row says; what is no market data by the names of its type and its fields.

        A field that says what it always does is left out.
        """
        if isinstance(body, _ROWS):
            return self._contents.content(body)
        fields = {
            each.name: _plain(value)
            for each in msgspec.structs.fields(body)
            if (value := getattr(body, each.name)) != each.default
        }
        return {"kind": "message", "type": type(body).__name__, "fields": fields}

    def price(self, seq: int, instrument: str) -> Ticks | None:
        """The price at which something is decided on this row; None if it says none."""
        return self._contents.price(self._run.step(seq)[1].input.body, instrument) if seq else None

    def splits(self, instrument: str) -> list[tuple[int, SplitEffective]]:
        """The splits of an instrument, each with the number of its row."""
        return self._run.splits(instrument)

    def reported(self, seq: int) -> str | None:
        """The order that the venue reports of in this row, if it does."""
        body = self._run.step(seq)[1].input.body if seq else None
        return body.client_order_id if isinstance(body, OrderEvent) else None


def _plain(value: object) -> object:
    """A field of a message as a document has it; enumerations by their names."""
    return value.name.lower() if isinstance(value, IntEnum) else msgspec.to_builtins(value)
