"""Every recorded file of bars at hand is read to its end or refused with an address."""

from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl

from tests.data.making import opened
from tests.shared_data import shared
from trader.errors import DataError

SECONDS = {"1s": 1, "1m": 60, "5m": 300, "15m": 900, "30m": 1_800, "1h": 3_600, "1d": 86_400}
PLACES_MAX = 8


def finest_tick(path: Path) -> Decimal:
    """Guess a tick from the decimal places of the file's prices."""
    prices = pl.read_parquet(path, columns=["open", "high", "low", "close"]).to_numpy()
    for places in range(PLACES_MAX):
        scaled = prices * 10.0**places
        if np.allclose(scaled, np.rint(scaled), rtol=1e-12, atol=1e-6, equal_nan=True):
            return Decimal(1).scaleb(-places)
    return Decimal(1).scaleb(-PLACES_MAX)


def outcome(path: Path) -> str:
    """Read it all, or say where it was refused."""
    interval_ns = SECONDS[path.parent.name] * 1_000_000_000
    settings = {"interval_ns": interval_ns, "tick": finest_tick(path), "lot": Decimal(1)}
    try:
        file = opened(path, off_grid="round", **settings)
        rows = sum(len(batch) for batch in file.batches(0, file.rows))
    except DataError as error:
        return str(error)
    return "read" if rows == file.rows else f"{rows} of {file.rows} rows"


def test_recorded_file_is_read_or_refused() -> None:
    """Nearly all are sound; the one that holds two series in one file is not."""
    files = [path for path in shared("data/bars").rglob("*.parquet") if path.parent.name in SECONDS]

    outcomes = {path: outcome(path) for path in files}
    [(path, refusal)] = [(path, said) for path, said in outcomes.items() if said != "read"]

    assert len(files) > 100
    assert "FESX-202406" in path.parts
    assert "unsorted: row 1152 opens at 2024-06-03T00:15:00Z" in refusal
    assert f"{path}, row 1152, column ts_open" in refusal
