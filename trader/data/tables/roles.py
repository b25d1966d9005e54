"""Which column is which, by the names that vendors give them.

Each kind of row has roles, and each role a list of names; the name that stands first in it wins,
and two columns of one name are not told apart. Names are compared without case and signs: "Adj.
Close" is `adj close`, which is nobody's close.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from trader.config.spelling import shown
from trader.data.defects import Source
from trader.data.tables.findings import Finding
from trader.errors import DataError

Kind: TypeAlias = Literal["bars", "quotes", "trades", "depth"]
Roles: TypeAlias = Mapping[str, int]
"""From a role to the number of its column."""

_OTHER: Final = re.compile(r"[^a-z0-9+]+")

_TIMES: Final = (
    "ts timestamp timestamp_utc timestamp_ms unix unixtime unix_timestamp unix_time epoch"
    " datetime date_time datetime_utc gmt_time utc_time local_time time_utc time date day dt"
)
_OPEN_TIMES: Final = f"ts_open open_time opentime time_open start_time start {_TIMES}"
_SIZES: Final = "size qty quantity amount volume vol lots"
_SYMBOLS: Final = "symbol ticker instrument pair sym code"
_RECEIVED: Final = "ts_recv local_timestamp received receive_time recv_time ts_local"

NAMES: Final[Mapping[Kind, Mapping[str, str]]] = MappingProxyType(
    {
        "bars": {
            "open": "open o open_price price_open opening first",
            "high": "high h high_price price_high highest max",
            "low": "low l low_price price_low lowest min",
            "close": "close c close_price price_close closing last price close_last",
            "volume": "volume v vol base_volume volume_base tick_volume tickvol shares qty quantity"
            " total_volume trade_volume",
            "time": _OPEN_TIMES,
            "close_time": "ts_close close_time closetime time_close end_time end",
            "symbol": _SYMBOLS,
        },
        "depth": {
            "side": "side type direction",
            "price": "price px p rate",
            "size": f"{_SIZES} q s",
            "is_snapshot": "is_snapshot snapshot update_type",
            "first_id": "first_id first_update_id firstupdateid u_first",
            "last_id": "last_id last_update_id lastupdateid final_update_id update_id",
            "prev_id": "prev_id pu prev_update_id prev_last_update_id",
            "time": _TIMES,
            "ts_recv": _RECEIVED,
            "symbol": _SYMBOLS,
        },
        "quotes": {
            "bid": "bid bid_price bidprice best_bid best_bid_price bid_px price_bid b",
            "ask": "ask ask_price askprice best_ask best_ask_price ask_px price_ask offer a",
            "bid_size": "bid_size bidsize bid_qty bid_quantity bid_amount bid_volume bidvolume"
            " best_bid_qty bid_sz bid_lots",
            "ask_size": "ask_size asksize ask_qty ask_quantity ask_amount ask_volume askvolume"
            " best_ask_qty ask_sz ask_lots offer_size",
            "time": _TIMES,
            "ts_recv": _RECEIVED,
            "symbol": _SYMBOLS,
        },
        "trades": {
            "price": "price px p rate last trade_price",
            "size": f"{_SIZES} q s shares",
            "side": "side direction aggressor taker_side aggressor_side",
            "maker": "is_buyer_maker isbuyermaker buyer_maker was_the_buyer_the_maker m",
            "trade_id": "trade_id tradeid id tid agg_trade_id aggregate_trade_id aggtrade_id a",
            "time": f"{_TIMES} transact_time",
            "ts_recv": _RECEIVED,
            "symbol": _SYMBOLS,
        },
    }
)
NEEDED: Final[Mapping[Kind, tuple[str, ...]]] = MappingProxyType(
    {
        "bars": ("open", "high", "low", "close"),
        "depth": ("side", "price", "size"),
        "quotes": ("bid", "ask"),
        "trades": ("price", "size"),
    }
)
PRICES: Final[Mapping[Kind, tuple[str, ...]]] = MappingProxyType(
    {
        "bars": ("open", "high", "low", "close"),
        "depth": ("price",),
        "quotes": ("bid", "ask"),
        "trades": ("price",),
    }
)
SIZES: Final = ("volume", "size", "bid_size", "ask_size")
IDS: Final = ("trade_id", "first_id", "last_id", "prev_id")
_CLOCKS: Final = frozenset({"time", "time utc", "gmt time", "local time", "hour"})
_DATES: Final = frozenset({"date", "day", "yyyymmdd", "dt"})
_DEPTH_MARKS: Final = ("is_snapshot", "first_id", "last_id", "prev_id")


def plain(name: str) -> str:
    """The name without case and signs.

    >>> plain("<Adj. CLOSE>"), plain("bidSize"), plain("asks[0].price")
    ('adj close', 'bidsize', 'asks 0 price')
    """
    return _OTHER.sub(" ", name.casefold()).strip()


def named(
    source: Source, names: Sequence[str], kind: Kind | None
) -> tuple[Kind, Roles, list[Finding]]:
    """The kind of the rows and the columns of its roles, by the names of a header.

    Raises `DataError` if a needed column is missing, or two may be meant.
    """
    kinds: Iterable[Kind] = [kind] if kind else NAMES
    found = {each: _roles(source, names, each) for each in kinds}
    complete = [each for each, roles in found.items() if _is_complete(each, roles)]
    if not kind and {"bars", "depth"} & set(complete):
        complete = [each for each in complete if each != "trades"]  # a price and a size are common
    if not complete:
        raise _incomplete(source, names, found)
    if len(complete) > 1:
        raise source.defect(
            f"its columns may be {' or '.join(complete)}: {', '.join(names)}",
            hint="say which kind is meant",
        )
    chosen = complete[0]
    roles = found[chosen]
    why = ", ".join(shown(names[roles[role]]) for role in NEEDED[chosen])
    return chosen, roles, [_finding(chosen, kind, f"columns {why}")]


def _finding(chosen: Kind, kind: Kind | None, why: str) -> Finding:
    if kind:
        return Finding(what="kind", value=chosen, origin="given")
    return Finding(what="kind", value=chosen, origin="found", why=why)


def _is_complete(kind: Kind, roles: Roles) -> bool:
    if _lacking(kind, roles):
        return False
    return kind != "depth" or any(mark in roles for mark in _DEPTH_MARKS)


def _lacking(kind: Kind, roles: Roles) -> list[str]:
    lacking = [role for role in NEEDED[kind] if role not in roles]
    return lacking if roles.keys() & {"time", "close_time"} else [*lacking, "time"]


def _roles(source: Source, names: Sequence[str], kind: Kind) -> dict[str, int]:
    plainly = [plain(name) for name in names]
    roles: dict[str, int] = {}
    for role, synonyms in NAMES[kind].items():
        for synonym in synonyms.split():
            wanted = plain(synonym)
            at = [number for number, name in enumerate(plainly) if name == wanted]
            if len(at) > 1:
                raise source.defect(
                    f"two columns are named {shown(names[at[0]])}", hint="rename or remove one"
                )
            if at and at[0] not in roles.values():
                roles[role] = at[0]
                break
    if kind == "bars" and "volume" not in roles:
        roles |= _some_volume(source, names, plainly)
    return {**roles, **_parted(plainly, roles.get("time"))}


def _some_volume(source: Source, names: Sequence[str], plainly: Sequence[str]) -> dict[str, int]:
    """A volume of something, if there is but one of them."""
    at = [number for number, name in enumerate(plainly) if name.startswith("volume ")]
    if len(at) > 1:
        which = ", ".join(shown(names[number]) for number in at)
        raise source.defect(f"one of {which} is the volume", hint="name the right one volume")
    return {"volume": at[0]} if at else {}


def _parted(plainly: Sequence[str], time: int | None) -> dict[str, int]:
    """A date and a time of day in two columns; a text of both in one column needs no other."""
    if time is None or plainly[time] not in _CLOCKS | _DATES:
        return {}
    dates = [number for number, name in enumerate(plainly) if name in _DATES]
    clocks = [number for number, name in enumerate(plainly) if name in _CLOCKS]
    if len(dates) != 1 or len(clocks) != 1:
        return {}
    return {"time": dates[0], "clock": clocks[0]}


def _incomplete(source: Source, names: Sequence[str], found: Mapping[Kind, Roles]) -> DataError:
    """Say what the kind lacks, or the kind that lacks least."""
    lacking = {each: _lacking(each, roles) for each, roles in found.items()}
    likely = min(lacking, key=lambda each: len(lacking[each]) / len(NEEDED[each]))
    missing = lacking[likely] or ["first_id or is_snapshot"]
    what = "column" if len(missing) == 1 else "columns"
    has = f"the file has {', '.join(name or '(unnamed)' for name in names)}"
    is_strange = all(roles.keys().isdisjoint(NEEDED[each]) for each, roles in found.items())
    if is_strange and len(found) > 1:
        return source.defect(
            "its header names no prices",
            hint=f"{has}; name them in English: {_kinds_said()}",
        )
    known = [
        f"{role} may be called {', '.join(NAMES[likely][role].split())}" for role in lacking[likely]
    ]
    return source.defect(
        f"{what} {', '.join(missing)} of {likely} {'is' if len(missing) == 1 else 'are'} missing",
        hint="; ".join([has, *known]),
    )


def _kinds_said() -> str:
    """What each kind needs."""
    return "; ".join(f"{kind} have time, {', '.join(NEEDED[kind])}" for kind in NAMES)
