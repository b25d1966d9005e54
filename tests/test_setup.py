"""What makes the first command work anywhere: whole locks, no address in them, scripts that run."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("core", "dev", "uv")
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[0-9][0-9.a-z]*)( ; (?P<when>.+))?$")


def _requirements(lock: str) -> list[list[str]]:
    """One list a requirement: its pin, then its hashes."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    joined = text.replace("\\\n", "\n ")
    return [
        [part.strip() for part in each.split("\n ")]
        for each in re.split(r"\n(?! )", joined)
        if each
    ]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_and_hashed(lock: str) -> None:
    for pin, *hashes in _requirements(lock):
        assert PIN.match(pin.strip()), pin
        assert hashes, pin
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", each) for each in hashes), pin


@pytest.mark.parametrize(
    "path", sorted((ROOT / "requirements").iterdir()), ids=lambda path: path.name
)
def test_requirements_name_no_address(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert "://" not in text
    assert not re.search(r"--(extra-)?index-url|--find-links|--trusted-host", text)


def test_the_tests_run_on_the_versions_that_trade() -> None:
    core, dev = (
        {pin.split(" ;")[0].strip(" \\"): hashes for pin, *hashes in _requirements(lock)}
        for lock in ("core", "dev")
    )

    assert core.items() <= dev.items()


def test_the_package_asks_for_what_the_core_lock_is_made_from() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    core = (ROOT / "requirements" / "core.in").read_text(encoding="utf-8")

    assert _names(declared["dependencies"]) == _names(core.splitlines())


def _names(requirements: list[str]) -> list[str]:
    found = (re.match(r"[A-Za-z0-9_-]+", each) for each in requirements)
    return sorted(each[0] for each in found if each)


@pytest.mark.parametrize("name", ["check", "cover", "lock", "setup", "test", "traderd"])
def test_scripts_are_posix_shell_and_executable(name: str) -> None:
    script = ROOT / "scripts" / name

    assert script.read_text(encoding="utf-8").startswith("#!/bin/sh\n")
    assert os.access(script, os.X_OK)


@pytest.mark.parametrize("words", [[], ["everything"], ["core", "dev"]])
def test_setup_says_what_it_takes(words: list[str]) -> None:
    told = subprocess.run(
        [ROOT / "scripts" / "setup", *words], capture_output=True, text=True, check=False
    )

    assert (told.returncode, told.stderr) == (2, "traderd: usage: scripts/setup core|dev\n")
