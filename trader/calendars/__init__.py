"""Sessions of exchanges: when a market opens and closes, from a table that comes with the package.

`sessions` is what the core asks, `table` reads the table and is for those who build the core.
"""

from trader.calendars.sessions import UTC
from trader.calendars.table import calendar, shared

__all__ = ["UTC", "calendar", "shared"]
