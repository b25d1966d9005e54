"""Figures as a page spells them; a figure without a value is a dash."""

from collections.abc import Mapping
from math import floor, log10
from typing import Any, Final

from trader.config.notation import instant_text
from trader.ui import wording
from trader.ui.wording import money, percent

NOTHING: Final = "–"
SECOND_NS: Final = 1_000_000_000
_MANY: Final = 100
_SMALL: Final = 0.0005


def amount(text: str | None) -> str:
    """Money to the cent.

    >>> amount("1234.5"), amount(None)
    ('1,234.50', '–')
    """
    return NOTHING if text is None else money(text)


def signed(text: str | None) -> str:
    """Money to the cent with its sign.

    >>> signed("1234.5"), signed("-2"), signed("0")
    ('+1,234.50', '-2.00', '0.00')
    """
    if text is None:
        return NOTHING
    spelled = money(text)
    return spelled if spelled.startswith("-") or spelled == "0.00" else f"+{spelled}"


def share(fraction: float | None, *, sign: bool = False) -> str:
    """A part of the whole, a very small one to two figures; `sign` shows also a plus.

    >>> share(0.2767), share(0.2767, sign=True), share(None), share(-0.0000121)
    ('27.7 %', '+27.7 %', '–', '-0.0012 %')
    """
    if fraction is None:
        return NOTHING
    spelled = percent(fraction)
    if fraction and abs(fraction) < _SMALL:
        places = 1 - floor(log10(100 * abs(fraction)))
        spelled = f"{100 * fraction:+.{places}f} %"
    return spelled if sign else spelled.removeprefix("+")


def ratio(value: float | None, unit: str = "") -> str:
    """A plain number of three figures or so.

    >>> ratio(1.2345), ratio(123.4, "x"), ratio(None)
    ('1.23', '123x', '–')
    """
    if value is None:
        return NOTHING
    return f"{value:,.0f}{unit}" if abs(value) >= _MANY else f"{value:,.2f}{unit}"


def duration(seconds: float | None) -> str:
    """A time in its largest fitting unit.

    >>> duration(5400), duration(None)
    ('1.5 h', '–')
    """
    return NOTHING if seconds is None else wording.duration(seconds)


def count(number: float | None) -> str:
    """A whole number with separators.

    >>> count(12345), count(None)
    ('12,345', '–')
    """
    return NOTHING if number is None else f"{number:,.0f}"


def moment(nanoseconds: int | None) -> str:
    """An instant in UTC, to the second if it needs one, a midnight as a date.

    >>> moment(1_136_246_400_000_000_000), moment(1_136_250_001_500_000_000), moment(None)
    ('2006-01-03', '2006-01-03 01:00:01', '–')
    >>> moment(1_136_250_000_000_000_000)
    '2006-01-03 01:00'
    """
    if nanoseconds is None:
        return NOTHING
    text = instant_text(nanoseconds - nanoseconds % SECOND_NS).removesuffix("Z")
    date, _, time = text.partition("T")
    return date if time == "00:00:00" else f"{date} {time.removesuffix(':00')}"


def reason(word: str | None) -> str:
    """A reason code as words.

    >>> reason("cross_up"), reason(None)
    ('cross up', '–')
    """
    return word.replace("_", " ") if word else NOTHING


def tone(value: float | str | None) -> str | None:
    """The class of a gain or a loss; None of nothing."""
    number = 0.0 if value is None else float(value)
    return "gain" if number > 0 else "loss" if number < 0 else None


def ended(run: Mapping[str, Any]) -> tuple[str, str]:
    """How the run ended, as the class of a badge and its word."""
    if not run["complete"]:
        return "warn", "stopped early"
    if run["quarantined"]:
        return "bad", "strategy quarantined"
    state = run["trading_state"]
    return ("good", "complete") if state == "ACTIVE" else ("bad", f"ended {state.lower()}")
