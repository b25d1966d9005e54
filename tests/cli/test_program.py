"""Help comes at once and says everything."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from tests.cli.conftest import Command
from trader.cli.program import VERBS
from trader.cli.program import traderd as program

ROOT = Path(__file__).resolve().parent.parent.parent
HEAVY = {"aiosqlite", "anyio", "msgspec", "numba", "numpy", "polars", "rich", "websockets", "yaml"}

LIST_IMPORTED = """\
import sys
from trader.cli.main import main
code = main(sys.argv[1:])
print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.parametrize(
    "words",
    [["--help"], ["runs", "--help"], ["help"], ["help", "config", "check"], ["config", "--help"]],
)
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    told = subprocess.run(
        [sys.executable, "-c", LIST_IMPORTED, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.returncode == 0, told.stderr
    assert told.stdout
    assert HEAVY.intersection(told.stderr.split()) == set()


def test_the_help_lists_every_verb_with_what_it_does(traderd: Command) -> None:
    said = traderd("--help")

    assert said.code == 0
    for verb, does in VERBS.items():
        assert f"  {verb}" in said.out
        assert does in said.out


@pytest.mark.parametrize("verb", VERBS)
def test_the_table_says_what_the_verb_says(verb: str) -> None:
    command = program.get_command(click.Context(program), verb)

    assert command is not None
    assert command.name in {verb, "command"}
    assert command.help


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb_comes_both_ways(traderd: Command, verb: str) -> None:
    asked, helped = traderd(verb, "--help"), traderd("help", verb)

    assert asked.code == helped.code == 0
    assert asked.out == helped.out
    assert asked.out.startswith(f"Usage: traderd {verb}")


def test_help_as_json(traderd: Command) -> None:
    assert traderd("help", "runs", "show", "--json").document["help"].startswith("Usage: traderd")
    assert traderd("help").out == traderd("--help").out


def test_the_version_is_that_of_the_code(traderd: Command) -> None:
    said = traderd("--version")

    assert said.out.startswith("traderd 0.1.0+")
    assert said.out.split()[1] == traderd("--version", "--json").document["version"]
