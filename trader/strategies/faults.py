"""What a stranger's code raised, as one line that can always be written down.

An error is an object of theirs too: its text may fail, may hold what no encoding has, may have no
end. None of that is worth more than a strategy.
"""

import sysconfig
from typing import Final

_OURS: Final = ("actors", "sims", "trader")
_LIBRARIES: Final = tuple(
    sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")
)
_ANSWERING: Final = ("on_bar", "on_quote", "on_trade", "answer")
_LENGTH_MAX: Final = 1_000


def told(error: BaseException) -> str:
    """What went wrong, and in which line of a stranger's file, without the folder it lies in.

    What was raised outside of that file has no line there, but may have been `blamed`.
    """
    try:
        said = str(error)
    except BaseException:  # noqa: BLE001 - whatever it is, the first error is the one to tell
        said = "(its text cannot be told)"
    said = f": {said[:_LENGTH_MAX]}" if said else ""
    text = f"{type(error).__name__}{said}{_place(error) or _blame(error)}"
    return text.encode(errors="backslashreplace").decode()


def blame(error: BaseException, strategy: type) -> None:
    """Notes on an error which strategy's answer it is about, and where that is written."""
    for name in _ANSWERING:
        method = getattr(strategy, name)
        code = getattr(method, "__code__", None)
        if code is not None and not _is_ours(method.__module__):
            place = f"{_file(code.co_filename)}:{code.co_firstlineno}"
            error.add_note(f"{_BLAME}{strategy.__name__}.{name}, {place}")
            return


_BLAME: Final = "answered by "


def _blame(error: BaseException) -> str:
    for note in reversed(getattr(error, "__notes__", ())):
        if isinstance(note, str) and note.startswith(_BLAME):
            return f", {note}"
    return ""


def _place(error: BaseException) -> str:
    """The last line that is neither ours nor a library's: there it can be mended."""
    trace, place = error.__traceback__, ""
    while trace is not None:
        path = trace.tb_frame.f_code.co_filename
        is_ours = _is_ours(trace.tb_frame.f_globals.get("__name__", ""))
        if not is_ours and not path.startswith(("<frozen", *_LIBRARIES)):
            place = f", {_file(path)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in _OURS


def _file(path: str) -> str:
    return path.rpartition("/")[2]
