"""The tables of the index, and the reasons for them.

- Everything is derived: an index of another VERSION is thrown away and built again; there are no migrations. Changed
  tables change VERSION by themselves; raise CONTENT_VERSION if the same tables are filled differently.
- ``events`` has the whole record as JSON, the columns that a list needs, so that a list never parses JSON, and the keys
  by which titles, kinds and places are sorted: SQLite has no collation beyond ASCII.
- ``facets`` has a row for each value of each event. Its key answers both "which events" and "how many"; an index gives
  the values of an event.
- ``fts`` keeps no text (content=''), as the record has it. We fold words, FTS5 stems them, in events and queries alike.
- ``other_dates`` has the dates within a record that are not those of the event; only a search for a day uses them.
- ``token_counts`` has the length of each event in words, to undo the part of BM25 that lowers long records.
- ``counts`` has the counts of all events by each facet and period, which are too slow to compute at any size.
- ``words`` has each word unstemmed, for corrections and prefixes, and how often it occurs in all events.
- ``related_ids`` has the ids that events name as related, so that a missing one is noticed.
- ``files`` has the text of each file of the catalogue outside of its events, and ``event_digests`` the digest of the text
  of each event: only what differs from them is read when a catalogue has changed.
- ``thesaurus`` is a full-text table, so that its words are stemmed like those of events: an item holds what may be typed,
  with a ``¶`` before and after each expression, and ``synonyms`` what it means, one expression a line.
"""

import zlib
from collections.abc import Callable, Iterable

from archivecli.schema import CORE_FACETS

CONTENT_VERSION = 11

Progress = Callable[[int], None]
"""Called from time to time with the number of events written so far."""

TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE events (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    first TEXT NOT NULL,
    last TEXT NOT NULL,
    start TEXT NOT NULL,
    "end" TEXT NOT NULL,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    place TEXT NOT NULL,
    record TEXT NOT NULL,
    title_key TEXT NOT NULL,
    kind_key TEXT NOT NULL,
    place_key TEXT NOT NULL
);
CREATE TABLE names (n INTEGER PRIMARY KEY, section TEXT NOT NULL, name TEXT NOT NULL, short TEXT NOT NULL, term TEXT);
CREATE TABLE aliases (section TEXT, alias TEXT, name INTEGER, PRIMARY KEY (section, alias, name)) WITHOUT ROWID;
CREATE TABLE facets (facet INTEGER, name INTEGER, event INTEGER, PRIMARY KEY (facet, name, event)) WITHOUT ROWID;
CREATE TABLE other_dates (event INTEGER, first TEXT, last TEXT, PRIMARY KEY (event, first, last)) WITHOUT ROWID;
CREATE TABLE related_ids (id TEXT, event INTEGER, PRIMARY KEY (id, event)) WITHOUT ROWID;
CREATE TABLE counts (field TEXT, position INTEGER, name TEXT, short TEXT, number INTEGER, PRIMARY KEY (field, position))
    WITHOUT ROWID;
CREATE TABLE token_counts (n INTEGER PRIMARY KEY, tokens INTEGER NOT NULL);
CREATE TABLE words (word TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE files (n INTEGER PRIMARY KEY, path BLOB NOT NULL, head BLOB NOT NULL);
CREATE TABLE event_digests (n INTEGER PRIMARY KEY, file INTEGER NOT NULL, digest BLOB NOT NULL);
CREATE TABLE synonyms (n INTEGER PRIMARY KEY, means TEXT NOT NULL);
CREATE VIRTUAL TABLE thesaurus USING fts5(typed, content='', columnsize=0, tokenize='porter ascii');
"""


def full_text_table(columns: Iterable[str]) -> str:
    """Return the statement that creates the full-text table of the search columns."""
    return f"CREATE VIRTUAL TABLE fts USING fts5({', '.join(columns)}, content='', tokenize='porter ascii')"


INDEXES = (
    "CREATE UNIQUE INDEX event_ids ON events (id)",
    "CREATE INDEX event_dates ON events (first, last, id)",
    "CREATE INDEX event_titles ON events (title_key, first DESC, id)",
    "CREATE INDEX event_kinds ON events (kind_key, first DESC, id)",
    "CREATE INDEX event_places ON events (place_key, first DESC, id)",
    "CREATE UNIQUE INDEX name_texts ON names (section, name)",
    "CREATE INDEX alias_words ON aliases (alias)",
    "CREATE INDEX event_facets ON facets (event, facet)",
    "CREATE INDEX imprecise_events ON events (length(start)) WHERE length(start) < 10",
)
"""Created once the tables are full, which is faster."""

VERSION = f"{CONTENT_VERSION}-{zlib.crc32(''.join((TABLES, *INDEXES, repr(CORE_FACETS))).encode()):08x}"
