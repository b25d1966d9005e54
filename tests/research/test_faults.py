"""What a quarantined strategy said."""

from pathlib import Path

import pytest

from tests.research.making import CROSS, configuration, project, run

CHANCY = """\
from msgspec import Struct
from trader.strategies.strategy import Strategy

class Chancy(Strategy):
    class Params(Struct):
        pass

    class State(Struct):
        pass

    def on_bar(self, bar):
        {body}
"""


def faults(folder: Path, body: str) -> dict[str, str]:
    (folder / "own.py").write_text(CHANCY.format(body=body))
    path = project(folder, configuration(["{name: own, file: own.py}", CROSS]))
    report = run(path, folder / "out")
    assert report.exit_code == 5
    found: dict[str, str] = report.run["quarantined"]
    return found


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return 1 / 0", "ZeroDivisionError: division by zero, own.py:12 (row 1,"),
        ("return self.nothing", "AttributeError"),
        ("return Order", "NameError"),
        ("raise KeyError(bar.lots)", "KeyError"),
        ("import json; return json.loads('{')", "(char 1), own.py:12 (row 1,"),
        ("return 5", "which is no action, answered by Chancy.on_bar, own.py:11 (row 1,"),
        (
            "from trader.strategies.strategy import Order; return Order('a', 5, time_in_force=99)",
            "99 is not a valid TimeInForce, answered by Chancy.on_bar, own.py:11 (row 1,",
        ),
    ],
)
def test_its_error_and_the_row_are_told(tmp_path: Path, body: str, said: str) -> None:
    assert said in faults(tmp_path, body)["own"]


def test_orders_changes_and_cancels_that_nothing_came_of_are_told(tmp_path: Path) -> None:
    body = (
        "from trader.strategies.strategy import Cancel, Order, Replace; "
        "return [Order('a', 5, limit_ticks=1), Order('a', 7), Replace('b', 3), Cancel('c')]"
    )
    (tmp_path / "own.py").write_text(CHANCY.format(body=body))
    path = project(tmp_path, configuration(["{name: own, file: own.py}", CROSS]))

    told = [each for each in run(path, tmp_path / "out").run["warnings"] if "strategy own" in each]

    first = "at 2020-09-13T12:28:00Z"
    taken = "orders were not taken, for another one of their key works"
    works = "named a key under which no order works"
    assert told == [
        f"strategy own: 2999 {taken}, first 'a' {first}",
        f"strategy own: 1500 changes {works}, first 'b' {first}",
        f"strategy own: 1500 cancels {works}, first 'c' {first}",
    ]


STOPS = "bar.ts_open == 1_600_000_020_000_000_000 + 700 * 60_000_000_000"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise KeyboardInterrupt", "KeyboardInterrupt, own.py:13"),
        (
            "import os; [os.kill(os.getpid(), 2) for _ in range(2)]",
            "Interrupted: SIGINT, own.py:13",
        ),
    ],
)
def test_an_interrupted_strategy_costs_its_own_row_and_no_other(
    tmp_path: Path, body: str, said: str
) -> None:
    """Whether it never comes back until somebody asks twice, or says so itself."""
    (tmp_path / "own.py").write_text(CHANCY.format(body=f"if {STOPS}:\n            {body}"))
    path = project(tmp_path, configuration(["{name: own, file: own.py}", CROSS]))

    report = run(path, tmp_path / "out")

    assert report.exit_code == 130
    assert report.run["reached"]["rows"] == 700
    assert f"interrupted while a strategy was asked, in row 701: {said}" in report.run["warnings"]
    shorter = ["run.to=2020-09-14T00:07:00Z", "report.baselines=false"]
    (tmp_path / "own.py").write_text(CHANCY.format(body="pass"))
    same = run(path, tmp_path / "same", shorter)
    assert same.run["counts"]["fills"] == report.run["counts"]["fills"] > 0
    assert (tmp_path / "out" / "fills.parquet").read_bytes() == (
        tmp_path / "same" / "fills.parquet"
    ).read_bytes()


def test_a_strategy_that_is_interrupted_in_its_first_row_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(CHANCY.format(body="raise KeyboardInterrupt"))
    path = project(tmp_path, configuration(["{name: own, file: own.py}"]))

    with pytest.raises(KeyboardInterrupt):
        run(path, tmp_path / "out")

    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("lots", ["float('nan')", "1.5", "10**30", "True", "'many'"])
def test_a_target_that_is_no_number_of_lots_is_a_fault(tmp_path: Path, lots: str) -> None:
    body = f"from trader.strategies.strategy import Target; return Target({lots})"

    assert faults(tmp_path, body).keys() == {"own"}
