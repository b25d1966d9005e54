"""On any run: every fill leads back, cause by cause, to the very row that the core heard."""

from itertools import pairwise
from math import sin
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.research import stories
from tests.research.making import quiet
from tests.research.stories import START_NS, ran
from trader.config.notation import instant, instant_text
from trader.model.control import SplitEffective
from trader.model.envelope import Envelope, Message
from trader.model.market import BarClosed
from trader.model.units import MINUTE_NS
from trader.research.again import play_until
from trader.research.folder import RunFolder
from trader.research.input_rows import InputRows
from trader.research.messages import Messages
from trader.research.reopening import reopen
from trader.research.why import Why, find

ROWS = 45
ROW_TYPES = (BarClosed, SplitEffective)

CROSS = (
    "- {name: cross, type: ema_cross, instrument: X.y,"
    " params: {fast: 2, slow: 5, weight: 0.7, direction: both}, exits: EXITS}"
)
FADE = (
    "- {name: fade, type: bollinger_reversion, instrument: X.y,"
    " params: {n: 5, entry: 1.1, lots: 12, direction: both}, exits: EXITS}"
)
EXITS = (
    "[]",
    "[{kind: atr_stop, n: 3, k: 1}, {kind: take_profit, n: 3, k: 2}]",
    "[{kind: trailing, n: 3, k: 1}, {kind: time_stop, bars: 4}]",
)


@st.composite
def runs(draw: st.DrawFn) -> tuple[str, list[tuple[float, ...]], int | None]:
    """A configuration, its bars, and at which of them the share is split 2:1, if at all."""
    speed = draw(st.integers(2, 9))
    split = draw(st.none() | st.integers(10, ROWS - 10))
    bars: list[tuple[float, ...]] = []
    last = 100.0
    for k in range(ROWS):
        if k == split:
            last = round(last / 2, 2)
        scale = 0.5 if split is not None and k >= split else 1.0
        close = round(scale * (100 + 9 * sin(k / speed) + 3 * sin(k / 2)), 2)
        bars.append((last, max(last, close) + 0.3, min(last, close) - 0.3, close))
        last = close
    exits = draw(st.sampled_from(EXITS))
    who = draw(st.sampled_from(((CROSS,), (FADE,), (CROSS, FADE))))
    latency = draw(st.sampled_from((0, 1_000_000_000, 90_000_000_000)))
    share = draw(st.sampled_from(("null", "0.02")))
    venue = f"{{participation: {share}, slippage_bps: 3, taker_bps: 1, latency_ns: {latency}}}"
    data = "" if split is None else "  - {kind: actions, instrument: X.y, path: actions.csv}\n"
    text = stories.config(
        *(each.replace("EXITS", exits) for each in who),
        venue=venue,
        risk=draw(st.sampled_from(("{}", "{lots_max: 90, drawdown_max: 0.02}"))),
        data=data,
    )
    return text, bars, split


def test_every_fill_leads_back_to_the_row_that_was_heard() -> None:
    reached: set[str] = set()

    @given(drawn=runs())
    @settings(max_examples=20)
    def check(drawn: tuple[str, list[tuple[float, ...]], int | None]) -> None:
        text, bars, split = drawn
        with TemporaryDirectory() as name:
            folder = Path(name)
            if split is not None:
                when = instant_text(START_NS + split * MINUTE_NS)
                lines = f"ts,action,numerator,denominator,amount\n{when},split,2,1,\n"
                (folder / "actions.csv").write_text(lines)
            run = ran(folder, text, bars)
            reached.update(_checked(run))

    check()

    assert reached == {"TARGET", "PROTECTION", "fill", "input", "order", "status", "decision"}


def _checked(run: RunFolder) -> set[str]:
    """Walks back from every fill of a run; what was met on the way."""
    reopened = reopen(run)
    heard, rows, why = _heard(run), InputRows(reopened), Why(reopened, InputRows(reopened))
    met: set[str] = set()
    messages = Messages(run)
    for seq, n in run.frame("fills").select("seq", "n").iter_rows():
        chain = why.chain(find(messages, f"{seq}.{n}"))
        root = chain[-1]

        assert [each["kind"] for each in chain[:3]] == ["fill", "status", "order"]
        assert all(each["cause"] == cause["name"] for each, cause in pairwise(chain))
        assert all(each["ts"] >= cause["ts"] for each, cause in pairwise(chain))
        assert root["row"] == rows.content(heard[int(root["name"].partition(".")[0])])
        met |= {each["kind"] for each in chain}
        met |= {each["role"] for each in chain if "role" in each}
    return met


def _heard(run: RunFolder) -> dict[int, Message]:
    """Every row that the core heard, by its number."""
    found: dict[int, Message] = {}

    def hear(envelope: Envelope) -> None:
        if envelope.source == "world" and isinstance(envelope.body, ROW_TYPES):
            found.setdefault(envelope.seq, envelope.body)

    until = instant(run.run["reached"]["ts"])
    play_until(reopen(run), until, watch=quiet, clock=perf_counter, hear=hear)
    return found
