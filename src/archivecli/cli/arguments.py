"""The arguments of commands: words and ids, also from standard input, and words that begin with a hyphen."""

import re
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Annotated, Any

import typer

from archivecli.archive import Archive
from archivecli.cli.output import Output, is_terminal
from archivecli.errors import OutputError, UsageError
from archivecli.events import Event
from archivecli.query.criteria import Among

STDIN = "-"
READ_ONCE = "'-' is standard input, which is read only once"

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
        raise UsageError(READ_ONCE)
    return [archive.get(event_id) for event_id in _ids(out, typed, null)]


def without_stdin(words: Sequence[str] | None) -> tuple[list[str], bool]:
    """Return the words of a query without the ``-`` for ids on standard input, and whether there was one."""
    rest = list(words or ())  # between two words a hyphen belongs to the query, as in "march - june"
    first, last = rest[:1] == [STDIN], rest[1:] != [] and rest[-1] == STDIN
    if first and last:
        raise UsageError(READ_ONCE)
    return rest[first : len(rest) - last], first or last


def only_these(archive: Archive, out: Output) -> Among:
    """Return the criterion for the events whose ids are on standard input; raise EventNotFound or AmbiguousId."""
    return archive.among(list(_ids(out, [STDIN], null=False)))


def _ids(out: Output, typed: Sequence[str], null: bool) -> Iterator[str]:
    for word in typed:
        if word != STDIN:
            yield word
            continue
        if is_terminal(sys.stdin):
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


# Words of a query that begin with a hyphen: ``-sofia`` is a word to exclude, ``-qr`` and ``-fjson`` are options

_SHORT_OPTIONS = r"-[qr0h]*[nfo]?"
_SHORT_WITH_VALUE = r"-[qr0h]*(?:n-?\d+|f=?(?P<format>[a-z-]+)|o[^:]*[./\\][^:]*)"


def with_exclusions(arguments: Sequence[str], options: Sequence[Any]) -> Iterator[str]:
    """Yield a command line in which ``-sofia`` has a minus sign (U+2212), with which no option begins."""
    from archivecli.query.parser import MINUS  # only for queries

    takes_value = {name: not option.is_flag for option in options for name in (*option.opts, *option.secondary_opts)}
    rest = iter(arguments)
    for word in rest:
        if word.startswith("-") and not word.startswith("--") and not _is_short_option(word):
            yield f"{MINUS}{word[1:]}"
            continue
        yield word
        if word == "--":
            yield from rest
        elif takes_value.get(word) or (takes_value.get(f"-{word[-1:]}") and re.fullmatch(_SHORT_OPTIONS, word)):
            yield from islice(rest, 1)


def _is_short_option(word: str) -> bool:
    """Return whether a word that begins with one hyphen is short options, such as ``-n5``, or ``-`` itself."""
    if re.fullmatch(_SHORT_OPTIONS, word) or (len(word) == 2 and word[1].isalpha()):
        return True  # also for an unknown letter, so that a typing mistake is reported
    found = re.fullmatch(_SHORT_WITH_VALUE, word)
    if found is None or not found["format"]:
        return found is not None
    from archivecli.render import FORMATS

    return found["format"] in (*FORMATS, "table")


def is_option(word: str) -> bool:
    """Return whether ``with_exclusions`` takes a query word for an option."""
    return word.startswith("--") or (word.startswith("-") and word != "-" and _is_short_option(word))
