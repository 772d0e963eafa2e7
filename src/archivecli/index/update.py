"""Compare a catalogue that has changed with its index.

If anything but events has changed, on which all events depend, or many events, building the index takes less time.
"""

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from archivecli.catalogue.loader import Catalogue
from archivecli.files import Known, Source
from archivecli.index.reader import Index
from archivecli.index.writer import StaleIndex
from archivecli.readers import layout
from archivecli.readers.layout import Span

MAX_SHARE = 0.25  # of the events, removed and added ones together


class Difference(NamedTuple):
    """A catalogue that reads only its new events, their number, and the numbers in the index of those that are gone."""

    catalogue: Catalogue
    gone: list[int]
    new: int


def compare(index: Path, path: Path, found: list[Source], same: Mapping[str, str]) -> Difference:
    """Compare the catalogue at ``path`` with its index.

    ``same`` are the unchanged files, each with the hash of its content. Raise StaleIndex if the index should be built.
    """
    uri = f"{index.absolute().as_uri()}?mode=ro&immutable=1"
    with contextlib.closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        connection.execute("PRAGMA trusted_schema = OFF")
        sql = "CREATE TEMP TABLE scanned (place INTEGER PRIMARY KEY, file, indent, begin, stop, line, digest)"
        connection.execute(sql)
        connection.execute("BEGIN")
        comparison = _Comparison(connection, found)
        known = comparison.known(same)
        # files that were parsed whole have no digests of their events
        sql = "SELECT (SELECT count(*) FROM event_digests) = (SELECT count(*) FROM events)"
        if not comparison.heads or connection.execute(sql).fetchone() != (1,):
            raise StaleIndex
        catalogue = Catalogue(path, found, known, comparison.add_items)
        if catalogue.problems or catalogue.roots or not comparison.same_heads(catalogue.heads):
            raise StaleIndex
        gone, new = comparison.differing(known)
    catalogue.choose(new)
    return Difference(catalogue, gone, len(new))


class _Comparison:
    def __init__(self, connection: sqlite3.Connection, found: Sequence[Source]) -> None:
        self.connection = connection
        self.found = found
        self.places = {source.path: os.path.abspath(source.path) for source in found}
        rows = connection.execute("SELECT path, n, head FROM files").fetchall()
        self.numbers: dict[str, int] = {os.fsdecode(path): number for path, number, _ in rows}
        self.heads: dict[str, bytes] = {os.fsdecode(path): head for path, _, head in rows}

    def known(self, same: Mapping[str, str]) -> dict[str, Known]:
        """Return the files that need not be read again, by their path as it was found."""
        return {
            path: Known(same[place], self.heads[place])
            for path, place in self.places.items()
            if place in same and place in self.heads
        }

    def add_items(self, batch: Span, data: bytes) -> None:
        """Store the positions and digests of the items of a batch."""
        file = self.numbers.setdefault(self.places[batch.source.path], -len(self.numbers))
        items = layout.item_spans(batch, data)
        rows = ((file, span.indent, span.begin, span.end, span.line, digest) for span, digest in items)
        sql = "INSERT INTO scanned (file, indent, begin, stop, line, digest) VALUES (?,?,?,?,?,?)"
        self.connection.executemany(sql, rows)

    def same_heads(self, heads: Iterable[tuple[str, bytes]]) -> bool:
        """Return whether nothing but events has changed."""
        now = {(self.places[path], head) for path, head in heads if head}
        return now == {(place, head) for place, head in self.heads.items() if head}

    def differing(self, known: Iterable[str]) -> tuple[list[int], list[Span]]:
        """Return the numbers of the events that are gone, and the new items in the order of the files."""
        size = Index(self.connection).size
        gone: list[int] = []
        new: list[int] = []
        kept = ",".join(str(self.numbers[self.places[path]]) for path in known)
        for place, found, numbers in self.connection.execute(_DIFFERING.format(kept)):
            if found > 1 or len(gone) + len(new) > MAX_SHARE * size:
                raise StaleIndex
            if found:
                new.append(place)
            else:
                gone += map(int, numbers.split(","))
        sources = {self.numbers.get(self.places[source.path]): source for source in self.found}
        sql = """SELECT file, begin, stop, line, indent FROM scanned
            WHERE place IN (SELECT value FROM json_each(?)) ORDER BY place"""
        rows = self.connection.execute(sql, (json.dumps(new),))
        return gone, [Span(sources[file], *place) for file, *place in rows]


_DIFFERING = """
SELECT max(place), count(place), group_concat(n) FROM (
    SELECT file, digest, place, NULL AS n FROM scanned
    UNION ALL SELECT file, digest, NULL, n FROM event_digests WHERE file NOT IN ({})
) GROUP BY file, digest HAVING count(place) <> 1 OR count(n) = 0
"""
