"""The rows that a run read, by their numbers: what each said, and where in which file it stands."""

from decimal import Decimal
from typing import Any, Final

from sims.numbering import NumberedRow, Numbering
from sims.streams import ACTIONS, BARS
from trader.config.notation import instant_text
from trader.config.scale import scale_of
from trader.config.schema import Config
from trader.data.bars import BarFile
from trader.data.defects import Source as Origin
from trader.data.tables.rhythm import interval_text
from trader.model.control import (
    DividendPaid,
    InstrumentHalted,
    InstrumentResumed,
    SplitEffective,
)
from trader.model.envelope import Message
from trader.model.market import BarClosed, BookDelta, Quote, Trade
from trader.model.money import plain
from trader.model.units import NONE, Ticks
from trader.research.reopening import Reopened
from trader.research.telling import Told

START: Final = "start"


class Contents:
    """What rows say, with prices in currency."""

    def __init__(self, config: Config) -> None:
        self._grids: Final = {each.name: each.tick for each in config.instruments}
        self._scale: Final = scale_of(config)

    def content(self, message: Message) -> Told:
        """What a row says."""
        match message:
            case BarClosed():
                return self._bar(message)
            case Quote():
                return self._quote(message)
            case Trade():
                return self._trade(message)
            case BookDelta():
                return self._change(message)
            case _:
                return self._action(message)

    def price(self, message: Message, instrument: str) -> Ticks | None:
        """The price at which something is decided on such a row; None if it says none."""
        if getattr(message, "instrument", None) != instrument:
            return None
        match message:
            case BarClosed():
                return message.close_ticks
            case Trade():
                return message.ticks
            case Quote():
                sides = (message.bid_ticks, message.ask_ticks)
                known = max(sides) if NONE in sides else sum(sides) // 2
                return None if known == NONE else known
            case _:
                return None

    def _bar(self, bar: BarClosed) -> Told:
        prices = ("open", "high", "low", "close")
        return {
            "kind": "bars",
            "instrument": bar.instrument,
            "interval": interval_text(bar.interval_ns),
            "ts_open": instant_text(bar.ts_open),
            "ts_close": instant_text(bar.ts_close),
            **{each: self._price(bar.instrument, getattr(bar, f"{each}_ticks")) for each in prices},
            "lots": bar.lots,
        }

    def _quote(self, quote: Quote) -> Told:
        return {
            "kind": "quotes",
            "instrument": quote.instrument,
            "bid": self._price(quote.instrument, quote.bid_ticks),
            "ask": self._price(quote.instrument, quote.ask_ticks),
            "bid_lots": _known(quote.bid_lots),
            "ask_lots": _known(quote.ask_lots),
        }

    def _trade(self, trade: Trade) -> Told:
        return {
            "kind": "trades",
            "instrument": trade.instrument,
            "price": self._price(trade.instrument, trade.ticks),
            "lots": trade.lots,
            "side": trade.side,
            "trade_id": trade.trade_id,
        }

    def _change(self, change: BookDelta) -> Told:
        return {
            "kind": "depth",
            "instrument": change.instrument,
            "side": change.side,
            "price": self._price(change.instrument, change.ticks),
            "lots": change.lots,
            "snapshot": bool(change.snapshot),
            "last": bool(change.last),
        }

    def _action(self, message: Message) -> Told:
        told: dict[str, Any] = {}
        match message:
            case SplitEffective():
                told = {"numerator": message.numerator, "denominator": message.denominator}
                action = "split"
            case DividendPaid():
                told = {"amount_per_lot": self._scale.text(message.amount)}
                action = "dividend"
            case InstrumentHalted():
                told = {"reason": message.reason}
                action = "halt"
            case InstrumentResumed():
                action = "resume"
            case _:
                raise AssertionError(message)
        return {"kind": "actions", "instrument": message.instrument, "action": action, **told}

    def _price(self, instrument: str, ticks: Ticks) -> str | None:
        tick: Decimal = self._grids[instrument]
        return None if ticks == NONE else plain(ticks * tick)


class InputRows:
    """The rows of one run's inputs; reads those that are asked for."""

    def __init__(self, reopened: Reopened) -> None:
        self.numbering: Final = Numbering(reopened.sources)
        self._contents = Contents(reopened.config)
        self._found: dict[int, NumberedRow] = {}
        self._splits: list[NumberedRow] | None = None

    def row(self, seq: int) -> NumberedRow:
        """The row of a number from 1 on."""
        if seq not in self._found:
            self._found[seq] = self.numbering.row(seq)
        return self._found[seq]

    def told(self, seq: int) -> Told:
        """The row as the end of a chain of causes; row 0 is the start of the run."""
        if not seq:
            return {"kind": START, "name": "0.0", "ts": None, "cause": None}
        numbered = self.row(seq)
        return {
            "kind": "input",
            "name": f"{seq}.0",
            "ts": instant_text(numbered.known),
            "cause": None,
            "row": self.content(numbered.message),
            "file": _file(numbered),
        }

    def content(self, message: Message) -> Told:
        """What a row says."""
        return self._contents.content(message)

    def price(self, seq: int, instrument: str) -> Ticks | None:
        """The price at which something is decided on this row; None if it says none."""
        return self._contents.price(self.row(seq).message, instrument) if seq else None

    def reported(self, seq: int) -> None:
        """No row is a report of a venue: the simulated one's are caused by their approvals."""

    @property
    def total(self) -> int:
        """How many rows there are."""
        return self.numbering.total

    def splits(self, instrument: str) -> list[tuple[int, SplitEffective]]:
        """The splits of an instrument, each with the number of its row."""
        if self._splits is None:
            self._splits = self.numbering.of_kind(ACTIONS)
        return [
            (each.seq, each.message)
            for each in self._splits
            if isinstance(each.message, SplitEffective) and each.message.instrument == instrument
        ]


def _known(lots: int) -> int | None:
    return None if lots == NONE else lots


def _file(numbered: NumberedRow) -> Told | None:
    """Where the row stands, counted from 0; None of a market that is made up."""
    file, row = numbered.source.file, numbered.row
    origin = getattr(file, "source", None)
    if not isinstance(origin, Origin):
        return None
    if numbered.source.kind == BARS and isinstance(file, BarFile):
        row = file.kept.row_of(row)
    path, place = origin.address(row) if origin.address else (origin.path, f"row {row}")
    return {"path": str(path.resolve()), "place": place, "digest": numbered.source.file.digest}
