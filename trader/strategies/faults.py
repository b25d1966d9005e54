"""What a stranger's code raised, as one line that can always be written down.

An error is an object of theirs too: its text may fail, may hold what no encoding has, may have no
end. None of that is worth more than a strategy.
"""

from typing import Final

_OURS: Final = ("actors", "sims", "trader")
_LENGTH_MAX: Final = 1_000


def told(error: BaseException) -> str:
    """What went wrong, and in which line of a stranger's file, without the folder it lies in."""
    try:
        said = str(error)
    except BaseException:  # noqa: BLE001 - whatever it is, the first error is the one to tell
        said = "(its text cannot be told)"
    text = f"{type(error).__name__}: {said[:_LENGTH_MAX]}{_place(error)}"
    return text.encode(errors="backslashreplace").decode()


def _place(error: BaseException) -> str:
    trace, place = error.__traceback__, ""
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "")
        if module.partition(".")[0] not in _OURS:
            file = trace.tb_frame.f_code.co_filename.rpartition("/")[2]
            place = f", {file}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
