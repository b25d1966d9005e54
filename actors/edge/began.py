"""When an account first began to trade live: bars before that only warm its strategies up.

It is part of what the core is made from, so it must be the same in every life. It stands in a small
file beside the journal, whose head has it too.
"""

from pathlib import Path
from typing import Final

from trader.errors import VerificationError
from trader.model.units import Nanoseconds

BEGAN: Final = "began"


def began(folder: Path, now: Nanoseconds) -> Nanoseconds:
    """The first start of the account of this folder: now, if there was none before.

    Raises VerificationError for a broken file.
    """
    path = folder / BEGAN
    try:
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_text(f"{now}\n", encoding="ascii")
        return now
    except (OSError, UnicodeDecodeError):
        text = ""
    if not text.isdecimal():
        raise VerificationError(
            "the file that says when the account began is broken",
            where=str(path),
            hint="write `run.from` of the journal's head into it",
        )
    return int(text)
