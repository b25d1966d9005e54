"""`traderd data`: files into the catalog, what it has, and whether a run would take it."""

from contextlib import nullcontext
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from trader.cli.options import Options, json_option
from trader.cli.output import document, failure, note, write
from trader.errors import DataError, UsageError

if TYPE_CHECKING:
    from trader.data.checking import Checked
    from trader.data.examining import Examined
    from trader.data.importing import Incoming, Into, Piece
    from trader.data.tables.findings import Finding
    from trader.data.tables.table import Asked

KINDS: Final = click.Choice(["bars", "quotes", "trades", "depth"])
ALL: Final = "all"
_WIDTH: Final = 10


@click.group(name="data")
@json_option
def command() -> None:
    """Keep recorded market data in a catalog, where configurations find them without a path."""


@command.command(name="import")
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, metavar="FILE...")
@click.option("--kind", type=KINDS, help="What the rows are; found if it is not given.")
@click.option("--venue", required=True, metavar="V", help="Where it is traded.")
@click.option("--symbol", required=True, metavar="S", help="As the venue spells it.")
@click.option("--interval", metavar="I", help="Length of a bar, such as 1m or 1d; found.")
@click.option("--tick", metavar="T", help="Step of the prices, which has to hold.")
@click.option("--lot", metavar="L", help="Step of the sizes.")
@click.option("--time-zone", metavar="Z", help="Zone of times that name none.")
@click.option("--label", type=click.Choice(["open", "close"]), help="The end bars are named by.")
@click.option("--decimal", type=click.Choice(["point", "comma"]), help="The decimal sign.")
@click.option("--dry-run", is_flag=True, help="Say everything, write nothing.")
@json_option
@click.pass_obj
def import_(options: Options, /, files: tuple[Path, ...], *, dry_run: bool, **said: Any) -> int:  # noqa: ANN401 - texts of options
    """Read CSV and Parquet files of one instrument, say what was made of them, and keep them."""
    from trader.data.catalog import catalog_root
    from trader.data.importing import new_pieces, read_incoming
    from trader.data.storing import held, write_pieces

    if not files:
        raise UsageError("a file is missing", where="traderd data import", hint="name at least one")
    into = _into(said)
    root = catalog_root(options.load().config)
    arrivals = []
    for path in files:
        arrivals.append(read_incoming(path, into))
        if not options.as_json:
            write(_told(arrivals[-1]))
    with nullcontext() if dry_run else held(root):
        pieces = new_pieces(root, arrivals)
        paths = [] if dry_run else write_pieces(root, pieces)
    if options.as_json:
        imported = [_imported(each, pieces, paths) for each in arrivals]
        document({"catalog": str(root), "dry_run": dry_run, "files": imported})
    else:
        write(_outcome(arrivals, pieces, paths, dry_run=dry_run))
    return 0


@command.command(name="list")
@json_option
@click.pass_obj
def list_(options: Options) -> int:
    """List what the catalog has (in `state_dir`, if there is one)."""
    from trader.cli.pages import program
    from trader.config.notation import instant_text
    from trader.data.catalog import all_series, catalog_root, length_of, range_of
    from trader.data.parquet import open_parquet

    root = catalog_root(options.load().config)
    found = []
    for series in all_series(root):
        files: list[Path] = []
        instants: list[int] = []
        rows = 0
        try:
            length_of(root, series)
        except DataError as error:
            note(f"warning: {error}")
            continue
        for path in series.files(root):
            try:
                own, count = range_of(path), open_parquet(path).rows
            except DataError as error:
                note(f"warning: {error}")
                continue
            files.append(path)
            instants += own
            rows += count
        if not files:
            continue
        found.append(
            {
                "kind": series.kind,
                "venue": series.venue,
                "symbol": series.symbol,
                "interval": series.interval,
                "rows": rows,
                "from": instant_text(min(instants)),
                "to": instant_text(max(instants)),
                "files": [str(path) for path in files],
            }
        )
    if options.as_json:
        document({"catalog": str(root), "series": found})
    elif not found:
        note(f"there is nothing in {root}; `{program()} data import FILE` fills it")
    else:
        write("".join(_line(each) for each in found))
    return 0


@command.command()
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, metavar="[FILE...|all]")
@click.option("--kind", type=KINDS, help="What the rows of the files are.")
@click.option("--interval", metavar="I", help="Length of their bars.")
@click.option("--time-zone", metavar="Z", help="Zone of times that name none.")
@click.option("--label", type=click.Choice(["open", "close"]), help="The end bars are named by.")
@click.option("--decimal", type=click.Choice(["point", "comma"]), help="The decimal sign.")
@json_option
@click.pass_obj
def check(options: Options, /, files: tuple[Path, ...], **said: Any) -> int:  # noqa: ANN401 - texts of options
    """Read all of the catalog, or of some files, as a run would; exit code 3 if one is refused."""
    from trader.data.catalog import catalog_root
    from trader.data.checking import check_catalog, check_file

    if not files or files == (Path(ALL),):
        root = catalog_root(options.load().config)
        checked = check_catalog(root)
        if not checked:
            note(f"there is nothing in {root}")
    else:
        asked = _asked(said)
        checked = [check_file(path, asked) for path in files]
    refused = [each for each in checked if each.refusal is not None]
    if options.as_json:
        document({"ok": not refused, "checked": [_verdict(each) for each in checked]})
    else:
        write("".join(_report(each) for each in checked))
    return DataError.exit_code if refused else 0


