"""The ids in the arguments of a command, or on standard input for ``-``."""

import contextlib
import sys
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from archivecli.archive import Archive
from archivecli.cli.output import Output
from archivecli.errors import OutputError, UsageError
from archivecli.events import Event
from archivecli.query.criteria import Among

STDIN = "-"

Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[WORDS...]", help="only events that match these words; - for those whose ids are on standard input"
    ),
]
Ids = Annotated[
    list[str], typer.Argument(metavar="ID...", help="id, or its beginning; - reads ids from standard input")
]
Null = Annotated[bool, typer.Option("--null", "-0", help="ids on standard input end with NUL, not with a line break")]


def events_of(archive: Archive, out: Output, typed: Sequence[str], null: bool = False) -> list[Event]:
    """Return the events with these ids, in this order; raise EventNotFound or AmbiguousId for the first invalid one."""
    if typed.count(STDIN) > 1:
        raise _read_once()
    return [archive.get(event_id) for event_id in _ids(out, typed, null)]


def without_stdin(words: Sequence[str] | None) -> tuple[list[str], bool]:
    """Return the words of a query without the ``-`` for ids on standard input, and whether there was one.

    It is the first or the last word: between two words a hyphen belongs to the query, as in ``march - june``.
    """
    rest = list(words or ())
    first, last = rest[:1] == [STDIN], rest[1:] != [] and rest[-1] == STDIN
    if first and last:
        raise _read_once()
    return rest[first : len(rest) - last], first or last


def only_these(archive: Archive, out: Output) -> Among:
    """Return the criterion for the events whose ids are on standard input; raise EventNotFound or AmbiguousId."""
    return archive.among(list(_ids(out, [STDIN], null=False)))


def _read_once() -> UsageError:
    return UsageError("'-' is standard input, which is read only once")


def _ids(out: Output, typed: Sequence[str], null: bool) -> Iterator[str]:
    for word in typed:
        if word != STDIN:
            yield word
            continue
        with contextlib.suppress(ValueError):  # closed
            if sys.stdin.isatty():
                out.note("type ids, one a line; Ctrl-D ends them")
        ids = list(_read(null))
        if not ids:
            out.note("no ids on standard input")
        yield from ids


def _read(null: bool) -> Iterator[str]:
    """Yield the first word of each line, so that the output of ``archive list`` can be used."""
    try:
        data = getattr(sys.stdin, "buffer", sys.stdin).read()
    except OSError as error:
        raise OutputError(f"cannot read standard input: {error.strerror}") from error
    content = data if isinstance(data, str) else data.decode("utf-8-sig", "replace")
    for line in content.split("\0") if null or "\0" in content else content.splitlines():
        if words := line.split():
            yield words[0]
