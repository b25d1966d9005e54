"""A configuration told again: to people, to editors, and to whoever has to name it.

`resolved_yaml` writes every value, also those that nobody gave, with its origin behind it; loading
that text gives the same configuration and the same digest, wherever the text lies, since it names
the folder that its paths count from. `canonical_json` is the same without that folder: paths
stand as they were written, so the digest is the same on every machine. Secrets are masked in
both.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec
from msgspec import Struct

from trader.config.fields import FieldInfo, fields_of
from trader.config.loaded import Loaded
from trader.config.notation import instant_text
from trader.config.render import lines_of, render
from trader.config.spelling import MASK, escaped, is_secret
from trader.config.tree import Plain, distinct, join
from trader.model.money import plain

DIGEST_BYTES: Final = 32
_QUERY: Final = re.compile(r"([?&])([^=&#]+)=([^&#]*)")


def resolved_yaml(loaded: Loaded) -> str:
    """Every value with its origin as a comment; loads to the same configuration."""
    values = _values(loaded)
    values["base_dir"] = loaded.config.base_dir

    def comment(key: str) -> str:
        return escaped(loaded.origins.get(key, ""))

    return render(lines_of(values, comment, _names))


def canonical_json(loaded: Loaded) -> bytes:
    """The resolved configuration as bytes: sorted keys, nothing unset, nothing of this machine."""
    values = _values(loaded)
    del values["base_dir"]
    return msgspec.json.encode(_canonical(values), order="sorted")


def config_digest(loaded: Loaded) -> str:
    """BLAKE2b-256 of the canonical JSON, in hex."""
    return hashlib.blake2b(canonical_json(loaded), digest_size=DIGEST_BYTES).hexdigest()


def _values(loaded: Loaded) -> dict[str, Plain]:
    return _section(loaded.config, "", loaded.written)


def _section(value: Struct, at: str, written: Mapping[str, str]) -> dict[str, Plain]:
    """The struct as plain values: decimals and instants as text, paths as they were written."""
    section: dict[str, Plain] = {}
    for field in fields_of(type(value)):
        key = join(at, field.key)
        section[field.key] = _one(getattr(value, field.attribute), field, key, written)
    return section


def _one(value: object, field: FieldInfo, at: str, written: Mapping[str, str]) -> Plain:
    if isinstance(value, tuple):
        names = distinct(getattr(item, "name", None) for item in value)
        pairs = zip(names, value, strict=True)
        return [_item(item, field, join(at, name), written) for name, item in pairs]
    if isinstance(value, Struct):
        return _section(value, at, written)
    if isinstance(value, dict):
        return _free(value, at)
    return _leaf(value, field.extra.get("kind"), written.get(at))


def _item(value: object, field: FieldInfo, at: str, written: Mapping[str, str]) -> Plain:
    if isinstance(value, Struct):
        return _section(value, at, written)
    return _leaf(value, field.extra.get("kind"), written.get(at))


def _leaf(value: object, kind: str | None, written: str | None) -> bool | int | str | None:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, str):
        return _masked_url(written or value)
    assert value is None or isinstance(value, int), value
    return instant_text(value) if value is not None and kind == "instant" else value


def _free(value: Plain, at: str) -> Plain:
    """Parameters of a strategy as they are, secrets masked."""
    if isinstance(value, dict):
        return {key: _free(below, join(at, key)) for key, below in value.items()}
    if value is not None and is_secret(at):
        return MASK
    if isinstance(value, list):
        return [_free(item, at) for item in value]
    return value


def _masked_url(text: str) -> str:
    if "://" not in text:
        return text
    return _QUERY.sub(lambda m: f"{m[1]}{m[2]}={MASK if is_secret(m[2]) else m[3]}", text)


def _names(items: Sequence[Plain]) -> Sequence[str]:
    """How the items of a list are called in dotted keys."""
    return distinct(_name(item) for item in items)


def _name(item: Plain) -> str | None:
    if not isinstance(item, dict):
        return None
    if {"symbol", "venue"} <= item.keys():
        return f"{item['symbol']}.{item['venue']}"
    return str(item["name"]) if item.get("name") else None


def _canonical(value: Plain, *, unset: bool = False) -> Any:  # noqa: ANN401 - for the encoder
    """Values as the encoder takes them, without unset keys; in parameters null is a value."""
    if isinstance(value, dict):
        return {
            key: _canonical(below, unset=unset or key == "params")
            for key, below in value.items()
            if below is not None or unset
        }
    if isinstance(value, list):
        return [_canonical(item, unset=unset) for item in value]
    return msgspec.Raw(plain(value).encode()) if isinstance(value, Decimal) else value
