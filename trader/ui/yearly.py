"""Figures a year, which a run of some days has no part in.

They are in `metrics.json` as the formulas give them. A page leaves them out where the run is so
short that they would only blow up a few hours of chance.
"""

from collections.abc import Mapping
from typing import Any, Final

from trader.config.notation import instant
from trader.model.units import DAY_NS, SECOND_NS
from trader.ui.wording import duration

YEARLY: Final = ("cagr", "volatility", "sharpe", "sortino", "calmar", "turnover")
DAYS_MIN: Final = 30


def too_short(run: Mapping[str, Any]) -> str:
    """Why a run has no yearly figures; nothing if it has them.

    >>> too_short({"period": {"from": "2020-01-01T00:00:00Z", "to": "2020-01-01T06:00:00Z"}})
    '6.0 h are too short, from 30 days on'
    >>> too_short({"period": {"from": "2020-01-01T00:00:00Z", "to": "2020-03-01T00:00:00Z"}})
    ''
    """
    begun, ended = (instant(run["period"][end]) for end in ("from", "to"))
    if ended - begun >= DAYS_MIN * DAY_NS:
        return ""
    return f"{duration((ended - begun) / SECOND_NS)} are too short, from {DAYS_MIN} days on"


def shown(metrics: Mapping[str, Any], run: Mapping[str, Any]) -> Mapping[str, Any]:
    """The figures to show of a run: without those a year where it is too short."""
    return {**metrics, **dict.fromkeys(YEARLY)} if too_short(run) else metrics
