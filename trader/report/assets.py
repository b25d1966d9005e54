"""The files that a page holds, and the policy that lets a browser use nothing else."""

from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

STYLES: Final = ("vendor/uPlot.min.css", "assets/page.css")
SCRIPTS: Final = ("vendor/uPlot.iife.min.js", "assets/charts.js", "assets/page.js")


@cache
def asset(name: str) -> str:
    """The text of a file of this package."""
    return files("trader.report").joinpath(name).read_text(encoding="utf-8")


@cache
def policy() -> str:
    """A content security policy: our scripts and styles by their hashes, and no request at all."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {_hashes(SCRIPTS)}",
            f"style-src {_hashes(STYLES)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hashes(names: Iterable[str]) -> str:
    digests = (sha256(asset(name).encode()).digest() for name in names)
    return " ".join(f"'sha256-{b64encode(digest).decode()}'" for digest in digests)
