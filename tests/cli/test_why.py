"""`traderd why`."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from tests.cli.conftest import Command
from tests.research import stories
from tests.research.making import CROSS, configuration, wave, write_bars

RUN = ("--sim", "--config", "traderd.yaml")
DENYING = (*RUN, "--set", "risk.lots_max=11")
HALTING = (*RUN, "--set", "risk.drawdown_max=0.001")


def first(table: str, where: pl.Expr | None = None, run: str = "trial-1") -> dict[str, object]:
    frame = pl.read_parquet(f"runs/{run}/{table}.parquet")
    return (frame if where is None else frame.filter(where)).row(0, named=True)


@pytest.fixture
def ran(traderd: Command) -> Command:
    assert traderd(*RUN).code == 0
    return traderd


@pytest.mark.parametrize("name", ["trial-1", "runs/trial-1"])
def test_a_run_is_named_by_its_id_or_folder(ran: Command, name: str) -> None:
    said = ran("why", name, "main-cross-1-1")

    assert said.code == 0
    assert said.out.startswith("trial-1: main-cross-1-1, ")
    for part in ("\nwhy\n", "bar of WAVE.x, 1m", "cross decides", "APPROVED", "bps worse than"):
        assert part in said.out


def test_the_chain_is_one_json_document(ran: Command) -> None:
    document = ran("why", "trial-1", "main-cross-1-1", "--json").document

    kinds = [each["kind"] for each in document["chain"]]
    assert (document["run"], document["kind"], document["currency"]) == ("trial-1", "order", "USD")
    assert kinds == ["order", "decision", "input"]
    assert sorted(document) == sorted(
        [
            "breach",
            "chain",
            "currency",
            "denial",
            "followed",
            "id",
            "kind",
            "name",
            "orders",
            "played_again",
            "run",
        ]
    )


def test_every_kind_of_id_is_found(ran: Command) -> None:
    fill = first("fills")
    name = f"{fill['seq']}.{fill['n']}"

    for id_, kind in (
        (f"trade:{fill['trade_id']}", "fill"),
        (str(fill["trade_id"]), "fill"),
        (name, "fill"),
        (f"{fill['seq']}.0", "input"),
        ("halt", "state"),
        (str(fill["client_order_id"]), "order"),
    ):
        assert ran("why", "trial-1", id_, "--json").document["kind"] == kind


def test_a_denial_names_its_rule(traderd: Command) -> None:
    traderd(*DENYING)
    denial = first("denials")

    said = traderd("why", "trial-1", str(denial["client_order_id"]))

    assert said.code == 0
    assert "was denied: lots_exceed_max" in said.out
    assert "allowed 11" in said.out
    assert "No single order of more lots." in said.out


def test_the_tables_alone_are_asked_where_nothing_may_be_played(traderd: Command) -> None:
    traderd(*DENYING)
    id_ = str(first("denials")["client_order_id"])

    again, alone = (
        traderd("why", "trial-1", id_, "--json", *more).document for more in ((), ("--tables",))
    )

    assert (again["played_again"], alone["played_again"]) == (True, False)
    assert again["denial"]["compared"].endswith("allowed 11")
    assert alone["denial"]["compared"] is None


def test_a_halt_names_its_breaker(traderd: Command) -> None:
    assert traderd(*HALTING).code == 5

    said = traderd("why", "trial-1", "halt")

    assert said.out.startswith("trial-1: trading became HALTED: drawdown_max")
    assert "drawdown_max: " in said.out
    assert "USD, allowed 10" in said.out


def test_a_fused_run_answers_like_one_in_step(traderd: Command) -> None:
    venue = "venue: {slippage_bps: 2, participation: 0.5, taker_bps: 1}"
    text = configuration([CROSS])
    assert venue in text
    free = "venue: {slippage_bps: 2, participation: null}"
    Path("one.yaml").write_text(text.replace(venue, free))

    for gear in ("step", "fused"):
        said = traderd("--sim", "--config", "one.yaml", "--gear", gear, "--out", gear)
        assert said.code == 0, said.err
    answers = []
    for gear in ("step", "fused"):
        told = traderd("why", gear, "trade:5", "--json").document
        assert told.pop("run") == gear
        answers.append(told)

    assert answers[0] == answers[1]
    assert answers[0]["chain"][-1]["kind"] == "input"


def test_an_unknown_id_is_2_and_says_what_an_id_is(ran: Command) -> None:
    said = ran("why", "trial-1", "main-cross-9-9")
    document = ran("why", "trial-1", "main-cross-9-9", "--json")

    assert said.code == document.code == 2
    assert said.err.startswith("error: no order, fill or row is called 'main-cross-9-9'")
    assert "name a client_order_id, trade:ID, a row such as 12.1, or halt" in said.err
    assert len(said.err.splitlines()) == 1
    assert document.document["error"]["code"] == "usage"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nothing-1", "halt"), "there is no such run"),
        (("runs", "halt"), "there is no run in this folder"),
    ],
)
def test_a_run_that_is_not_there_is_2(ran: Command, words: Sequence[str], told: str) -> None:
    said = ran("why", *words)

    assert said.code == 2
    assert told in said.err


def test_changed_data_are_3(ran: Command) -> None:
    write_bars(Path("bars.parquet"), [each + 0.01 for each in wave()])

    said = ran("why", "trial-1", "main-cross-1-1")

    assert said.code == 3
    assert "the data have changed since the run" in said.err


def test_data_that_moved_are_named_anew(ran: Command) -> None:
    Path("moved").mkdir()
    Path("bars.parquet").rename("moved/bars.parquet")

    assert ran("why", "trial-1", "main-cross-1-1").code == 3
    said = ran("why", "trial-1", "main-cross-1-1", "--base-dir", "moved")
    assert said.code == 0
    assert "moved/bars.parquet" in said.out


def test_a_missing_table_is_3_and_named(ran: Command) -> None:
    Path("runs/trial-1/statuses.parquet").unlink()

    said = ran("why", "trial-1", "main-cross-1-1")

    assert said.code == 3
    assert "statuses.parquet" in said.err


def test_an_id_of_two_lines_stays_on_one(ran: Command) -> None:
    assert "'a\\nb'" in ran("why", "trial-1", "a\nb").err


def test_what_a_strategy_prints_does_not_spoil_the_document(traderd: Command) -> None:
    Path("loud.py").write_text(
        "print('loading')\n" + Path("falls.py").read_text().replace("raise", "print('x') #")
    )
    own = "- {name: loud, file: loud.py, instrument: X.y}"
    Path("traderd.yaml").write_text(stories.config(own))
    stories.write(Path("bars.parquet"), [stories.FLAT] * 3)
    traderd(*RUN)

    said = traderd("why", "story-1", "halt", "--json")

    assert said.document["kind"] == "state"
    assert "loading" in said.err
