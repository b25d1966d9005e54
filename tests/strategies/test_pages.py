"""The pages about strategies and exits: their worked examples come out as they stand there."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.kernels import slow
from tests.strategies.making import ask, bundled
from trader.config.schema import ExitConfig
from trader.kernels.folds import fold
from trader.model.orders import OrderType
from trader.strategies.exits import AtrExit, ExitPolicy, Held, make_exit
from trader.strategies.fading import NAMES
from trader.strategies.library import BUNDLED
from trader.strategies.loader import load_strategy, make_params
from trader.strategies.params import PARAMS
from trader.strategies.session import VwapFade
from trader.strategies.strategy import Side, Strategy

FOLDER = Path(__file__).parent.parent.parent / "docs" / "strategies"
SIDES = {name: sign for sign, name in NAMES.items()}
SESSION_BARS = 6
"""Of the page about the session's mean price."""

Row = dict[str, str]


class Example(NamedTuple):
    """What a page sets, and the table after it."""

    settings: Any
    rows: list[Row]


def page(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def tables(text: str) -> Iterator[list[Row]]:
    """Each table as rows of cells by their column."""
    for block in re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE):
        head, _, *lines = (
            [cell.strip() for cell in line.split("|")[1:-1]] for line in block.splitlines()
        )
        yield [dict(zip(head, line, strict=True)) for line in lines]


def examples(name: str) -> list[Example]:
    """Those of a page, in order."""
    worked = page(name).partition("## Worked example")[2]
    parts = re.split(r"```yaml\n(.*?)```\n", worked, flags=re.DOTALL)[1:]
    return [
        Example(yaml.safe_load(settings), next(tables(text)))
        for settings, text in zip(parts[::2], parts[1::2], strict=True)
    ]


def shown(value: float, cell: str) -> bool:
    """Whether a value is the cell's, to the places given there."""
    places = len(cell.partition(".")[2])
    return bool(abs(value - float(cell)) <= 0.5000001 / 10**places)


ALL = [(name, number) for name in BUNDLED for number, _ in enumerate(examples(name))]


@pytest.mark.parametrize(("name", "number"), ALL, ids=[f"{name}-{k}" for name, k in ALL])
def test_a_worked_example_comes_out(name: str, number: int) -> None:
    """Every cell of it: what the state shows after the bar, and the answer."""
    settings, rows = examples(name)[number]
    assert settings["type"] == name
    strategy = bundled(name, **settings["params"])
    if isinstance(strategy, VwapFade):
        strategy.on_session(0, SESSION_BARS * slow.MINUTE)

    for at, row in enumerate(rows):
        assert int(row.pop("bar")) == at + 1
        close, lots = int(row.pop("close")), int(row.pop("volume", "10"))
        answer = ask(strategy, slow.bar(close, lots=lots, row=at))

        assert said(answer) == row.pop("answer")
        for column, cell in row.items():
            assert not cell or shown(getattr(strategy.state, column), cell), (at + 1, column)


def said(answer: object) -> str:
    """As a table says it."""
    return f"{NAMES[answer.sign]}: {answer.reason}" if isinstance(answer, Side) else ""


@pytest.mark.parametrize("name", BUNDLED)
def test_a_page_names_what_its_strategy_has(name: str) -> None:
    """Every parameter, every input, every reason that its examples come to."""
    text = page(name)
    words = set(re.findall(r"`([\w.]+)`", text))
    reasons = {row["answer"].partition(": ")[2] for each in examples(name) for row in each.rows}
    shared = {"lots", "weight", "direction"}
    parameters = set(PARAMS[name].__struct_fields__) - shared - {"adaptive"}

    assert f"`type: {name}`" in text
    assert parameters <= words
    assert name.startswith("naive") or {*BUNDLED[name].inputs, *(reasons - {""})} <= words


def watched() -> Iterator[tuple[Row, dict[str, ExitPolicy]]]:
    """The bars of the page about exits, each after its policies took it in."""
    text = page("exits").partition("## Worked example")[2]
    [settings] = re.findall(r"```yaml\n(.*?)```\n", text, re.DOTALL)
    exits = {
        config["kind"]: make_exit(ExitConfig(**config))
        for config in yaml.safe_load(settings)["exits"]
    }
    for row in next(tables(text)):
        bar = slow.bar(int(row["close"]), high=int(row["high"]), low=int(row["low"]))
        for exit_ in exits.values():
            if exit_.kernel is not None:
                exit_.kernel(exit_.state, bar)
        yield row, exits


def test_the_worked_exits_come_out() -> None:
    for row, exits in watched():
        close = int(row["close"])
        stop, target = exits["atr_stop"], exits["take_profit"]
        assert isinstance(stop, AtrExit)
        assert stop.ready is bool(row["atr"])
        if stop.ready:
            behind, before = stop.protection(), target.protection()
            assert behind is not None
            assert before is not None
            assert shown(stop.state.atr, row["atr"])
            assert close - behind.distance_ticks == int(row["atr_stop"])
            assert close + before.distance_ticks == int(row["take_profit"])
            assert (behind.kind, before.kind) == (OrderType.STOP, OrderType.LIMIT)


def test_the_worked_position_comes_out() -> None:
    """Filled at 97 in the fourth bar."""
    _, _, held_rows = [*tables(page("exits"))]
    by_bar = {row["bar"]: row for row in held_rows}
    held = Held(side=1, entry_ticks=97, best_ticks=0, bars=0)
    for row, exits in watched():
        expected = by_bar.get(row["bar"])
        if expected is None:
            continue
        held.bars += 1
        held.best_ticks = max(held.best_ticks, int(row["close"]))

        assert held.best_ticks == int(expected["best"])
        assert str(exits["trailing"].trail(held) or "") == expected["trailing"]
        assert exits["time_stop"].ends(held) is (expected["time_stop"] == "ends")
    assert held.bars == len(by_bar)


@pytest.fixture
def calm(tmp_path: Path) -> Strategy:
    """The strategy of the page about indicators."""
    [code] = re.findall(r"```python\n(.*?)```", page("indicators"), re.DOTALL)
    path = tmp_path / "calm.py"
    path.write_text(code, encoding="utf-8")
    cls = load_strategy(str(path))
    return cls(make_params(cls, {"lots": 1}, ""))


def test_the_strategy_of_the_indicators_works(calm: Strategy) -> None:
    """Twenty bars at 100, then above them; a split in between is nothing to it."""
    quiet = [calm.on_bar(slow.bar(100)) for _ in range(20)]
    calm.on_split(2, 1)

    assert quiet[-1] == Side(1, "above")
    assert quiet[:-1] == [None] * 19
    assert calm.on_bar(slow.bar(49)) == Side(0, "below")
    assert calm.explain() == ()


def test_the_page_names_every_indicator() -> None:
    """By its struct, its function and the fields that are its values."""
    rows = next(tables(page("indicators")))
    text = page("indicators")

    named = {re.findall(r"`(\w+)", row["struct and function"])[1] for row in rows}
    assert named == {"sma", "ema", "rsi", "atr", "zscore", "bands", "vwap"}
    assert f"{fold.__name__}(sma" in text
