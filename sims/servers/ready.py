"""The ready file: how a loopback venue tells the world that it accepts connections."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct


class Ready(Struct, frozen=True, kw_only=True):
    """Where a venue is and who may trade there; None marks a surface that it does not serve.

    `rest` and `ws` are addresses without a path, the others are complete.
    """

    venue: str
    pid: int
    rest: str | None = None
    ws: str | None = None
    ws_api: str | None = None
    ws_stream: str | None = None
    accounts: Sequence[Mapping[str, str]] = ()
    admin: str | None = None


def write_ready(path: Path, ready: Ready) -> None:
    """Write the file at once: whoever looks finds all of it or nothing, and nobody else may look.

    It holds secrets, so it is its owner's alone.
    """
    draft = path.with_name(f".{path.name}.{ready.pid}")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600, exist_ok=False)
    draft.write_bytes(msgspec.json.encode(ready) + b"\n")
    draft.replace(path)
