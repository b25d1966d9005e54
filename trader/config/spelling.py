"""How an error shows what somebody wrote, and what they may have meant.

Whatever is shown fits one line: control characters are escaped and long texts are cut. A value
whose key speaks of a secret is never shown.
"""

import difflib
import re
from collections.abc import Iterable
from typing import Final

SHOWN_CHARACTERS_MAX: Final = 40
MASK: Final = "***"
_SECRET: Final = re.compile(
    r"(^|_)(secret|password|passwd|passphrase|token|credentials?|apikey|(api|private|secret)_key)"
    r"(_|$)"
)


def shown(text: str) -> str:
    r"""The text in quotes, on one line, at most some forty characters.

    >>> print(shown("a\nb"))
    'a\nb'
    """
    cut = text if len(text) <= SHOWN_CHARACTERS_MAX else text[:SHOWN_CHARACTERS_MAX] + "…"
    return f"'{escaped(cut)}'"


def escaped(text: str) -> str:
    """The text with everything that is not printable written as an escape."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def is_secret(key: str) -> bool:
    """Whether the last part of a dotted key names something that must not be shown.

    >>> is_secret("strategies.x.params.api_key"), is_secret("account.keys.env")
    (True, False)
    """
    return _SECRET.search(key.rpartition(".")[2].lower().replace("-", "_")) is not None


def nearest(word: str, known: Iterable[str]) -> str:
    """A question that names the nearest known word, else the list of all of them."""
    words = list(known)
    folded = {each.casefold(): each for each in words}
    close = difflib.get_close_matches(word.casefold()[:100], folded, n=1)
    if close:
        return f"did you mean {folded[close[0]]}?"
    return f"known: {', '.join(map(escaped, words))}" if words else ""
