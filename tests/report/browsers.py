"""The browser that the tests of the page use, if this machine has one."""

from shutil import which

NAMES = ("chromium", "chromium-browser", "google-chrome")
WITHOUT = "without a browser: tests/report/test_in_a_browser.py is left out; install chromium"


def browser() -> str | None:
    """The path of a Chromium."""
    return next(filter(None, map(which, NAMES)), None)


def is_left_out() -> bool:
    """Whether this machine has none; the head of the tests says so."""
    return browser() is None
