"""What a running daemon is not sure of, in a document: its edges, its last comparison, its doubts.

Everything here is true at every moment and bad only if it lasts, so each thing has its age.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from actors.assembly import Core
from actors.runtime.step_record import Step
from actors.runtime.supervisor import EdgeStanding
from trader.model.orders import OrderInDoubt, OrderStatus
from trader.model.units import SECOND_NS, Nanoseconds
from trader.venues.execution_client import Figures

Document = dict[str, Any]

_IN_DOUBT: Final = OrderStatus.IN_DOUBT


class Doubts:
    """Since when each order is in doubt; of one from an earlier life, since this one began."""

    def __init__(self, core: Core) -> None:
        self._core: Final = core
        self._since: dict[str, Nanoseconds] = {}

    def settle(self, step: Step) -> None:
        """A step has become durable; it tells the very instant of a doubt."""
        for envelope in step.kept:
            if isinstance(envelope.body, OrderInDoubt):
                self._since.setdefault(envelope.body.client_order_id, envelope.ts)

    def look(self, now: Nanoseconds) -> dict[str, Nanoseconds]:
        """Each order that is in doubt now, and since when."""
        orders = self._core.order_manager.state.orders.items()
        doubted = [id_ for id_, order in orders if order.status is _IN_DOUBT]
        self._since = {id_: self._since.get(id_, now) for id_ in doubted}
        return dict(self._since)


class Unsure:
    """Speaks of one daemon."""

    def __init__(
        self,
        core: Core,
        doubts: Doubts,
        *,
        figures: Callable[[Nanoseconds], Figures],
        edges: Callable[[], Sequence[EdgeStanding]],
    ) -> None:
        self._core: Final = core
        self._doubts: Final = doubts
        self._figures: Final = figures
        self._edges: Final = edges

    def document(self, now: Nanoseconds) -> Document:
        """All of it; ages and pauses are in seconds, None is never."""
        return {
            "edges": [_edge(each) for each in self._edges()],
            "reconciliation": self._reconciliation(now),
            "doubts": self._doubted(now),
            "limits": self._limits(now),
        }

    def compared_age_s(self, now: Nanoseconds) -> float | None:
        """How long ago the venue's view was held beside ours."""
        return _age_s(self._core.reconciler.state.compared_at, now)

    def _reconciliation(self, now: Nanoseconds) -> Document:
        state = self._core.reconciler.state
        return {
            "compared_age_s": self.compared_age_s(now),
            "agreed_age_s": _age_s(state.agreed_at, now),
            "is_asking": state.asking,
            "differences": [
                {"kind": each.kind, "key": each.key, "ours": each.ours, "theirs": each.theirs}
                for each in state.found
            ],
        }

    def _doubted(self, now: Nanoseconds) -> list[Document]:
        orders = self._core.order_manager.state
        documents = []
        for id_, since in self._doubts.look(now).items():
            order = orders.orders[id_]
            documents.append(
                {
                    "client_order_id": id_,
                    "strategy": order.strategy,
                    "instrument": orders.desks[order.strategy].instrument,
                    "lots": order.lots,
                    "age_s": round((now - since) / SECOND_NS, 3),
                }
            )
        return documents

    def _limits(self, now: Nanoseconds) -> list[Document]:
        figures = self._figures(now)
        documents = []
        for limit, share in figures.headroom.items():
            used, most = figures.used.get(limit, (None, None))
            documents.append(
                {"limit": limit, "headroom": round(share, 4), "used": used, "max": most}
            )
        return documents


def _edge(edge: EdgeStanding) -> Document:
    return {
        "edge": edge.name,
        "state": edge.state,
        "failures": edge.failures,
        "error": edge.error,
        "again_in_s": None if edge.again_in_s is None else round(edge.again_in_s, 3),
    }


def _age_s(ts: Nanoseconds, now: Nanoseconds) -> float | None:
    return round((now - ts) / SECOND_NS, 3) if ts else None
