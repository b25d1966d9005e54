"""What all tests share: generated cases which are the same every time, and one event loop."""

import decimal

import pytest
from hypothesis import HealthCheck, settings

from tests.report.browsers import WITHOUT, is_left_out

settings.register_profile(
    "traderd",
    derandomize=True,  # a green suite stays green until the code changes
    database=None,
    deadline=None,  # a slow machine is no defect
    max_examples=100,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("traderd")


def pytest_report_header() -> list[str]:
    """What this machine lacks and which tests that leaves out."""
    return [WITHOUT] if is_left_out() else []


@pytest.fixture(autouse=True)
def _own_decimals() -> None:
    """Each test counts in the usual way, whatever a library did to decimals in the one before."""
    decimal.setcontext(decimal.DefaultContext.copy())


@pytest.fixture
def anyio_backend() -> str:
    """Tests marked `anyio` run on asyncio, as the live run does."""
    return "asyncio"
