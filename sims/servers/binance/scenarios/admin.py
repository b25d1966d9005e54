"""The administrator's requests without their socket: rules and deeds at run time.

GET    /admin/rules    the rules in force, and how often each has struck
POST   /admin/rules    one rule, or a list of them
DELETE /admin/rules    no rule any more
POST   /admin/deeds    one deed, or a list of them, done at once
GET    /admin/deeds    the last deeds, and what came of each
"""

from http import HTTPStatus
from typing import Final, TypeVar

import msgspec

from sims.servers.binance.scenarios.deeds import AnyDeed
from sims.servers.binance.scenarios.director import CannotError, Director
from sims.servers.binance.scenarios.rules import AnyRule
from sims.servers.binance.scenarios.scenario import Scenario

ROOT: Final = "/admin"

Answer = tuple[HTTPStatus, object]
T = TypeVar("T")


class Admin:
    """Takes requests about one scenario; whoever reaches the port may ask."""

    def __init__(self, scenario: Scenario, director: Director) -> None:
        self._scenario: Final = scenario
        self._director: Final = director

    def answer(self, verb: str, path: str, body: bytes) -> Answer:
        """Carry out a request; return a status and a document."""
        try:
            told = self._carry_out(verb, path.removeprefix(ROOT), body)
        except (msgspec.MsgspecError, CannotError) as error:
            return HTTPStatus.BAD_REQUEST, {"error": str(error)}
        if told is None:
            return HTTPStatus.NOT_FOUND, {"error": f"no {verb} {path}"}
        return HTTPStatus.OK, told

    def _carry_out(self, verb: str, path: str, body: bytes) -> list[object] | None:
        match verb, path:
            case "GET", "/rules":
                return self._rules()
            case "POST", "/rules":
                return [self._scenario.add(rule) for rule in _several(body, list[AnyRule])]
            case "DELETE", "/rules":
                self._scenario.clear()
                return []
            case "GET", "/deeds":
                return list(self._director.done)
            case "POST", "/deeds":
                return [self._director.do(deed) for deed in _several(body, list[AnyDeed])]
            case _:
                return None

    def _rules(self) -> list[object]:
        return [
            {"number": each.number, "rule": each.rule, "seen": each.seen, "struck": each.struck}
            for each in self._scenario.in_force
        ]


def _several(body: bytes, kind: type[list[T]]) -> list[T]:
    """Read a list of things, or one of them."""
    is_list = body.lstrip().startswith(b"[")
    return msgspec.json.decode(body if is_list else b"[" + body + b"]", type=kind)
