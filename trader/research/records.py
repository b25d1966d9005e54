"""A simulated run's journal: a header that can make the run again, and an end that judges it.

Between them stand the inputs that no file holds, of which a run without an operator has none:
the bars are referenced, not copied.
"""

from pathlib import Path
from typing import Final, TypeVar

import anyio
import msgspec
from msgspec import Struct

from actors.edge.journal import END, HEADER, JournalContents, open_journal, read_journal
from trader.errors import VerificationError
from trader.research.inputs import InputReference

T = TypeVar("T")

SIMULATED: Final = "sim"


class Header(Struct, frozen=True, kw_only=True):
    """How to make the run again. `config` is YAML that names the folder its paths count from."""

    mode: str = SIMULATED
    id: str
    config: str
    config_digest: str
    inputs: tuple[InputReference, ...]
    strategy_files: dict[str, str]
    seed: int
    gear: str
    code_version: str
    money_quantum: str


class End(Struct, frozen=True, kw_only=True):
    """What the run came to, and after how many rows; `complete` unless somebody stopped it."""

    digest: str
    state_hash: str | None
    counts: dict[str, int]
    complete: bool


def write_journal(path: Path, header: Header, end: End) -> None:
    """Writes the whole journal of a run that is over."""
    anyio.run(_write, path, header, end)


async def _write(path: Path, header: Header, end: End) -> None:
    records = [(HEADER, msgspec.json.encode(header)), (END, msgspec.json.encode(end))]
    async with open_journal(path) as journal:
        await journal.commit(records)


def read_contents(path: Path) -> JournalContents:
    """Everything in the journal at `path`, checked; raises as `read_journal` does.

    Raises `VerificationError` as well where not a single record is left of it.
    """
    contents = anyio.run(read_journal, path)
    if not contents.records:
        raise VerificationError(
            f"the run cannot be made again: {contents.note}",
            where=str(path),
            hint="restore the journal from a copy, or run its configuration anew",
        )
    return contents


def mode_of(contents: JournalContents) -> str:
    """What kind of run the journal is of: `sim` or `live`."""
    mode = _decode(contents, 0, dict[str, object]).get("mode")
    return mode if isinstance(mode, str) else ""


def header_of(contents: JournalContents) -> Header:
    """The first record; `VerificationError` if it is not a simulated run's header."""
    return _decode(contents, 0, Header)


def end_of(contents: JournalContents) -> End | None:
    """The last record, or None where the journal breaks off before it."""
    return _decode(contents, -1, End) if contents.ended else None


def _decode(contents: JournalContents, index: int, kind: type[T]) -> T:
    record = contents.records[index]
    try:
        return msgspec.json.decode(record.payload, type=kind)
    except msgspec.MsgspecError as error:
        raise VerificationError(
            f"record {record.index} of the journal is not what a run writes: {error}",
            where=record.kind,
        ) from None
