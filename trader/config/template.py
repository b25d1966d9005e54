"""The commented configuration from which somebody starts.

It is drawn from the schema, so that every key there is appears with its meaning: the keys one
needs with values, all others as comments with their defaults. Taking `# ` away in front of a key
switches it on; what is needed only live and a strategy of one's own stand ready that way.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from msgspec import NODEFAULT

from trader.config.fields import FieldInfo, fields_of
from trader.config.render import Line, as_item, flow, indented, render
from trader.config.schema import Config
from trader.config.tree import Plain, join
from trader.model.money import plain
from trader.model.units import SECOND_NS
from trader.strategies.params import EmaCrossParams

HEAD: Final = """\
# A configuration of traderd. Run it:       traderd --sim --config traderd.yaml
# Look for mistakes, or see every value:    traderd config check|show traderd.yaml
# A value for one run only:                 traderd --sim --config traderd.yaml --set run.seed=9
# Keys behind a "#" show their defaults, or what they could say.
"""

GIVEN: Final[Mapping[str, Plain]] = MappingProxyType(
    {
        "run.name": "first",
        "run.seed": 1,
        "account.currency": "USD",
        "account.cash": "100000",
        "instruments.symbol": "BTCUSDT",
        "instruments.venue": "binance",
        "instruments.tick": "0.01",
        "instruments.lot": "0.00001",
        "instruments.currency": "USD",
        "data.kind": "bars",
        "data.interval": "1m",
        "data.path": "bars.parquet",
        "strategies.name": "cross",
        "strategies.type": "ema_cross",
        "strategies.params.fast": 12,
        "strategies.params.slow": 26,
        "strategies.params.weight": "0.5",
        "strategies.params.direction": "both",
        "venue.slippage_bps": "1",
        "venue.participation": "0.1",
        "risk.orders_window_ns": SECOND_NS,
        "report.baselines": True,
    }
)
"""The values that are switched on, by key; a list has one item."""

SHOWN: Final[Mapping[str, Plain]] = MappingProxyType(
    {
        "run.from": "2024-01-01",
        "run.to": "2024-07-01T00:00:00Z",
        "account.venue": "binance",
        "account.keys.env": "TRADER_KEYS",
        "data.synthetic.start": "2024-01-01",
        "data.synthetic.rows": 100_000,
        "data.synthetic.price": "100",
        "strategies.file": "rising.py",
        "strategies.params.lots": 100,
        "strategies.params.trend": 200,
        "strategies.exits.kind": "atr_stop",
        "risk.lots_max": 1000,
        "risk.notional_max": "50000",
        "risk.position_max": 5000,
        "risk.gross_max": "100000",
        "risk.orders_max": 10,
        "risk.drawdown_max": "0.2",
        "risk.stale_after": "5m",
        "report.equity_interval": "1d",
        "state_dir": "state",
        "base_dir": ".",
        "gateway.venue": "binance",
        "gateway.rest": "https://rest.example",
        "gateway.ws": "wss://ws.example",
        "gateway.ws_api": "wss://ws-api.example",
        "gateway.ws_stream": "wss://stream.example",
        "alerts.name": "phone",
        "alerts.channel.env": "TRADER_ALERTS",
    }
)
"""What a switched off key shows if not its default."""


def template(given: Mapping[str, Plain] = MappingProxyType({})) -> str:
    """The commented configuration; `given` replaces values of GIVEN, such as `data.path`."""
    values = {**GIVEN, **given}
    name = f"{values['instruments.symbol']}.{values['instruments.venue']}"
    values.setdefault("data.instrument", name)
    values.setdefault("strategies.instrument", name)
    lines: list[Line] = []
    for field in fields_of(Config):
        lines.extend([("", ""), *_field(field, field.key, values, is_off=False)])
    return HEAD + render(lines)


def _field(
    field: FieldInfo, at: str, values: Mapping[str, Plain], *, is_off: bool
) -> Iterator[Line]:
    """The lines of one key, behind a `# ` unless one of `values` or the one above switches it."""
    is_on = is_off or any(key == at or key.startswith(f"{at}.") for key in values)
    lines = _lines(field, at, values, is_off=not is_on or is_off)
    yield from lines if is_on else ((f"# {text}", comment) for text, comment in lines)


def _lines(
    field: FieldInfo, at: str, values: Mapping[str, Plain], *, is_off: bool
) -> Iterator[Line]:
    struct = EmaCrossParams if at == "strategies.params" else field.inner
    if struct is None:
        yield f"{field.key}: {flow(_value(field, at, values))}", field.description
        return
    yield f"{field.key}:", field.description
    below = [
        line
        for inner in fields_of(struct)
        for line in _field(inner, join(at, inner.key), values, is_off=is_off)
    ]
    yield from indented(as_item(below) if field.many else below)


def _value(field: FieldInfo, at: str, values: Mapping[str, Plain]) -> Plain:
    given = {**SHOWN, **values}
    if at in given:
        return given[at]
    assert field.default is not NODEFAULT, f"{at} needs an example"
    if isinstance(field.default, tuple):
        return list(field.default)
    return plain(field.default) if isinstance(field.default, Decimal) else field.default
