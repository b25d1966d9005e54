"""A lease on a clock that a test moves."""

import time

from actors.runtime.lease import RENEWALS, Lease, boot_clock

SECOND = 1_000_000_000


class Clock:
    def __init__(self) -> None:
        self.ns = 0

    def __call__(self) -> int:
        return self.ns


def test_it_lasts_from_one_renewal_to_the_next() -> None:
    clock = Clock()
    lease = Lease(10, clock)
    assert not lease.holds()
    assert not lease.renew()

    lease.begin()
    for _ in range(3):
        clock.ns += 10 * SECOND - 1
        assert lease.holds()
        assert lease.renew()
    assert lease.every_s * RENEWALS == 10


def test_one_that_has_run_out_is_not_renewed() -> None:
    """Not even if nobody has looked in between."""
    clock = Clock()
    lease = Lease(10, clock)
    lease.begin()
    clock.ns += 10 * SECOND

    assert not lease.renew()
    clock.ns -= 1
    assert not lease.holds()

    lease.begin()
    assert lease.holds()


def test_its_clock_goes_on_while_the_machine_sleeps() -> None:
    before = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    assert before <= boot_clock() <= time.clock_gettime_ns(time.CLOCK_BOOTTIME)
