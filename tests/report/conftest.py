"""Where there is no browser, what needs one is left out; the head of the test run says so."""

from tests.report.browsers import is_left_out

collect_ignore = ["test_in_a_browser.py"] if is_left_out() else []
