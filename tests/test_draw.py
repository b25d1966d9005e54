"""The drawings in the docs are those of the code, and the drawing of them is right."""

import os
from pathlib import Path

import pytest

from actors.graph import CORE, ROUTES
from actors.runtime.routes import Routes
from scripts import drawings
from trader.logic.lifecycle import TRANSITIONS
from trader.model.market import BarClosed
from trader.model.orders import OrderCanceled, OrderFilled, OrderRejected, OrderStatus

ROOT = Path(__file__).resolve().parent.parent
MARKED = "before\n<!-- drawing: {name} -->\nold\n<!-- end of drawing -->\nafter\n"


def test_no_page_is_stale(capsys: pytest.CaptureFixture[str]) -> None:
    """If this fails: `scripts/draw`."""
    assert (drawings.main(["--check"]), capsys.readouterr().err) == (0, "")


def test_an_unknown_argument_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert drawings.main(["--chekc"]) == 2
    assert "usage" in capsys.readouterr().err


def test_the_script_is_posix_shell_and_executable() -> None:
    script = ROOT / "scripts" / "draw"

    assert script.read_text(encoding="utf-8").startswith("#!/bin/sh\n")
    assert os.access(script, os.X_OK)


def test_a_stale_drawing_is_replaced_once_and_nothing_else() -> None:
    page = MARKED.format(name="states")

    drawn = drawings.redrawn(page)

    assert drawn == page.replace("old\n", drawings.states())
    assert drawings.redrawn(drawn) == drawn


@pytest.mark.parametrize(
    "page",
    [
        MARKED.format(name="nonsense"),
        "<!-- drawing: states -->\nno end\n",
        "<!-- drawing: States -->\n<!-- end of drawing -->\n",
    ],
)
def test_a_broken_mark_is_an_error(page: str) -> None:
    with pytest.raises(ValueError, match="drawing"):
        drawings.redrawn(page)


def test_the_graph_has_an_arrow_for_every_route() -> None:
    drawn = drawings.graph(ROUTES)

    for role in CORE:
        assert f'{role}["' in drawn
    for (source, _), receivers in ROUTES.items():
        for receiver in receivers:
            assert any(
                line.strip().startswith(f"{source} -->") and line.endswith(f"| {receiver}")
                for line in drawn.splitlines()
            ), (source, receiver)


def test_arrows_between_one_pair_are_one_with_few_names() -> None:
    kinds: tuple[type, ...] = (BarClosed, OrderFilled, OrderCanceled, OrderRejected)
    routes: Routes = {("world", kind): ("feed",) for kind in kinds}

    four = drawings.graph(routes)
    five = drawings.graph({**routes, ("world", int): ("feed",)})
    one = drawings.graph(routes, without=frozenset(kinds[1:]))

    assert '|"BarClosed<br>OrderFilled<br>OrderCanceled<br>OrderRejected"| feed' in four
    assert '|"BarClosed<br>OrderFilled<br>OrderCanceled<br>and 2 more"| feed' in five
    assert '|"BarClosed"| feed' in one
    assert "strategy[" not in one


def test_the_table_of_transitions_is_whole() -> None:
    rows = {
        cells[0]: cells[1]
        for cells in (line.strip("| ").split(" | ") for line in drawings.transitions().splitlines())
    }

    for status, row in TRANSITIONS.items():
        for event in row:
            assert f"{event.__name__} → " in rows[status.name]
    assert rows["DENIED"] == "nothing"
    assert "OrderFilled → PENDING_CANCEL or FILLED" in rows["PENDING_CANCEL"]


def test_every_status_stands_in_the_picture() -> None:
    drawn = drawings.states()

    assert [status.name for status in OrderStatus if status.name not in drawn] == []
