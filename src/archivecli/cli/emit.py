"""An answer of events → stdout, in the format that was asked for, or that suits a terminal or a pipe."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

import typer

from archivecli.archive import Archive
from archivecli.cli.output import Output
from archivecli.errors import UsageError, did_you_mean
from archivecli.events import Event, Hit
from archivecli.index.search import Outcome
from archivecli.render.data import FORMATS

TABLE = "table"
CHOICES = (TABLE, *FORMATS)

Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help=f"one of {', '.join(CHOICES)}; table at a terminal and plain in a pipe unless told",
        autocompletion=lambda: list(CHOICES),
    ),
]


def chosen(format_: str | None, out: Output, choices: Sequence[str] = CHOICES) -> str:
    """Return the name of the format to write; raise UsageError for one that does not exist."""
    if format_ is None:
        return TABLE if out.terminal else "plain"
    if format_ not in choices:
        near = did_you_mean(format_, choices)
        raise UsageError(f"--format: '{format_}' is none of {', '.join(choices)}", near)
    return format_


def emit(
    out: Output, archive: Archive, hits: Iterable[Hit], format_: str | None, outcome: Outcome | None = None
) -> bool:
    """Write events one a line or row; return whether there were any."""
    name = chosen(format_, out)
    if name == TABLE:
        from archivecli.render.table import table  # Rich, 40 ms, only for people

        found = list(hits)
        if found:
            out.show(*table(archive, found, out, outcome))
        return bool(found)
    counted = _Counted(hits)
    out.write(FORMATS[name].write(counted))
    return counted.any


class _Counted:
    """Passes hits on and remembers whether there were any."""

    def __init__(self, hits: Iterable[Hit]) -> None:
        self.hits = hits
        self.any = False

    def __iter__(self) -> Iterator[Hit]:
        for hit in self.hits:
            self.any = True
            yield hit


def emit_records(out: Output, archive: Archive, events: Sequence[Event], format_: str | None) -> None:
    """Write whole events: a card each at a terminal, ``field: value`` lines in a pipe, or a data format."""
    name = chosen(format_, out)
    if name == TABLE:
        from archivecli.render.card import card  # Rich, 40 ms, only for people

        for event in events:
            out.show(*card(archive, event, out))
    elif name == "plain":
        from archivecli.render.card import plain_record

        out.write(plain_record(event, last=event is events[-1]) for event in events)
    else:
        out.write(FORMATS[name].write(Hit(event) for event in events))
