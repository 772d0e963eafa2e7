"""What is fuzzed: each target takes any bytes and must end in an answer or an error of ours, never otherwise."""

import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from archivecli import display, text
from archivecli.archive import Archive
from archivecli.errors import ArchiveError, CatalogueError
from archivecli.files import embedded_catalogue
from archivecli.query.criteria import Query
from archivecli.query.parser import parse
from archivecli.readers import yaml as reader
from conftest import events_of


@cache
def archive() -> Archive:
    return Archive(embedded_catalogue())


def words(data: bytes) -> str:
    """Return bytes as an argument of a command line: what is no UTF-8 becomes surrogates, as Python has it."""
    return os.fsdecode(data.replace(b"\0", b""))


def query(data: bytes) -> None:
    """Any text is a query: it is read, answered, counted, and its parts can be told."""
    typed = words(data)
    try:
        where = parse(typed, archive().years).where
        outcome = archive().search(Query(where, limit=5))
        assert outcome.total >= len(outcome.hits)
        assert archive().count(Query(where)) >= 0
    except ArchiveError as error:
        assert error.exit_code in (1, 2)
        assert error.message


def event_id(data: bytes) -> None:
    """Any text is an id, known or not."""
    try:
        assert archive().get(words(data)).id
    except ArchiveError as error:
        assert error.message


def catalogue(data: bytes) -> None:
    """Any file is a catalogue, or is refused with a place for every fault."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.yaml"
        path.write_bytes(data)
        try:
            for event in events_of(path):
                assert event.id
                assert event.title
        except CatalogueError as error:
            assert error.problems
            for problem in error.problems:
                assert problem.line >= 1, problem
                assert problem.column >= 1, problem
                assert problem.message


def yaml(data: bytes) -> None:
    """Any bytes are values, nothing, or a syntax error at a place."""
    try:
        reader.parse(reader.decode(data, "any"), "any")
    except reader.ParseError as error:
        assert error.problem.line >= 1


def screen(data: bytes) -> None:
    """Any text can be shown."""
    shown = display.terminal_safe(words(data))
    assert display.terminal_safe(shown) == shown
    assert not any(c < " " or "\x7f" <= c <= "\x9f" for c in shown)
    text.words(shown)
    text.searchable(shown)


TARGETS: dict[str, Callable[[bytes], Any]] = {
    "query": query,
    "event_id": event_id,
    "catalogue": catalogue,
    "yaml": yaml,
    "screen": screen,
}

SEEDS: dict[str, list[bytes]] = {
    "query": [
        b'corruption sofia "mutual legal assistance" traf* -word (a OR b) NOT c country:serbia title:training',
        b"september 2009 2009-10..2010 26 june year:2009,2010 month:12 from:2009 to:2010-01 during:2009 on:26-06",
        b"e-learning U.N. 400.000 17.5 \xe2\x82\xac5 \xd0\xa1\xd0\xba\xd0\xbe\xd0\xbf\xd1\x98\xd0\xb5 && || & | ..",
    ],
    "event_id": [b"2009-12-09", b"2010-06-26-drug-day"],
    "catalogue": [
        b"catalogue: {title: T}\nvocabulary: {kinds: {talk: Talk}}\nthesaurus: [[a, b], {typed: [c], means: [d]}]\n"
        b"events:\n  - id: 2009-01-02-x\n    title: T\n    start: 2009-01-02\n    end: 2009-01-03\n    kind: talk\n"
        b"    places: [{city: Sofia}]\n    links: [{url: 'http://x'}]\n    related: [2009-01-02-x]\n"
        b"    figures: [{value: 1.5, of: x}]\n"
    ],
    "yaml": [b"a: &b [*b, !c d, <<, 'e', \"\\x41\", |\n f\n]\n? g\n: h\n--- # i\n..."],
    "screen": [b"\x1b]8;;http://x\x1b\\y\xc2\x9b31m \xe2\x80\xae e\xcc\x81\xcc\x81"],
}
