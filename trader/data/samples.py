"""The recorded bars that come with the package; `sample/README.md` names sources and terms."""

from pathlib import Path
from typing import Final

from trader.errors import DataError

FOLDER: Final = Path(__file__).parent / "sample"


def sample(relative: str) -> Path:
    """Return the path of a packaged file, named as `samples` names it.

    Raises `DataError` if the package has no such file.
    """
    path = FOLDER / relative
    if not path.is_file():
        hint = f"there are {', '.join(samples())}"
        raise DataError(f"the package has no sample {relative}", hint=hint)
    return path


def samples() -> list[str]:
    """Return the names of all packaged files of bars, sorted, as `sample` takes them."""
    return sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.parquet"))