def _into(said: dict[str, str | None]) -> "Into":
    from trader.config.values import Symbol, VenueName
    from trader.data.importing import Into

    return Into(
        venue=_name(said["venue"], VenueName, "--venue"),
        symbol=_name(said["symbol"], Symbol, "--symbol"),
        asked=_asked(said),
        tick=_step(said["tick"], "--tick"),
        lot=_step(said["lot"], "--lot"),
    )


def _asked(said: dict[str, Any]) -> "Asked":
    from trader.config.notation import Unfit, interval_ns
    from trader.data.tables.table import Asked

    interval = said["interval"]
    try:
        length = None if interval is None else interval_ns(interval)
    except Unfit as error:
        raise UsageError(error.message, where="--interval", hint=error.hint) from None
    return Asked(
        kind=said["kind"],
        interval_ns=length,
        time_zone=said["time_zone"],
        label=said["label"],
        decimal=said["decimal"],
    )


def _name(text: str | None, kind: Any, option: str) -> str:  # noqa: ANN401 - a type of texts
    """The text, if it can be part of an instrument's name."""
    import msgspec

    from trader.config.spelling import shown

    try:
        return str(msgspec.convert(text, kind))
    except msgspec.ValidationError:
        said = msgspec.inspect.type_info(kind)
        extra = getattr(said, "extra", None) or {}
        hint = extra.get("says", "")
        raise UsageError(f"{shown(text or '')} is no name", where=option, hint=hint) from None


def _step(text: str | None, option: str) -> Decimal | None:
    from trader.config.notation import Unfit, decimal

    try:
        step = None if text is None else decimal(text)
    except Unfit as error:
        raise UsageError(error.message, where=option, hint=error.hint) from None
    if step is not None and step <= 0:
        raise UsageError(f"{text} is not positive", where=option)
    return step


def _told(incoming: "Incoming") -> str:
    """What was made of a file, for people, before anything is written."""
    lines = [str(incoming.path), *_findings(incoming.findings), *_contents(incoming.examined)]
    return "\n".join(lines) + "\n"


def _findings(findings: "tuple[Finding, ...]") -> list[str]:
    lines = []
    for each in findings:
        origin = f"  ({each.known_by})" if each.known_by else ""
        lines.append(f"  {each.what:<{_WIDTH}}{each.value}{origin}")
    return lines


def _contents(examined: "Examined") -> list[str]:
    from trader.config.notation import instant_text

    first, last = instant_text(examined.ts_first), instant_text(examined.ts_last)
    lines = [f"  {'rows':<{_WIDTH}}{examined.rows:,} from {first} to {last}"]
    if examined.facts:
        facts = ", ".join(f"{name.replace('_', ' ')} {n:,}" for name, n in examined.facts.items())
        lines.append(f"  {'odd':<{_WIDTH}}{facts}")
    return lines


def _outcome(
    arrivals: "list[Incoming]", pieces: "list[Piece]", paths: list[Path], *, dry_run: bool
) -> str:
    """What was written, or would be."""
    new = sum(piece.stop - piece.start for piece in pieces)
    rows = sum(each.examined.rows for each in arrivals)
    known = f"; {rows - new:,} rows were there already" if new < rows else ""
    if not new:
        return "nothing is new: the catalog has all of these rows\n"
    if dry_run:
        return f"dry run: {new:,} rows would be written{known}\n"
    return "".join(f"wrote {path}\n" for path in paths) + f"{new:,} rows written{known}\n"


def _imported(incoming: "Incoming", pieces: "list[Piece]", paths: list[Path]) -> dict[str, Any]:
    import msgspec

    own = [number for number, piece in enumerate(pieces) if piece.incoming is incoming]
    return {
        "path": str(incoming.path),
        "kind": incoming.series.kind,
        "venue": incoming.series.venue,
        "symbol": incoming.series.symbol,
        "interval": incoming.series.interval,
        **_examined(incoming.examined),
        "findings": [msgspec.to_builtins(each) for each in incoming.findings],
        "new_rows": sum(pieces[number].stop - pieces[number].start for number in own),
        "written": [str(paths[number]) for number in own if paths],
    }


def _examined(examined: "Examined") -> dict[str, Any]:
    from trader.config.notation import instant_text
    from trader.model.money import plain

    return {
        "rows": examined.rows,
        "from": instant_text(examined.ts_first),
        "to": instant_text(examined.ts_last),
        "tick": plain(examined.grid.tick),
        "lot": plain(examined.grid.lot),
        "off_grid": examined.grid.off_grid,
        "facts": dict(examined.facts),
    }


def _line(series: dict[str, Any]) -> str:
    name = f"{series['symbol']}.{series['venue']}"
    files = len(series["files"])
    word = "file" if files == 1 else "files"
    return (
        f"{series['kind']:<7} {name:<24} {series['interval']:<5} {series['rows']:>12,} rows"
        f"  {series['from']} to {series['to']}  {files} {word}\n"
    )


def _verdict(checked: "Checked") -> dict[str, Any]:
    refusal = None if checked.refusal is None else failure(checked.refusal)["error"]
    examined = {} if checked.examined is None else _examined(checked.examined)
    return {
        "name": checked.name,
        "path": str(checked.path),
        "files": checked.files,
        **examined,
        "refusal": refusal,
    }


def _report(checked: "Checked") -> str:
    if checked.examined is None:
        return f"{checked.name}: REFUSED: {checked.refusal}\n"
    lines = [checked.name, *_findings(checked.findings), *_contents(checked.examined)]
    return "\n".join(lines) + "\n"
