"""A live run taken to a moment from its journal, to be asked there."""

from trader.config.finest import heard_interval
from trader.config.notation import instant_text
from trader.config.schema import StrategyConfig
from trader.errors import UsageError
from trader.model.envelope import Envelope
from trader.model.units import Nanoseconds
from trader.research.live_rows import LiveRows
from trader.research.live_run import LiveRun
from trader.research.playing import Played, passed_on


def play_live(run: LiveRun, own: StrategyConfig, ts: Nanoseconds) -> Played:
    """Takes the steps of a journal again until `ts`; each of them is held against the record.

    Raises `UsageError` for a moment before or after what the journal holds.
    """
    first, last = (run.step(seq)[1].input.ts for seq in (1, run.total))
    if not first <= ts <= last:
        raise UsageError(
            f"{instant_text(ts)} lies {'before' if ts < first else 'after'} the run",
            where="TIME",
            hint=f"its journal goes from {instant_text(first)} to {instant_text(last)}",
        )
    interval = heard_interval(run.config, own)
    passed: list[Envelope] = []

    def hear(envelope: Envelope) -> None:
        if passed_on(envelope, own.instrument, interval):
            passed[:] = [envelope]

    core = run.play(until=ts, hear=hear)
    saw, rows = None, LiveRows(run)
    for each in passed:
        saw = {**rows.told(each.seq), "heard": rows.content(each.body)}
    return Played(core=core, compared=core.reactor.state.seq, saw=saw, compared_with="journal")
