"""Brings a new core to where its journal ends, before anything else runs.

A state that was restored from a copy may be older than what the account has done since.
"""

from pathlib import Path
from typing import Final

import msgspec

from actors.assembly import Core
from actors.edge.epochs import EPOCH, Epochs, epoch_of
from actors.edge.journal import HEADER, Journal, JournalContents
from actors.edge.telemetry import Telemetry
from actors.replay import LiveHeader, core_config, header_of, recover
from actors.runtime.step_record import Step
from trader.config.schema import Config
from trader.errors import ConfigError, VerificationError
from trader.model.account import DifferenceFound

UNKNOWN: Final = "unknown_order"
"""The venue speaks of an order with a name of ours that the core does not know."""


def state_folder(config: Config) -> Path:
    """The folder of the run's state, for its owner alone if it is new; ConfigError without one."""
    if config.state_dir is None:
        raise ConfigError("a live run needs a folder for its journal", where="state_dir")
    folder = Path(config.state_dir)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"state_dir is no folder and cannot be made one: {error.strerror}",
            where=str(folder),
            hint="name another one",
        ) from None
    return folder


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


def later_life(step: Step, epochs: Epochs) -> VerificationError | None:
    """What is wrong if the venue knows an order of ours of an epoch that has not been here yet.

    Then this state is a copy from before that life, whose ids must not be used a second time: the
    next start takes an epoch beyond it.
    """
    for envelope in step.kept:
        body = envelope.body
        if not isinstance(body, DifferenceFound) or body.kind != UNKNOWN:
            continue
        epoch = epoch_of(body.key)
        if epoch >= epochs.latest:
            epochs.skip(epoch)
            return VerificationError(
                f"the venue has orders of a later life of this account, such as {body.key}",
                where=str(epochs.folder),
                hint="go on with the newest state there is; with none, start this one again:"
                " it takes ids beyond those, and halts until you accept what the venue holds",
            )
    return None
