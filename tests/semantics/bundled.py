"""Configurations over the recorded bars that ship with the project, each a file on disk."""

from pathlib import Path
from typing import Final

from trader.config.loader import load
from trader.config.schema import Config

ROOT: Final = Path(__file__).resolve().parent.parent.parent
BARS: Final = ROOT / "trader" / "data" / "sample" / "bars"
SHIPPED: Final = (ROOT / "config" / "demo.yaml", ROOT / "config" / "fx.yaml")

SHARES: Final = ("AAPL", "GOOG", "IBM", "MSFT")

HEAD: Final = """\
run: {{name: bundled, gear: step{span}}}
account: {{currency: USD, cash: {cash}}}
instruments:
{instruments}
data:
{data}
"""

CROSS: Final = "type: ema_cross, params: {{fast: 5, slow: 20, direction: both, {size}}}"
TREND: Final = "type: ema_cross, params: {{fast: 3, slow: 12, trend: 50, {size}}}"
BAND: Final = "type: bollinger_reversion, params: {{n: 15, entry: 1.5, exit: 0.25, {size}}}"
BOTH: Final = "type: bollinger_reversion, params: {{n: 10, entry: 1.2, direction: both, {size}}}"
NAIVE: Final = "type: naive_mean_reversion, params: {{n: 20, {size}}}"
HOLD: Final = "type: buy_and_hold, params: {{{size}}}"
EACH: Final = (CROSS, TREND, BAND, BOTH, NAIVE, HOLD)
"""Each bundled strategy, its size left open."""

STOP: Final = "exits: [{kind: atr_stop, n: 10, k: 1.5}]"
TIGHT: Final = "exits: [{kind: atr_stop, n: 3, k: 0.5}]"


def shares(symbols: tuple[str, ...], *, span: str = "", cash: int = 100_000) -> str:
    """The head of a configuration of daily shares."""
    instruments = [
        f"  - {{symbol: {s}, venue: usa, tick: 0.0001, lot: 1, currency: USD}}" for s in symbols
    ]
    data = [
        f"  - {{kind: bars, instrument: {s}.usa, interval: 1d, path: {file_of(f'usa/{s}/1d')}}}"
        for s in symbols
    ]
    return HEAD.format(
        span=span, cash=cash, instruments="\n".join(instruments), data="\n".join(data)
    )


def euro(*, span: str = "", cash: int = 100_000) -> str:
    """The head of a configuration of hourly EURUSD."""
    return HEAD.format(
        span=span,
        cash=cash,
        instruments="  - {symbol: EURUSD, venue: fx, tick: 0.00001, lot: 1, currency: USD}",
        data="  - {kind: bars, instrument: EURUSD.fx, interval: 1h, "
        f"path: {file_of('fx/EURUSD/1h')}}}",
    )


def traders(instruments: tuple[str, ...], sizes: tuple[str, ...], exits: tuple[str, ...]) -> str:
    """Each bundled strategy on each instrument, sizes and exits in turn."""
    lines: list[str] = []
    for number, kind in enumerate(EACH):
        for instrument in instruments:
            at = len(lines)
            exit_ = exits[at % len(exits)]
            body = kind.format(size=sizes[at % len(sizes)])
            tail = f", {exit_}" if exit_ else ""
            lines.append(
                f"  - {{name: s{number}{instrument[:4]}, instrument: {instrument}, {body}{tail}}}"
            )
    return "strategies:\n" + "\n".join(lines) + "\n"


def written(folder: Path, text: str) -> Config:
    """The text as a configuration file, loaded."""
    path = folder / "trial.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path).config


def file_of(folder: str) -> Path:
    """The one file in a folder of the recorded bars."""
    return next((BARS / folder).iterdir())
