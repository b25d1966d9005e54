"""Names of runs: `<name>-<n>`, the folder being the claim.

Making a folder is atomic, and so is the claim that is left in it until the run is whole. Two runs
that start at once get two folders, without a clock and without chance.
"""

import re
from contextlib import suppress
from pathlib import Path
from typing import Final

from trader.config.schema import Config
from trader.errors import UsageError

RUNS: Final = "runs"
CLAIM: Final = ".run.json"
"""The draft of the document that will be written last."""


def runs_root(config: Config) -> Path:
    """The folder of all runs: in `state_dir` if there is one, else where one stands."""
    return Path(config.state_dir or "") / RUNS


def claim(root: Path, name: str) -> Path:
    """Makes and returns `root/<name>-<n>` with the lowest n above all that are there."""
    number = 1 + max(_numbers(root, name), default=0)
    while True:
        folder = root / f"{name}-{number}"
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            number += 1
        except OSError as error:
            raise _refused(folder, error) from None
        else:
            (folder / CLAIM).touch(exist_ok=False)
            return folder


def claim_given(folder: Path) -> Path:
    """Makes the folder that was asked for; an empty one that is there already is taken.

    Raises `UsageError` if it holds something, so that no run ever mixes with another.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_free = not any(folder.iterdir()) and _claimed(folder)
    except OSError as error:
        raise _refused(folder, error) from None
    if not is_free:
        raise UsageError(
            "the folder for the run is not empty",
            where=str(folder),
            hint="name another with --out, or remove what is in it",
        )
    return folder


def release(folder: Path) -> None:
    """Ends the claim, and gives the folder back if nothing was written into it."""
    with suppress(OSError):
        (folder / CLAIM).unlink(missing_ok=True)
        folder.rmdir()


def _claimed(folder: Path) -> bool:
    try:
        (folder / CLAIM).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _numbers(root: Path, name: str) -> list[int]:
    pattern = re.compile(rf"{re.escape(name)}-([0-9]{{1,9}})")
    try:
        matches = [pattern.fullmatch(path.name) for path in root.iterdir()]
    except OSError:
        return []
    return [int(match[1]) for match in matches if match]


def _refused(folder: Path, error: OSError) -> UsageError:
    if isinstance(error, FileExistsError | NotADirectoryError):
        problem = "the place for the run is a file"
    else:
        problem = f"the folder for the run cannot be made: {error.strerror}"
    return UsageError(problem, where=str(folder), hint="name another with --out")
