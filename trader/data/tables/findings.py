"""What was made of a table, and how one knows.

A finding is *given* (the user said so), *found* (the file shows it) or a *default* (nothing shows
it, and the choice does no harm). What would be a guess is no finding but an error.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Origin: TypeAlias = Literal["given", "found", "default"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing about a table: `what` it is, its value, and where that came from and why."""

    what: str
    value: str
    origin: Origin
    why: str = ""

    @property
    def known_by(self) -> str:
        """Where it came from and why, for people; nothing where the file plainly shows it."""
        if self.origin == "found" and not self.why:
            return ""
        return f"{self.origin}{': ' if self.why else ''}{self.why}"

    def __str__(self) -> str:
        return f"{self.what} {self.value}" + (f" ({self.known_by})" if self.known_by else "")
