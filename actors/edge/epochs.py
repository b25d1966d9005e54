"""The number of this life, which outlives the journal's tail.

Client order ids carry the epoch, so an epoch must never be used twice. The journal knows the last
one; but a journal can lose its end, or be restored from a copy. This small file beside it cannot
go back with it unless somebody restores both, and the greater of the two counts.
"""

import os
import re
from pathlib import Path
from typing import Final

from trader.errors import TraderdError, VerificationError

EPOCH: Final = "epoch"


_OF_AN_ORDER: Final = re.compile(r"-(\d+)-\d+")


def epoch_of(client_order_id: str) -> int:
    """The epoch in which an order was made, by its id; 0 if it names none.

    >>> epoch_of("main-trend-3-17"), epoch_of("main-trend-12-1_2"), epoch_of("web_1")
    (3, 12, 0)
    """
    found = _OF_AN_ORDER.findall(client_order_id)
    return int(found[-1]) if found else 0


class EpochFailed(TraderdError):
    """The disk refused the next epoch; no order may leave in one that is not durable."""

    code = "epoch"
    exit_code = 5


class Epochs:
    """The epochs used so far in a folder, of which the caller is the only writer."""

    def __init__(self, folder: Path, known: int) -> None:
        """`known`: the last epoch in the journal. Raises VerificationError for a broken file."""
        self.folder: Final = folder
        self._path: Final = folder / EPOCH
        self.latest = max(known, self._read())

    def advance(self) -> int:
        """The next epoch, durable before it is returned; raises EpochFailed."""
        self.skip(self.latest + 1)
        return self.latest

    def skip(self, epoch: int) -> None:
        """Counts an epoch as used, durable before this returns; raises EpochFailed."""
        try:
            self._write(epoch)
        except OSError as error:
            text = f"the epoch could not be written: {error.strerror}"
            raise EpochFailed(text, where=str(self._path)) from error
        self.latest = epoch

    def _write(self, epoch: int) -> None:
        draft = self._path.with_suffix(".new")
        with draft.open("w", encoding="ascii") as file:
            file.write(f"{epoch}\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _read(self) -> int:
        try:
            text = self._path.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return 0
        except UnicodeDecodeError:
            text = ""
        if not text.isdecimal():
            raise VerificationError(
                "the file of epochs is damaged",
                where=str(self._path),
                hint="write into it a number greater than every epoch in the venue's order ids",
            )
        return int(text)
