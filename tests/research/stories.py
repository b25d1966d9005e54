"""Runs whose every price is known, to ask why of: bars written by hand and strategies by script."""

from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import msgspec
import polars as pl

from tests.research.making import quiet, run
from tests.semantics import scripted
from trader.model.units import MINUTE_NS
from trader.research.folder import RunFolder, open_run
from trader.research.heard import Hearing
from trader.research.input_rows import InputRows
from trader.research.playing import Playing
from trader.research.reopening import Reopened, reopen
from trader.research.telling import Told
from trader.research.why import Why
from trader.research.why_not import WhyNot

START_NS = 1_704_153_600_000_000_000
"""2024-01-02T00:00:00Z."""

FLAT = (100.0, 101.0, 99.0, 100.0)
"""Open, high, low, close of a bar on which nothing happens."""


def minute(number: int) -> str:
    """The instant at which bar `number`, from 0, closes."""
    return f"2024-01-02T00:{number + 1:02}:00Z"


def write(path: Path, bars: Sequence[Sequence[float]]) -> None:
    """Bars of a minute with a volume of 1,000 lots."""
    columns = list(zip(*bars, strict=True))
    frame = {
        "ts_open": [START_NS + each * MINUTE_NS for each in range(len(bars))],
        **dict(zip(("open", "high", "low", "close"), columns, strict=True)),
        "volume": [1_000.0] * len(bars),
    }
    pl.DataFrame(frame, schema_overrides={"ts_open": pl.Int64}).write_parquet(path)


def script(**lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Parameters of a scripted strategy: `at_3=[...]` is said on bar 3."""
    return {"script": {name.removeprefix("at_"): list(each) for name, each in lines.items()}}


def target(lots: int) -> dict[str, Any]:
    """Be at so many lots."""
    return {"does": "target", "lots": lots}


def strategy(params: dict[str, Any], *, exits: str = "[]", name: str = "s") -> str:
    """A scripted strategy of a configuration."""
    told = msgspec.json.encode(params).decode()
    file = scripted.__file__
    return f"- {{name: {name}, file: {file}, instrument: X.y, params: {told}, exits: {exits}}}"


def config(
    *strategies: str, venue: str = "{participation: null}", risk: str = "{}", data: str = ""
) -> str:
    """A configuration of one instrument with ticks of a cent, on the bars beside it."""
    items = "\n".join(f"  {each}" for each in strategies)
    return (
        "run: {name: story, seed: 7}\n"
        'account: {currency: USD, cash: "10000"}\n'
        "instruments:\n"
        '  - {symbol: X, venue: y, tick: "0.01", lot: "1", currency: USD}\n'
        "data:\n"
        "  - {kind: bars, instrument: X.y, interval: 1m, path: bars.parquet}\n"
        f"{data}"
        f"strategies:\n{items}\n"
        f"venue: {venue}\n"
        f"risk: {risk}\n"
        "report: {baselines: false, html: false}\n"
    )


def ran(
    folder: Path,
    text: str,
    bars: Sequence[Sequence[float]],
    sets: Sequence[str] = (),
    frame: pl.DataFrame | None = None,
) -> RunFolder:
    """The run of this configuration on these bars, or on this `frame` of them, in `folder/out`."""
    write(folder / "bars.parquet", bars)
    if frame is not None:
        frame.write_parquet(folder / "bars.parquet")
    path = folder / "traderd.yaml"
    path.write_text(text, encoding="utf-8")
    run(path, folder / "out", sets)
    return open_run(folder / "out")


CROSS = (
    "- {name: cross, type: ema_cross, instrument: X.y,"
    " params: {fast: 1, slow: 2, lots: 10, direction: both}, exits: EXITS}"
)


def closes(*values: float) -> list[tuple[float, ...]]:
    """Bars that open where the last one closed, half a unit wider on both sides."""
    opens = (values[0], *values[:-1])
    return [(a, max(a, b) + 0.5, min(a, b) - 0.5, b) for a, b in zip(opens, values, strict=True)]


def crossing(folder: Path, exits: str = "[]", risk: str = "{}") -> RunFolder:
    """Averages of one and two closes cross up at bar 3, and down at bar 6."""
    text = config(CROSS.replace("EXITS", exits), risk=risk)
    return ran(folder, text, closes(100, 99, 98, 101, 102, 103, 99, 98, 97))


def asked(folder: RunFolder | Reopened, id_: str, *, again: bool = True) -> Told:
    """The answer to a `why`."""
    reopened = folder if isinstance(folder, Reopened) else reopen(folder)
    hearing = Hearing(reopened, quiet, perf_counter) if again else None
    return Why(reopened, InputRows(reopened), hearing).document(id_)


def why_not(folder: RunFolder, name: str, time: str) -> Told:
    """The answer to a `why-not`."""
    reopened = reopen(folder)
    playing = Playing(reopened, quiet, perf_counter)
    return WhyNot(reopened, playing).document(name, time)


def kinds(told: Told) -> list[str]:
    """What the links of a chain are, the subject first."""
    return [each["kind"] for each in told["chain"]]


def names(told: Told) -> list[str]:
    """What the links of a chain are called."""
    return [each["name"] for each in told["chain"]]
