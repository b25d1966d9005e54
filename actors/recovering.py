"""Brings a new core to where its journal ends, before anything else runs."""

from pathlib import Path

import msgspec

from actors.assembly import Core
from actors.edge.journal import HEADER, Journal, JournalContents
from actors.edge.lease import EPOCH
from actors.edge.telemetry import Telemetry
from actors.replay import LiveHeader, core_config, header_of, recover
from trader.errors import ConfigError, VerificationError


async def recover_core(
    journal: Journal, core: Core, header: LiveHeader, folder: Path, log: Telemetry
) -> None:
    """Begins the journal with `header`, or takes every step after its last snapshot again.

    Raises ConfigError if it was begun under another configuration, VerificationError if it is gone
    or the core of today says another thing than it did.
    """
    found, journal.found = journal.found, JournalContents((), ended=False, note="")
    # What is compared with a journal has to have been through one.
    header = msgspec.json.decode(msgspec.json.encode(header), type=LiveHeader)
    if not found.records:
        if (folder / EPOCH).exists():
            raise VerificationError(
                "the journal is gone, though this account has traded",
                where=str(folder / "journal.db"),
                hint="restore the journal, or remove the whole folder to begin anew",
            )
        await journal.commit([(HEADER, msgspec.json.encode(header))])
        log.say("begun", journal=str(folder / "journal.db"))
        return
    if core_config(header_of(found).config) != core_config(header.config):
        raise ConfigError(
            "the journal was begun under another configuration",
            where=str(folder),
            hint="restore that configuration or name another state_dir",
        )
    steps = recover(found, core)
    fields = {"seq": core.reactor.state.seq, "steps": steps, "state_hash": core.state_hash()}
    log.say("recovered", **fields, note=found.note)
