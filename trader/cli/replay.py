"""`traderd replay RUN`: the same run again, or the first place where it is not."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from trader.cli.options import Options, json_option
from trader.cli.output import document, failure, note, strangers_on_stderr, write
from trader.errors import VerificationError

if TYPE_CHECKING:
    from actors.edge.journal import JournalContents
    from trader.research.replay import Verdict


@click.command(name="replay")
@click.argument("run", metavar="RUN")
@click.option(
    "--until", type=click.IntRange(min=1), metavar="SEQ", help="Stop after this input row."
)
@click.option(
    "--base-dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where relative paths of the data count from, if they have moved.",
)
@json_option
@click.pass_obj
def command(options: Options, run: str, until: int | None, base_dir: Path | None) -> int:
    """Make RUN again from its journal and compare: a run folder, its id, a state_dir, a journal."""
    from trader.research.folder import find_run
    from trader.research.ids import runs_root
    from trader.research.records import SIMULATED, mode_of, read_contents
    from trader.research.replay import journal_of

    path = journal_of(find_run(run, runs_root(options.load().config)))
    contents = read_contents(path)
    if mode_of(contents) != SIMULATED:
        return _replay_live(options, path, contents, until)
    return _replay(options, path, contents, until, base_dir)


def _replay(
    options: Options,
    path: Path,
    contents: "JournalContents",
    until: int | None,
    base_dir: Path | None,
) -> int:
    from time import perf_counter

    from trader.cli.watching import watching
    from trader.research.replay import replay

    with watching() as watch:
        verdict = replay(
            contents, path, until=until, watch=watch, clock=perf_counter, base_dir=base_dir
        )
    for each in verdict.notes:
        note(f"note: {each}")
    error = None if verdict.agrees else _disagreement(verdict)
    if options.as_json:
        document({**msgspec.to_builtins(verdict), **(failure(error) if error else {})})
    elif error is None:
        write(_agreement(verdict, until))
    else:
        note(f"error: {error}")
        write(_sides(verdict))
    return 0 if error is None else error.exit_code


def _replay_live(
    options: Options, path: Path, contents: "JournalContents", until: int | None
) -> int:
    from actors.replay import replay_live

    with strangers_on_stderr():
        agrees, told = replay_live(contents, until)
    error = None if agrees else VerificationError(told, where=str(path))
    if options.as_json:
        document({"agrees": agrees, "told": told, **(failure(error) if error else {})})
    elif error is None:
        write(f"{path} replays to the bit: {told}\n")
    else:
        note(f"error: {error}")
    return 0 if error is None else error.exit_code


def _agreement(verdict: "Verdict", until: int | None) -> str:
    if until is not None:
        last = f"row {until}" if verdict.rows > until else f"its last row, {verdict.rows}"
        return f"{verdict.id} agrees up to {last}: every message before and of it is the same\n"
    lines = [f"{verdict.id} replays to the bit: {verdict.rows:,} rows"]
    lines.append(f"  digest      {verdict.digest.replayed}")
    if verdict.state_hash.recorded is not None:
        lines.append(f"  state hash  {verdict.state_hash.replayed}")
    return "\n".join(lines) + "\n"


def _disagreement(verdict: "Verdict") -> VerificationError:
    found = verdict.difference
    if found is not None:
        return VerificationError(
            "the replay differs from the run",
            where=f"first in {found.table} at {found.seq}.{found.n}",
            hint="data and configuration are the same: look for changed code or changed files",
        )
    for hash_, pair in (("digest", verdict.digest), ("state hash", verdict.state_hash)):
        if not pair.agrees:
            return VerificationError(
                "the replay differs from the run",
                where=f"in its {hash_}; no table shows where",
                hint="look for changed code or changed files",
            )
    return VerificationError(
        "the replay agrees with the journal, but run.json does not",
        where="in its digest",
        hint="run.json was changed or belongs to another run",
    )


def _sides(verdict: "Verdict") -> str:
    pairs = {
        "digest": (verdict.digest.recorded, verdict.digest.replayed),
        "state hash": (verdict.state_hash.recorded, verdict.state_hash.replayed),
    }
    if verdict.difference is not None:
        found = verdict.difference
        pairs["message"] = (_row(found.recorded), _row(found.replayed))
    lines = []
    for name, sides in pairs.items():
        for word, side in zip(("recorded", "replayed"), sides, strict=True):
            lines.append(f"{name:<10}  {word}  {side or 'none'}")
    return "\n".join(lines) + "\n"


def _row(row: dict[str, Any] | None) -> str:
    return "no such message" if row is None else msgspec.json.encode(row).decode()
