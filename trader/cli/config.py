"""`traderd config`: is it right, what does it say, what could it say."""

from pathlib import Path
from typing import Final

import click

from trader.cli.options import Options, json_option
from trader.cli.output import document, note, strangers_on_stderr, write

FILE: Final = click.Path(path_type=Path)
SETS: Final = click.option(
    "--set", "sets", multiple=True, metavar="a.b=v", help="Change one value of it."
)


@click.group(name="config")
@json_option
def command() -> None:
    """Check, show and describe configurations."""


@command.command()
@click.argument("file", type=FILE, metavar="F")
@SETS
@json_option
@click.pass_obj
def check(options: Options, file: Path, sets: tuple[str, ...]) -> int:
    """Say whether a configuration is right: its keys, its values, its strategies and its data."""
    from sims.build import open_sources
    from trader.config.check import streams, warnings
    from trader.config.describe import config_digest
    from trader.research.inputs import data_notes, data_warnings
    from trader.research.stepping import declared_inputs

    loaded = options.load(file, sets)
    with strangers_on_stderr():
        declared_inputs(loaded.config)
        # What a venue streams is in no file.
        sources = [] if streams(loaded.config) else open_sources(loaded.config)
    rows = sum(source.stop - source.start for source in sources)
    found = [*warnings(loaded.config), *data_warnings(loaded.config, sources)]
    notes = data_notes(sources)
    digest = config_digest(loaded)
    if options.as_json:
        document(
            {
                "ok": True,
                "config_digest": digest,
                "rows": rows,
                "warnings": found,
                "notes": notes,
            }
        )
        return 0
    for each in notes:
        note(each)
    for warning in found:
        note(f"warning: {warning}")
    count = len(loaded.config.strategies)
    word = "strategy" if count == 1 else "strategies"
    write(f"{file} is right: {count} {word}, {rows:,} rows of data, digest {digest[:16]}\n")
    return 0


@command.command()
@click.argument("file", type=FILE, metavar="[F]", required=False)
@SETS
@json_option
@click.pass_obj
def show(options: Options, file: Path | None, sets: tuple[str, ...]) -> int:
    """Show every value with its origin, secrets masked; of the demonstration without F."""
    import msgspec

    from trader.config.describe import canonical_json, config_digest, resolved_yaml

    loaded = options.load(file, sets)
    if options.as_json:
        document(
            {
                "config": msgspec.json.decode(canonical_json(loaded)),
                "config_digest": config_digest(loaded),
                "origins": dict(loaded.origins),
            }
        )
    else:
        write(resolved_yaml(loaded))
    return 0


@command.command()
@json_option
def schema() -> int:
    """Print the JSON Schema of configurations, for editors that check while one types."""
    from trader.config.json_schema import json_schema

    document(json_schema())
    return 0
