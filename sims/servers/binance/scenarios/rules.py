"""Rules that strike requests and what is sent, as a scenario says them.

`what` is a pattern for the subject: the name of a request's method (`order.*`), a user event with
what happened (`executionReport:TRADE`), or a market stream (`*@depth*`). A rule strikes a `share`
of what fits, from the one after `skip` on, at most `times`, between two instants of the scenario.
"""

from typing import Final

from msgspec import Struct

from sims.servers.binance import refusals
from sims.servers.binance.refusals import Refusal


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="do"):
    """What every rule has."""

    what: str
    share: float = 1.0
    skip: int = 0
    times: int | None = None
    from_s: float = 0.0
    to_s: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise ValueError(f"share is no part of one: {self.share}")


class Lose(Rule, frozen=True, kw_only=True, tag="lose"):
    """A request is carried out and never answered; an event is not sent."""


class Drop(Rule, frozen=True, kw_only=True, tag="drop"):
    """A request never arrives; an event is not sent."""


class Delay(Rule, frozen=True, kw_only=True, tag="delay"):
    """An answer or an event comes late; with `is_request` the request itself arrives late."""

    ms: int
    is_request: bool = False


class Duplicate(Rule, frozen=True, kw_only=True, tag="duplicate"):
    """A request arrives twice and is answered once; an event is sent twice."""


class Reorder(Rule, frozen=True, kw_only=True, tag="reorder"):
    """It waits until the next one has passed, at most `ms`."""

    ms: int = 1_000


class Answer(Rule, frozen=True, kw_only=True, tag="answer"):
    """A request is answered with an error; with `is_executed` it is carried out all the same."""

    code: int = -1007
    text: str | None = None
    status: int | None = None
    is_executed: bool = False

    @property
    def refusal(self) -> Refusal:
        """The error; a known code brings its own text and status."""
        known = KNOWN.get(self.code, Refusal(self.code, "An unknown error occurred.", 500))
        return Refusal(self.code, self.text or known.text, self.status or known.status)


class Close(Rule, frozen=True, kw_only=True, tag="close"):
    """The connection breaks instead of an answer; with `is_executed` after the deed."""

    is_executed: bool = False


AnyRule = Lose | Drop | Delay | Duplicate | Reorder | Answer | Close

KNOWN: Final = {
    refusal.code: refusal
    for refusal in (
        Refusal(-1000, "An unknown error occurred while processing the request.", 500),
        Refusal(-1001, "Internal error; unable to process your request. Please try again.", 500),
        Refusal(
            -1006,
            "An unexpected response was received from the message bus. Execution status unknown.",
            500,
        ),
        Refusal(
            -1008,
            "Server is currently overloaded with other requests. "
            "Please try again in a few minutes.",
            503,
        ),
        refusals.OUTCOME_UNKNOWN,
        refusals.LATE,
        refusals.BAD_SIGNATURE,
        refusals.DUPLICATE_ORDER,
        refusals.CANCEL_UNKNOWN,
        refusals.NO_SUCH_ORDER,
    )
}
