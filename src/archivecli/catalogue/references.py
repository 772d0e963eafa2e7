"""Find ids that multiple events share, and related events that do not exist."""

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple


class Dangling(NamedTuple):
    """Ids that multiple events share, related ids of no event, and the numbers of the batches with either."""

    shared: set[str]
    unknown: set[str]
    batches: list[int]


class References:
    """The ids of all events and of their related events, in a temporary database since there may be millions."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect("", isolation_level=None)
        self.connection.execute("PRAGMA journal_mode = OFF")
        self.connection.execute("CREATE TABLE ids (id TEXT, batch INTEGER)")
        self.connection.execute("CREATE TABLE related (id TEXT, batch INTEGER)")
        self.connection.execute("BEGIN")

    def add(self, batch: int, ids: Iterable[str], related: Iterable[str]) -> None:
        """Add the ids in a batch."""
        self.connection.executemany("INSERT INTO ids VALUES (?,?)", ((event_id, batch) for event_id in ids))
        self.connection.executemany("INSERT INTO related VALUES (?,?)", ((event_id, batch) for event_id in related))

    def known(self, limit: int = 100_000) -> list[str]:
        """Return up to ``limit`` ids of events, for suggestions."""
        return [event_id for (event_id,) in self.connection.execute("SELECT id FROM ids LIMIT ?", (limit,))]

    def dangling(self) -> Dangling:
        """Return the shared and the unknown ids."""
        execute = self.connection.execute
        execute("CREATE INDEX by_id ON ids (id)")
        shared = execute("SELECT id, batch FROM ids WHERE id IN (SELECT id FROM ids GROUP BY id HAVING count(*) > 1)")
        found = shared.fetchall()
        missing = execute("SELECT id, batch FROM related r WHERE NOT EXISTS (SELECT 1 FROM ids WHERE ids.id = r.id)")
        unknown = missing.fetchall()
        batches = sorted({batch for _, batch in (*found, *unknown)})
        return Dangling({event_id for event_id, _ in found}, {event_id for event_id, _ in unknown}, batches)
