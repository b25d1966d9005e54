"""The program as a process: signals, pipes, and nothing that depends on where it runs."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

import msgspec
import pytest

from tests.research.making import configuration, project, wave

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON = [sys.executable, "-m", "trader"]
BUNDLED = {"demo": [], "fx": ["--config", str(ROOT / "config" / "fx.yaml")]}


def environment(**more: str) -> dict[str, str]:
    """The environment that scripts/traderd gives the program, with some more."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1", **more}


def run(
    folder: Path, words: Sequence[str], program: Sequence[str] = PYTHON, **more: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*program, *words],
        cwd=folder,
        env=environment(**more),
        capture_output=True,
        text=True,
        check=False,
    )


def start(folder: Path, words: Sequence[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*PYTHON, *words],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def first_line(stream: IO[str] | None) -> str:
    assert stream is not None
    return stream.readline()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("pace", ["max", "60x"])
def test_a_signal_in_the_middle_keeps_what_was_done(
    tmp_path: Path, number: signal.Signals, pace: str
) -> None:
    """The first line on stderr says that it runs; then the signal, and the run is whole."""
    project(tmp_path, closes=wave(150_000))
    words = ["--sim", "--config", "traderd.yaml", "--json", "--out", "out", "--pace", pace]
    with start(tmp_path, words) as process:
        assert first_line(process.stderr).startswith("running: 0 of 150000 rows")
        process.send_signal(number)
        out, err = process.communicate()

    document = msgspec.json.decode(out)
    assert process.returncode == 130
    assert "interrupted: out holds the run as far as it came" in err
    assert not document["complete"]
    assert 0 < document["reached"]["rows"] < 150_000
    assert run(tmp_path, ["replay", "out"]).returncode == 0


@pytest.mark.parametrize("name", BUNDLED)
def test_nothing_around_the_process_plays_a_part(tmp_path: Path, name: str) -> None:
    """Two runs agree to the bit under another hash seed, folder, time zone and locale."""
    worlds: list[Mapping[str, str]] = [
        {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"},
        {"PYTHONHASHSEED": "4242", "TZ": "Pacific/Chatham", "LC_ALL": "C"},
    ]
    seen = set()
    for number, world in enumerate(worlds):
        folder = tmp_path / str(number) / "a place with spaces"
        folder.mkdir(parents=True)
        told = run(folder, ["--sim", *BUNDLED[name], "--json"], **world)
        assert told.returncode == 0, told.stderr
        document = msgspec.json.decode(told.stdout)
        seen.add((document["digest"], document["state_hash"], document["config_digest"]))
        assert run(folder, ["replay", f"{name}-1"], **world).returncode == 0

    assert len(seen) == 1


def test_the_script_hands_over(tmp_path: Path) -> None:
    project(tmp_path)
    script = [str(ROOT / "scripts" / "traderd")]

    told = run(tmp_path, ["--sim", "--config", "traderd.yaml", "--json"], script)

    assert told.returncode == 0, told.stderr
    assert msgspec.json.decode(told.stdout)["out"] == "runs/trial-1"
    assert (tmp_path / "runs" / "trial-1" / "journal.db").is_file()


@pytest.mark.parametrize("words", [["config", "schema"], ["config", "show"], ["--help"]])
def test_a_reader_that_has_had_enough_is_no_error(tmp_path: Path, words: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    told = subprocess.run(
        [*PYTHON, *words],
        cwd=tmp_path,
        env=environment(),
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)

    assert told.stderr == ""
    assert told.returncode == (1 if words == ["--help"] else 0)


def test_a_closed_pipe_does_not_change_what_a_run_came_to(tmp_path: Path) -> None:
    text = configuration(more="risk: {drawdown_max: 0.0001}\nreport: {baselines: false}")
    project(tmp_path, text)
    reading, writing = os.pipe()
    os.close(reading)
    words = ["--sim", "--config", "traderd.yaml"]
    told = subprocess.run(
        [*PYTHON, *words],
        cwd=tmp_path,
        env=environment(),
        stdout=writing,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    os.close(writing)

    assert told.returncode == 5


NOISY = """\
import os, sys
from msgspec import Struct
from trader.strategies.strategy import Strategy, Target

print("read")

class Noisy(Strategy):
    class Params(Struct):
        pass

    class State(Struct):
        bars: int = 0

    def on_bar(self, bar):
        self.state.bars += 1
        print("a bar")
        sys.__stdout__.write("another way\\n")
        os.write(1, b"past all of it\\n")
        return Target(self.state.bars % 2, "noise")

    def explain(self):
        os.write(1, b"and asked\\n")
        return ()
"""


@pytest.mark.parametrize(
    "words",
    [
        ["--sim", "--config", "traderd.yaml", "--set", "run.name=more"],
        ["config", "check", "traderd.yaml"],
        ["replay", "trial-1"],
        ["why", "trial-1", "4.0"],
        ["why-not", "trial-1", "noisy", "2020-09-13T13:00:00Z"],
        ["runs", "compare", "trial-1", "trial-1"],
        ["runs", "show", "nothing"],
    ],
)
def test_stdout_is_one_document_whatever_a_strategy_prints(
    tmp_path: Path, words: list[str]
) -> None:
    (tmp_path / "noisy.py").write_text(NOISY)
    project(tmp_path, configuration(["{name: noisy, file: noisy.py}"]))
    run(tmp_path, ["--sim", "--config", "traderd.yaml"])

    told = run(tmp_path, [*words, "--json"])

    assert isinstance(msgspec.json.decode(told.stdout), dict)
    assert told.returncode == (2 if "nothing" in words else 0), told.stderr


def test_a_full_stdout_is_told(tmp_path: Path) -> None:
    project(tmp_path)
    with Path("/dev/full").open("w") as full:
        told = subprocess.run(
            [*PYTHON, "config", "show", "traderd.yaml", "--json"],
            cwd=tmp_path,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert told.stderr == "error: stdout cannot be written: No space left on device\n"
    assert told.returncode == 2


def test_without_assertions_it_does_not_run(tmp_path: Path) -> None:
    told = run(tmp_path, ["--help"], [sys.executable, "-O", "-m", "trader"])

    assert told.returncode == 1
    assert told.stderr.startswith("error: traderd does not run without its assertions")


CRASH = """\
import runpy, sys
from trader.cli import options
options.Options.load = None
sys.argv = ["traderd", "--sim"]
runpy.run_module("trader", run_name="__main__")
"""


@pytest.mark.parametrize(("debug", "lines"), [("", 1), ("1", 5)])
def test_our_own_mistake_is_a_line_and_a_traceback_for_who_asks(
    tmp_path: Path, debug: str, lines: int
) -> None:
    told = run(tmp_path, [], [sys.executable, "-c", CRASH], TRADERD_DEBUG=debug)

    assert told.returncode == 1
    assert told.stderr.count("\n") >= lines
    assert ("Traceback" in told.stderr) is bool(debug)
    assert "TypeError" in told.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_loopback_venue_runs_until_it_is_told_to_stop(
    tmp_path: Path, number: signal.Signals
) -> None:
    ready = tmp_path / "ready.json"
    os.mkfifo(tmp_path / "never")
    with start(tmp_path, ["venue", "binance", "--ready-file", str(ready), "--json"]) as process:
        assert str(ready) in first_line(process.stderr)
        while not ready.exists():
            assert process.poll() is None
            os.sched_yield()
        told = msgspec.json.decode(ready.read_bytes())
        process.send_signal(number)
        out, _ = process.communicate()

    assert process.returncode == 0
    assert told["ws_api"].startswith("ws://127.0.0.1:")
    assert msgspec.json.decode(out) == told


def test_a_loopback_venue_tells_its_address_and_the_keys_to_paste(tmp_path: Path) -> None:
    with start(tmp_path, ["venue", "binance", "--seed", "4"]) as process:
        told = [first_line(process.stderr) for _ in range(3)]
        taken = told[0].partition("ws://127.0.0.1:")[2].partition("/")[0]
        second = run(tmp_path, ["venue", "binance", "--port", taken])
        process.terminate()

    assert told[2].startswith("export LOOPBACK_KEYS=")
    assert told[2].count(":") == 1
    assert second.returncode == 6
    assert second.stderr.startswith("error: the venue cannot listen: address already in use")
