"""`traderd runs`."""

from pathlib import Path

import pytest

from tests.cli.conftest import Command

RUN = ("--sim", "--config", "traderd.yaml")


def test_without_runs_it_says_how_to_make_one(traderd: Command) -> None:
    said = traderd("runs")

    assert (said.code, said.out) == (0, "")
    assert "traderd --sim" in said.err
    assert traderd("runs", "--json").document == {"runs": []}


@pytest.mark.parametrize("words", [("runs",), ("runs", "list")])
def test_runs_are_listed(traderd: Command, words: tuple[str, ...]) -> None:
    traderd(*RUN)
    traderd(*RUN, "--seed", "8")

    said = traderd(*words)

    assert said.code == 0
    assert [line.split()[0] for line in said.out.splitlines()] == ["run", "trial-1", "trial-2"]


@pytest.mark.parametrize(
    "words", [("--json", "runs"), ("runs", "--json"), ("runs", "list", "--json")]
)
def test_a_list_as_json(traderd: Command, words: tuple[str, ...]) -> None:
    traderd(*RUN)

    [run] = traderd(*words).document["runs"]

    assert run["id"] == "trial-1"
    assert run["out"] == "runs/trial-1"


def test_a_damaged_run_does_not_hide_the_others(traderd: Command) -> None:
    traderd(*RUN)
    traderd(*RUN)
    Path("runs/trial-1/metrics.json").write_text("?")

    said = traderd("runs")

    assert "trial-2" in said.out
    assert "warning: " in said.err
    assert "trial-1" in said.err


def test_runs_lie_in_the_state_dir_of_the_configuration(traderd: Command) -> None:
    with Path("traderd.yaml").open("a") as file:
        file.write("state_dir: state\n")
    traderd(*RUN)

    assert "trial-1" in traderd("--config", "traderd.yaml", "runs").out
    assert Path("state/runs/trial-1").is_dir()


def test_a_run_is_shown_again(traderd: Command) -> None:
    page = traderd(*RUN).out
    again = traderd("runs", "show", "trial-1").out

    assert page.startswith(again)


def test_a_run_is_shown_as_json(traderd: Command) -> None:
    document = traderd(*RUN, "--json").document

    assert traderd("runs", "show", "runs/trial-1", "--json").document == document


def test_runs_are_compared(traderd: Command) -> None:
    traderd(*RUN)
    traderd(*RUN, "--set", "strategies.cross.params.lots=7")

    said = traderd("runs", "compare", "trial-1", "runs/trial-2")
    document = traderd("runs", "compare", "trial-1", "trial-2", "--json").document

    assert said.code == 0
    for part in (
        "trial-1 and trial-2",
        "two digests",
        "first decision that differs",
        "strategies.cross.params.lots",
        "equity_final",
    ):
        assert part in said.out
    assert (document["a"], document["b"], document["same"]) == ("trial-1", "trial-2", False)
    assert document["config"] == [{"key": "strategies.cross.params.lots", "a": 10, "b": 7}]


@pytest.mark.parametrize(("second", "code"), [("trial-2", 0), ("trial-3", 4)])
def test_a_comparison_can_end_with_what_it_found(traderd: Command, second: str, code: int) -> None:
    traderd(*RUN)
    traderd(*RUN)
    traderd(*RUN, "--set", "venue.slippage_bps=9")

    said = traderd("runs", "compare", "trial-1", second, "--exit-code")

    assert said.code == code
    assert ("the same to the bit" in said.out) is (code == 0)
    assert traderd("runs", "compare", "trial-1", second).code == 0


def test_a_comparison_with_no_run_is_2(traderd: Command) -> None:
    traderd(*RUN)

    said = traderd("runs", "compare", "trial-1", "trial-9")

    assert said.code == 2
    assert "there is no such run, runs/trial-9" in said.err
