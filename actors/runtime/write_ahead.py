"""Whether SQLite will read from a write-ahead log all that was once committed to it.

SQLite reads a log up to the first frame whose checksum is wrong and forgets the rest without a
word, for that is how a write that a crash cut short looks. So does a damaged byte, and then what
is forgotten was durable. A crash leaves a last frame that is too short, or nothing but old or
empty frames behind the last good one; a frame that names this log's salts and yet does not add
up, or any such frame behind the end, is damage.
"""

from collections.abc import Iterator
from struct import Struct
from typing import Final

_HEADER: Final = Struct(">8I")
_FRAME: Final = Struct(">6I")
HEADER_BYTES: Final = _HEADER.size
_LITTLE: Final = 0x377F0682
_BIG: Final = 0x377F0683
_ORDERS: Final = {_LITTLE: "<", _BIG: ">"}
_WORD: Final = 1 << 32

Sums = tuple[int, int]


def is_header(log: bytes) -> bool:
    """Whether a log begins as SQLite begins one."""
    if len(log) < HEADER_BYTES:
        return False
    magic, *_, first, second = _HEADER.unpack_from(log)
    order = _ORDERS.get(magic)
    return order is not None and _sums(log[:24], (0, 0), order) == (first, second)


def commits(log: bytes) -> int | None:
    """How many commits SQLite finds in the log; None if it misses any that were durable."""
    if len(log) < _HEADER.size or not any(log):
        return 0
    magic, _, page_size, _, *salts, first, second = _HEADER.unpack_from(log)
    order = _ORDERS.get(magic, "")
    if not is_header(log):
        return None
    found = 0
    sums: Sums | None = (first, second)
    for frame in _frames(log, _FRAME.size + page_size):
        page, size, *named, one, two = _FRAME.unpack_from(frame)
        is_ours = [ours == theirs for ours, theirs in zip(salts, named, strict=True)]
        if not any(is_ours):
            sums = None
            continue
        if sums is None or not all(is_ours) or not page:
            return None
        sums = _sums(frame[_FRAME.size :], _sums(frame[:8], sums, order), order)
        if sums != (one, two):
            return None
        found += size > 0
    return found


def _frames(log: bytes, length: int) -> Iterator[bytes]:
    """The whole frames; a last one that is too short was never finished."""
    for at in range(_HEADER.size, len(log) - length + 1, length):
        yield log[at : at + length]


def _sums(data: bytes, sums: Sums, order: str) -> Sums:
    """SQLite's running checksum: two sums, fed with pairs of words."""
    one, two = sums
    words = Struct(f"{order}{len(data) // 4}I").unpack(data)
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = (one + first + two) % _WORD
        two = (two + second + one) % _WORD
    return one, two
