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


@pytest.mark.parametrize("lots", ["float('nan')", "1.5", "10**30", "True", "'many'"])
def test_a_target_that_is_no_number_of_lots_is_a_fault(tmp_path: Path, lots: str) -> None:
    body = f"from trader.strategies.strategy import Target; return Target({lots})"

    assert faults(tmp_path, body).keys() == {"own"}
