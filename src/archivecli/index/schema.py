"""The tables of the index, and why they are so.

- Everything is derived: another VERSION, and the file is thrown away and made again; there are no migrations. Other
  tables make another VERSION by themselves; where the same tables are filled in another way, raise FILLING.
- ``events`` keeps the whole record as JSON beside the columns that a list needs, so that a list never parses JSON, and
  the keys by which titles, kinds and places are sorted: SQLite itself knows no order of letters beyond ASCII.
- ``facets`` holds one row for each value of each event; its key answers both "which events" and "how many", and an index
  the other way round which values an event has.
- ``fts`` keeps no text (content=''): the record has it; folding is done by us, stemming by FTS5, on both sides alike.
- ``moments`` holds the other dates that a record speaks of, which only a search for a day asks for.
- ``lengths`` holds the number of words of each event, with which the share of BM25 that punishes long records is undone.
- ``tallies`` keeps the counts of all events by each field, as they do not fit what is asked at any size otherwise.
- ``words`` holds each different word unstemmed, for corrections and prefixes, and how often it stands in all events.
- ``mentions`` holds the ids that events name as related, by which one that is gone is missed.
- ``files`` holds what stands in each file of the catalogue beside its events, and ``items`` the digest of the text that each
  event was read from: a changed catalogue is compared with them, and only what differs is compiled. They are empty where
  the careful reader has made the index.
- ``thesaurus`` is itself an index, so that its words are stemmed exactly as those of the events: an item holds what may
  be typed, with a ``¶`` before and after each expression, and ``synonyms`` what it means, a line each.
"""

import zlib
from collections.abc import Callable, Iterable

FILLING = 10

Progress = Callable[[int], None]
"""Told now and then how many events are compiled."""

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
CREATE TABLE moments (event INTEGER, first TEXT, last TEXT, PRIMARY KEY (event, first, last)) WITHOUT ROWID;
CREATE TABLE mentions (id TEXT, event INTEGER, PRIMARY KEY (id, event)) WITHOUT ROWID;
CREATE TABLE tallies (field TEXT, place INTEGER, name TEXT, short TEXT, number INTEGER, PRIMARY KEY (field, place))
    WITHOUT ROWID;
CREATE TABLE lengths (n INTEGER PRIMARY KEY, tokens INTEGER NOT NULL);
CREATE TABLE words (word TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE files (n INTEGER PRIMARY KEY, path BLOB NOT NULL, head BLOB NOT NULL);
CREATE TABLE items (n INTEGER PRIMARY KEY, file INTEGER NOT NULL, digest BLOB NOT NULL);
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
    "CREATE INDEX vague_events ON events (length(start)) WHERE length(start) < 10",
)
"""Made after the tables are full, which is faster."""

VERSION = f"{FILLING}-{zlib.crc32(''.join((TABLES, *INDEXES)).encode()):08x}"
