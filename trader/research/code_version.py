"""Which code made a run: the package's version and a digest of the project's own sources.

Two runs of one configuration may only be held against each other when this agrees; where it
does not, a difference may be the code's.
"""

from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Final

PACKAGE_VERSION: Final = "0.1.0"
ROOT: Final = Path(__file__).resolve().parent.parent.parent
PACKAGES: Final = ("actors", "sims", "trader")
_DIGEST_BYTES: Final = 8


@cache
def code_version() -> str:
    """`VERSION+DIGEST`; the digest goes over the names and bytes of all our Python files."""
    whole = blake2b(digest_size=_DIGEST_BYTES)
    for path in _sources():
        content = path.read_bytes()
        whole.update(f"{path.relative_to(ROOT).as_posix()}\n{len(content)}\n".encode())
        whole.update(content)
    return f"{PACKAGE_VERSION}+{whole.hexdigest()}"


def _sources() -> list[Path]:
    found = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return sorted(found, key=lambda path: path.relative_to(ROOT).as_posix())
