"""Streams of chance: the same for the same seed and name, strangers to each other otherwise."""

import subprocess
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sims.seeds import Numbers, stream

BELOW = [747, 514, 935, 801]
NORMAL = [17151, 1764, 11298]
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


@given(st.integers(1, 1 << 31), st.integers(0, 50))
def test_numbers_lie_below_their_bound(bound: int, count: int) -> None:
    drawn = Numbers(7, "x").below(bound, count)

    assert len(drawn) == count
    assert all(0 <= each < bound for each in drawn.tolist())


def test_numbers_are_the_same_everywhere() -> None:
    """They come from raw bits and whole numbers alone."""
    numbers = Numbers(7, "x")

    assert numbers.below(1_000, 4).tolist() == BELOW
    assert numbers.normal(3).tolist() == NORMAL


def test_what_is_about_normal_is_about_normal() -> None:
    drawn = Numbers(7, "x").normal(100_000)

    assert abs(drawn.mean()) < 1_000
    assert abs(drawn.std() / 65_536 - 1) < 0.01
    assert abs(drawn).max() <= 6 * 65_536
