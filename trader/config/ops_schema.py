"""What a daemon tells people and programs about itself, as a configuration says it."""

from typing import Annotated, Final, Literal, TypeAlias, get_args

from msgspec import Meta, Struct

from trader.config.parts import Keys
from trader.config.values import Interval, NameCharacters, Path, Positive

AlertKind: TypeAlias = Literal[
    "halt",
    "quarantine",
    "in_doubt",
    "stale_feed",
    "difference",
    "rejected",
    "edge_failed",
    "failed",
    "stalled",
    "commit_slow",
]
ALERT_KINDS: Final[tuple[AlertKind, ...]] = get_args(AlertKind)
Port: TypeAlias = Annotated[int, Meta(ge=1, le=65_535)]


class Alert(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way to tell somebody: a channel's address, or a command."""

    name: Annotated[NameCharacters, Meta(description="its name in logs")]
    channel: Annotated[
        Keys | None,
        Meta(description="where its address lies, such as slack://..., mailto://... or json://..."),
    ] = None
    command: Annotated[
        tuple[str, ...], Meta(description="a program and its words; it gets the alert as JSON")
    ] = ()
    about: Annotated[
        tuple[AlertKind, ...], Meta(description="what it is told of; as it stands here: everything")
    ] = ALERT_KINDS
    quiet: Annotated[
        Interval, Meta(description="time within which the same alert is counted and not repeated")
    ] = "10m"


class Ops(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a daemon writes down and shows, and from when on something counts as trouble."""

    log: Annotated[
        Path | None, Meta(description="file of the log; null: logs/daemon.jsonl in state_dir")
    ] = None
    log_bytes_max: Annotated[Positive, Meta(description="length at which it is rotated")] = (
        10_000_000
    )
    logs_kept: Annotated[Positive, Meta(description="rotated files that are kept")] = 5
    metrics_port: Annotated[
        Port | None, Meta(description="port on 127.0.0.1 for Prometheus; null: none")
    ] = None
    in_doubt_after: Annotated[
        Interval, Meta(description="age from which an order in doubt is an alert")
    ] = "10s"
    stalled_after: Annotated[
        Interval, Meta(description="time after which a daemon that does nothing counts as stuck")
    ] = "2s"
    commit_slow_after: Annotated[
        Interval, Meta(description="time that the journal's disk may take before it is an alert")
    ] = "1s"
