"""The pages say what is: their code runs, their links, paths and commands lead somewhere."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import click
import pytest
from msgspec import Struct

from sims.build import build, open_sources
from sims.simulation import Simulation
from trader.cli.options import Options
from trader.cli.program import traderd
from trader.config.fields import fields_of
from trader.config.loader import load
from trader.config.schema import Config
from trader.errors import UsageError
from trader.strategies.loader import load_strategy
from trader.strategies.params import PARAMS

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(
    path
    for top in (*ROOT.glob("*.md"), ROOT / "docs", ROOT / "trader", ROOT / "bench")
    for path in (top.rglob("*.md") if top.is_dir() else (top,))
)
PATH = re.compile(r"(actors|bench|config|docs|scripts|sims|tests|trader)/[\w./-]*")

# The brackets keep the patterns from finding themselves.
FOREIGN = re.compile(
    r"\.\./[s]hared|\b[i]ssues?\b|\b[d]esign[ -](documents?|texts?)\b|\b[l]ead\b"
    r"|\b[b]uilder\b|[Aa][I] (agent|assistant)|\b[C]laude\b|/[t]mp/|/[r]oot/|/[w]ork/",
)


def _blocks(page: Path, language: str) -> list[str]:
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def _prose(page: Path) -> str:
    """The page without fenced blocks."""
    return re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)


def _spans(page: Path) -> list[str]:
    return re.findall(r"`([^`\n]+)`", _prose(page))


def _ids(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def _run(folder: Path, config: str) -> Simulation:
    """A run of the configuration, whose paths count from the root of the project."""
    (folder / "trader").symlink_to(ROOT / "trader")
    path = folder / "own.yaml"
    path.write_text(config, encoding="utf-8")
    loaded = load(path).config
    simulation = build(loaded, open_sources(loaded), perf_counter)
    simulation.run()
    return simulation


@pytest.mark.parametrize(
    ("page", "params"), [("README.md", "{falls: 4}"), ("docs/strategy.md", "{lots: 200}")]
)
def test_the_strategy_of_ones_own_loads_and_trades(page: str, params: str, tmp_path: Path) -> None:
    [code] = _blocks(ROOT / page, "python")
    [config] = _blocks(ROOT / "README.md", "yaml")
    (tmp_path / "dip.py").write_text(code, encoding="utf-8")

    simulation = _run(tmp_path, config.replace("{falls: 4}", params))

    assert load_strategy(str(tmp_path / "dip.py")).__name__ in code
    assert simulation.core.reactor.state.quarantined == {}
    assert len(simulation.core.tables.tables["fills"]) > 10


def test_the_strategy_in_the_readme_is_short() -> None:
    [code] = _blocks(ROOT / "README.md", "python")

    assert len([line for line in code.splitlines() if line]) <= 18


def test_the_commands_that_show_the_gears_tell_one_digest(tmp_path: Path) -> None:
    commands = [c for c in _commands(ROOT / "README.md") if "docs/examples/cross.yaml" in c]

    runs = [
        json.loads(
            subprocess.run(
                [sys.executable, "-m", "trader", *words, "--json", "--out", tmp_path / words[-1]],
                cwd=ROOT,
                capture_output=True,
                check=True,
            ).stdout
        )
        for _, *words in commands
    ]

    assert [run["gear"] for run in runs] == ["step", "fused"]
    assert runs[0]["digest"] == runs[1]["digest"]
    assert runs[0]["counts"]["fills"] > 100


@pytest.mark.parametrize("page", PAGES, ids=_ids)
def test_relative_links_resolve(page: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", _prose(page)):
        path, _, anchor = target.partition("#")
        if "://" in target:
            continue
        there = page if not path else (page.parent / path).resolve()
        if not there.exists() or (anchor and anchor not in _anchors(there)):
            broken.append(target)

    assert broken == []


def _anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", _prose(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=_ids)
def test_pages_speak_of_the_project_alone(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    assert [match[0] for match in FOREIGN.finditer(text)] == []


@pytest.mark.parametrize("page", PAGES, ids=_ids)
def test_named_paths_exist(page: Path) -> None:
    named = [span for span in _spans(page) if PATH.fullmatch(span)]

    assert [span for span in named if not (ROOT / span).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=_ids)
def test_commands_exist(page: Path) -> None:
    for words in _commands(page):
        if words[0] not in {"scripts/traderd", "traderd"}:
            assert os.access(ROOT / words[0], os.X_OK), words
        else:
            _check(words[1:])
        for word in words[1:]:
            if PATH.fullmatch(word):
                assert (ROOT / word).exists(), words


def _commands(page: Path) -> Iterator[list[str]]:
    """What stands in shell blocks, and in spans of prose if it is more than a script's name."""
    lines = [line for block in _blocks(page, "sh") for line in block.splitlines()]
    for line in (*lines, *(span for span in _spans(page) if " " in span)):
        words = shlex.split(line, comments=True)
        if words and (words[0] == "traderd" or words[0].startswith("scripts/")):
            yield words


def _check(words: list[str]) -> None:
    """Lets the command line parse the words, verb by verb, without running anything."""
    command: click.Command = traderd
    context: click.Context | None = None
    while True:
        context = click.Context(command, info_name=command.name, parent=context, obj=Options())
        rest = click.Command.parse_args(command, context, list(words))
        if not rest:
            return
        assert isinstance(command, click.Group), words
        _, found, words = command.resolve_command(context, rest)
        assert found is not None, rest
        command = found


@pytest.mark.parametrize("words", [["--smi"], ["rnus"], ["runs", "shwo"], ["replay", "R", "--x"]])
def test_a_wrong_command_is_found(words: list[str]) -> None:
    with pytest.raises((click.UsageError, UsageError)):
        _check(words)


def _keys(struct: type[Struct]) -> Iterator[str]:
    for field in fields_of(struct):
        yield field.key
        if field.inner is not None:
            yield from _keys(field.inner)


def test_every_key_of_a_configuration_is_named() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    keys = {key for struct in (Config, *PARAMS.values()) for key in _keys(struct)}

    assert sorted(key for key in keys if f"`{key}`" not in text) == []
