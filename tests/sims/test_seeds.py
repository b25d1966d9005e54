"""Streams of chance: the same for the same seed and name, strangers to each other otherwise."""

import subprocess
import sys
from pathlib import Path

from sims.seeds import stream

ROOT = Path(__file__).resolve().parents[2]


def draws(seed: int, name: str) -> list[int]:
    source = stream(seed, name)
    return [source.getrandbits(64) for _ in range(4)]


def test_seed_and_name_make_the_draws() -> None:
    assert draws(7, "latency") == draws(7, "latency")


def test_streams_are_strangers() -> None:
    """Also those whose seed and name would read alike side by side."""
    named = [(1, "1/a"), (11, "/a"), (1, "a"), (11, "a"), (7, "latency"), (8, "latency")]

    assert len({tuple(draws(*each)) for each in named}) == len(named)


def test_one_streams_draws_change_no_others() -> None:
    first, second = stream(7, "latency"), stream(7, "faults")
    first.random()

    assert [second.getrandbits(64) for _ in range(4)] == draws(7, "faults")


def test_the_draws_are_the_same_everywhere_and_always() -> None:
    """In another process under another seed of hashes, and as they were first written down."""
    code = "from sims.seeds import stream; print(stream(7, 'latency').getrandbits(64))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "123"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert int(done.stdout) == draws(7, "latency")[0] == 14727101609045108721
