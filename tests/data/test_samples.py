"""The bars in the package keep what their README promises."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.data.making import opened
from trader.config.notation import instant_text
from trader.data.bars import BarFile
from trader.data.samples import FOLDER, sample, samples
from trader.errors import DataError

HOUR = 3_600_000_000_000
SHARES = {
    "AAPL": (3_270, "2000-03-01T05:00:00Z"),
    "FB": (196, "2012-05-18T04:00:00Z"),
    "GOOG": (2_148, "2004-08-19T04:00:00Z"),
    "IBM": (3_270, "2000-03-01T05:00:00Z"),
    "MSFT": (3_270, "2000-03-01T05:00:00Z"),
}


def share(symbol: str) -> BarFile:
    """Open a packaged share by its symbol."""
    [name] = [each for each in samples() if f"/{symbol}/" in each]
    settings = {"interval_ns": 24 * HOUR, "tick": Decimal("0.0001"), "lot": Decimal(1)}
    return opened(sample(name), **settings)


@pytest.mark.parametrize("symbol", SHARES)
def test_share_is_read_to_its_end(symbol: str) -> None:
    """On the grid of a hundredth of a cent."""
    file = share(symbol)
    rows = sum(len(batch) for batch in file.batches(0, file.rows))

    assert (rows, instant_text(file.ts_first)) == SHARES[symbol]
    assert instant_text(file.ts_last) == "2013-03-01T05:00:00Z"


def test_split_is_where_the_readme_says() -> None:
    """Shares are unadjusted: AAPL's close halves over 2005-02-28."""
    file = share("AAPL")
    split = 1_109_570_400 * 1_000_000_000  # 2005-02-28 06:00 UTC, after that day's opening
    row = file.window(split, None, 0)[0] - 1

    [batch] = file.batches(row - 1, row + 1)

    assert batch.close.tolist() == [889_900, 448_600]


def test_currency_is_read_to_its_end() -> None:
    """Its volume has fractions of a unit, which go down."""
    settings = {"interval_ns": HOUR, "tick": Decimal("0.00001"), "lot": Decimal(1)}
    file = opened(sample("bars/fx/EURUSD/1h/20170101-20171229.parquet"), **settings)

    [batch] = file.batches(0, file.rows)

    assert (len(batch), batch.rounded) == (6_225, 0)
    assert (batch.lots > 0).all()
    assert instant_text(file.ts_first) == "2017-01-01T22:00:00Z"
    assert instant_text(file.ts_last) == "2017-12-29T21:00:00Z"


def test_readme_names_every_sample() -> None:
    """A file without a source and terms does not ship."""
    readme = Path(FOLDER / "README.md").read_text(encoding="utf-8")

    assert len(samples()) == 6
    for name in samples():
        assert name.split("/")[2] in readme


def test_unknown_sample_names_those_there_are() -> None:
    """So that a typing error is seen at once."""
    with pytest.raises(DataError, match="no sample bars/usa/TSLA") as caught:
        sample("bars/usa/TSLA")

    assert "bars/usa/AAPL/1d/" in caught.value.hint
