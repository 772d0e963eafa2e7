"""The ids that a command is given: typed, or read from standard input where ``-`` stands for them."""

import sys
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from archivecli.archive import Archive
from archivecli.cli.output import Output
from archivecli.errors import OutputError, UsageError
from archivecli.events import Event

STDIN = "-"
IDS_HELP = "an id, or its beginning; - reads ids from standard input"

Null = Annotated[bool, typer.Option("--null", "-0", help="the ids on standard input end with NUL, not with a line")]


def events_of(archive: Archive, out: Output, typed: Sequence[str], null: bool = False) -> list[Event]:
    """Return the events of the ids in their order; raise NoSuchEvent or AmbiguousId for the first that is none.

    For ``-``, the ids come from standard input, one a line or each ended by NUL; of a line the first word counts, so that
    the lines of ``archive list`` will do.
    """
    if typed.count(STDIN) > 1:
        raise UsageError("'-' stands for standard input, which is read once")
    return [archive.get(event_id) for event_id in _ids(out, typed, null)]


def _ids(out: Output, typed: Sequence[str], null: bool) -> Iterator[str]:
    for word in typed:
        if word != STDIN:
            yield word
            continue
        if _from_a_person():
            out.remark("type ids, one a line; Ctrl-D ends them")
        found = list(_read(null))
        if not found:
            out.remark("no ids on standard input")
        yield from found


def _from_a_person() -> bool:
    try:
        return sys.stdin.isatty()
    except ValueError:  # closed
        return False


def _read(null: bool) -> Iterator[str]:
    try:
        data = getattr(sys.stdin, "buffer", sys.stdin).read()
    except OSError as error:
        raise OutputError(f"cannot read standard input: {error.strerror}") from error
    said = data if isinstance(data, str) else data.decode(errors="replace")
    for line in said.split("\0") if null else said.splitlines():
        words = line.split()
        if words:
            yield words[0]
