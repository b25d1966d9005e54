"""Small files of corporate actions, as a person or a vendor would write them."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from trader.calendars import UTC, calendar
from trader.data.actions import ActionFile, open_actions
from trader.model.money import MoneyScale

HEAD = "ex_date,ts,action,numerator,denominator,amount"
SPLIT = "2014-06-09,,split,7,1,"
DIVIDEND = "2014-08-07,,dividend,,,0.47"
HALT = ",2014-06-09T15:00:00Z,halt,,,"
RESUME = ",2014-06-09T16:00:00Z,resume,,,"


def csv(folder: Path, *rows: str, head: str = HEAD) -> Path:
    """Write a CSV of these rows."""
    path = folder / "actions.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def opened(path: Path, **terms: Any) -> ActionFile:
    """Open with whole lots, eight places of money and no calendar, but for what is given."""
    usual = {
        "name": "AAPL.usa",
        "sessions": calendar(terms.pop("market", UTC)),
        "lot": Decimal(1),
        "scale": MoneyScale(places=8, half={}),
    }
    return open_actions(path, **{**usual, **terms})
