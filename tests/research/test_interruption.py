"""The first signal is a wish; the second is not, nor is one before there is anything to keep."""

import os
import signal

import pytest

from trader.research.interruption import SIGNALS, Interrupted, Interruption


@pytest.mark.parametrize("number", SIGNALS)
def test_before_the_run_a_signal_ends_it(number: signal.Signals) -> None:
    with Interruption(), pytest.raises(Interrupted, match=number.name):
        os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", SIGNALS)
def test_while_it_runs_the_first_is_heard_and_the_second_ends_it(number: signal.Signals) -> None:
    with Interruption() as interruption:
        interruption.be_patient()
        os.kill(os.getpid(), number)
        heard = interruption.wanted
        with pytest.raises(Interrupted):
            os.kill(os.getpid(), number)

    assert heard


def test_nobody_waits_after_a_signal() -> None:
    with Interruption() as interruption:
        interruption.be_patient()
        interruption.wait(0.0)
        os.kill(os.getpid(), signal.SIGTERM)

        interruption.wait(3_600.0)


def test_a_signal_wakes_who_waits() -> None:
    with Interruption() as interruption:
        interruption.be_patient()
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        former = signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
        interruption.wait(3_600.0)
        signal.signal(signal.SIGALRM, former)

    assert interruption.wanted


def test_afterwards_the_former_handlers_are_back() -> None:
    before = [signal.getsignal(each) for each in SIGNALS]

    with Interruption():
        pass

    assert [signal.getsignal(each) for each in SIGNALS] == before
