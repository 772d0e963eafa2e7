"""The ids that a command is given: typed, or read from standard input where ``-`` stands for them."""

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
WORDS_HELP = "only events that answer these; - for only those whose ids are on standard input"
IDS_HELP = "an id, or its beginning; - reads ids from standard input"

Null = Annotated[bool, typer.Option("--null", "-0", help="the ids on standard input end with NUL, not with a line")]


def events_of(archive: Archive, out: Output, typed: Sequence[str], null: bool = False) -> list[Event]:
    """Return the events of the ids in their order; raise NoSuchEvent or AmbiguousId for the first that is none.

    For ``-``, the ids come from standard input, one a line or each ended by NUL; of each line the first word counts, so
    that the lines of ``archive list`` will do.
    """
    if typed.count(STDIN) > 1:
        raise _read_once()
    return [archive.get(event_id) for event_id in _ids(out, typed, null)]


def without_stdin(words: Sequence[str] | None) -> tuple[list[str], bool]:
    """Return the words of a query without the ``-`` that stands for ids on standard input, and whether there was one.

    It is the first or the last of the words: between two words a hyphen belongs to the query, as in ``march - june``.
    """
    rest = list(words or ())
    before = len(rest)
    if rest[:1] == [STDIN]:
        rest.pop(0)
    if rest[-1:] == [STDIN]:
        rest.pop()
    if before - len(rest) > 1:
        raise _read_once()
    return rest, len(rest) < before


def only_these(archive: Archive, out: Output) -> Among:
    """Return the criterion for the events whose ids stand on standard input; raise NoSuchEvent or AmbiguousId."""
    return archive.among(list(_ids(out, [STDIN], False)))


def _read_once() -> UsageError:
    return UsageError("'-' stands for standard input, which is read once")


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
    said = data if isinstance(data, str) else data.decode("utf-8-sig", "replace")
    for line in said.split("\0") if null or "\0" in said else said.splitlines():
        words = line.split()
        if words:
            yield words[0]
