"""`traderd init [DIR]`: something of one's own to start from, which runs at once."""

import shlex
from contextlib import suppress
from pathlib import Path
from typing import Final

import click

from trader.cli.options import Options, json_option
from trader.cli.output import document, write
from trader.errors import UsageError

CONFIG: Final = "traderd.yaml"
STRATEGY: Final = "rising.py"
DATA: Final = "eurusd-1h.parquet"
SAMPLE: Final = "bars/fx/EURUSD/1h/20170101-20171229.parquet"

RISING: Final = '''\
"""A strategy of one's own: in after rising closes, out at the first close that fell."""

from msgspec import Struct

from trader.strategies.strategy import Strategy, Target


class Rising(Strategy):
    """All that it is told stands in Params, all that it remembers in State."""

    class Params(Struct):
        closes: int = 3
        lots: int = 10_000

    class State(Struct):
        last: int = 0
        rises: int = 0

    inputs = ("last", "rises")  # written down with each decision

    def on_bar(self, bar):
        s = self.state
        s.rises = s.rises + 1 if bar.close_ticks > s.last else 0
        s.last = bar.close_ticks
        if s.rises >= self.params.closes:
            return Target(self.params.lots, "rising")
        return Target(0, "fell") if s.rises == 0 else None
'''

OWN: Final = f"""\
  - name: rising                        # your own: look into {STRATEGY}
    file: {STRATEGY}
    instrument: EURUSD.fx
    params: {{closes: 3, lots: 20000}}
"""


@click.command(name="init")
@click.argument("folder", type=click.Path(path_type=Path), metavar="[DIR]", default=Path())
@json_option
@click.pass_obj
def command(options: Options, folder: Path) -> int:
    """Write a commented configuration, a strategy of one's own and some data into DIR."""
    from trader.cli.pages import program
    from trader.data.samples import sample

    contents = {
        CONFIG: configuration().encode(),
        STRATEGY: RISING.encode(),
        DATA: sample(SAMPLE).read_bytes(),
    }
    _write(folder, contents)
    command_line = shlex.join([program(), "--sim", "--config", str(folder / CONFIG)])
    if options.as_json:
        document({"out": str(folder), "files": list(contents), "next": command_line})
    else:
        names = ", ".join(contents)
        write(f"wrote {names} into {folder}\nrun them:  {command_line}\n")
    return 0


def configuration() -> str:
    """The commented configuration, with the strategy of one's own beside a bundled one."""
    from trader.config.template import template

    text = template(
        {
            "instruments.symbol": "EURUSD",
            "instruments.venue": "fx",
            "instruments.tick": "0.00001",
            "instruments.lot": "1",
            "data.interval": "1h",
            "data.path": DATA,
            "strategies.params.fast": 24,
            "strategies.params.slow": 120,
            "venue.participation": None,
        }
    )
    before, section, after = text.partition("\n\nvenue:")
    assert section, "the strategies are followed by the venue"
    return f"{before}\n{OWN}{section[1:]}{after}"


def _write(folder: Path, contents: dict[str, bytes]) -> None:
    taken = [name for name in contents if (folder / name).exists()]
    if taken:
        raise UsageError(
            f"there is a {taken[0]} already",
            where=str(folder),
            hint="name another folder: traderd init DIR",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        with suppress(OSError):
            for name in contents:
                (folder / name).unlink(missing_ok=True)
        raise UsageError(
            f"the folder cannot be written: {error.strerror}",
            where=str(folder),
            hint="make room, or name another folder: traderd init DIR",
        ) from None
