"""The front door: open a catalogue, and list, search, get and count its events. No terminal, no printing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archivecli import text
from archivecli.dates import Period
from archivecli.errors import AmbiguousId, NoSuchEvent, did_you_mean
from archivecli.events import Event, Term
from archivecli.index import store
from archivecli.index.reader import Clause, Index
from archivecli.index.schema import Progress
from archivecli.query.criteria import Among, And, Node, Not, Query, conjunction, has_words
from archivecli.query.facets import BY_NAME
from archivecli.query.results import Count as Tally
from archivecli.sources import too_little_memory

if TYPE_CHECKING:
    from archivecli.index import search as ranking
    from archivecli.index.contents import Changed, Contents, Note
    from archivecli.index.selection import Selection
    from archivecli.query.results import Relation
    from archivecli.sources import Known, Source


class _Opener:
    """Opens a catalogue: the first time in a hurry, then, if that left doubts, with care."""

    def __init__(self) -> None:
        self._hurry = True

    def __call__(self, path: Path) -> "Contents":
        from archivecli.catalogue.loading import Catalogue  # with what it needs 20 ms, only where something changed

        if self._hurry:
            from archivecli.catalogue import swift

            self._hurry = False
            return swift.opened(path) or Catalogue(path)
        return Catalogue(path)

    def changed(self, path: Path, found: "list[Source]", known: "Mapping[str, Known]", note: "Note") -> "Changed":
        from archivecli.catalogue import swift

        return swift.SwiftCatalogue(path, found, known, note)


class Archive:
    """An opened catalogue.

    ``state`` tells where its index comes from: ``fresh``, ``renewed`` (only what had changed was compiled), ``built`` or
    ``memory`` (made for this run only).
    """

    def __init__(self, path: Path, progress: Progress | None = None) -> None:
        """Open the catalogue at ``path``; raise CatalogueError with all its problems where it cannot be used."""
        self.path = path
        try:
            connection, self.state = store.connect(path, _Opener(), progress)
        except MemoryError:
            raise too_little_memory(str(path)) from None
        self.index = Index(connection)

    @property
    def index_file(self) -> Path | None:
        """The file of the index; None where that is in memory."""
        row = self.index.connection.execute("SELECT file FROM pragma_database_list WHERE name = 'main'").fetchone()
        return Path(row[0]) if row and row[0] else None

    @property
    def about(self) -> dict[str, Any]:
        """What the catalogue says of itself: title, about, publisher, source …"""
        about: dict[str, Any] = self.index.meta["about"]
        return about

    @property
    def size(self) -> int:
        """The number of events."""
        return self.index.size

    @property
    def covered(self) -> Period | None:
        """From the first day of the first event to the last day of the last; None for an empty catalogue."""
        return self.index.covered

    @property
    def ends(self) -> tuple[str, str]:
        """The first and the last date as precisely as they are told: ``1680``, ``1990-10-03``; "" in an empty catalogue."""
        return self.index.ends

    @property
    def years(self) -> range:
        """The numbers that are taken for years when they stand alone in a query."""
        first, last = self.covered or Period("1900", "2099")
        return range(min(int(first[:4]), 1900), max(int(last[:4]), 2099) + 1)

    def select(self, query: Query) -> Iterator[Event]:
        """Yield the events that fit a query, newest first unless it says otherwise."""
        return self.index.select(query, self._chosen(query)[0] if has_words(query.where) else None)

    def count(self, query: Query) -> int:
        """Return how many events fit, whatever the query's limit."""
        return self._chosen(query)[1] if has_words(query.where) else self.index.count(query.where)

    def tally(self, by: str, query: Query) -> list[Tally]:
        """Return how many of the events that fit have each value of a facet, or fall into each year, quarter or month."""
        clause = self._chosen(query)[0] if has_words(query.where) else self.index.clause(query.where)
        return self.index.tally(by, clause)

    def selection(self, query: Query) -> "Selection":
        """Return the events that fit a query, chosen once, to be counted and grouped in many ways."""
        from archivecli.index.selection import Selection  # 2 ms, not for lists

        if has_words(query.where):
            clause, number = self._chosen(query)
            return Selection(self.index, clause, number=number)
        return Selection(self.index, self.index.clause(query.where), query.where)

    def remarks(self, query: Query) -> list[str]:
        """Return what should be said about how the words of a query are read: corrections, words left out."""
        if not has_words(query.where):
            return []
        from archivecli.index.understanding import Understanding

        return Understanding(self.index, query.exact).read(query.where).remarks

    def spelled(self, facet: str, name: str, short: str = "") -> str:
        """Return a value of a facet as one types it in one word, such as ``human-trafficking``; "" where none is sure."""
        return self.index.spelled(BY_NAME[facet].section, name, short)

    def search(self, query: Query) -> "ranking.Outcome":
        """Return the events that answer the words of a query, best first, and how it was read."""
        from archivecli.index import search as ranking  # 3 ms, only for words

        return ranking.search(self.index, query)

    def matched(self, outcome: "ranking.Outcome") -> dict[str, tuple[str, ...]]:
        """Return, by event id, the parts of the record in which a search found its words."""
        from archivecli.index import search as ranking

        return ranking.matched_columns(self.index, outcome.reading, [hit.event for hit in outcome.hits])

    def stems(self, words: Iterable[str]) -> dict[str, str]:
        """Return the stem of each folded word, as the index cuts them."""
        from archivecli.index.stems import stems  # only where found words are marked

        return stems(words)

    def _chosen(self, query: Query) -> tuple[Clause, int]:
        from archivecli.index import search as ranking

        return ranking.chosen(self.index, query)

    def get(self, typed: str) -> Event:
        """Return the event with this id, or the only one whose id begins so; raise NoSuchEvent or AmbiguousId."""
        wanted = typed.strip().encode(errors="backslashreplace").decode()  # bytes that are no text are no id
        event = self.index.get(wanted)
        if event is not None:
            return event
        found = (self.index.by_ids(wanted, 21) or self.index.by_ids_in_any_case(wanted, 21)) if wanted else []
        if len(found) == 1 and (event := self.index.get(found[0])):
            return event
        if found:
            shown = [*found[:20], "…"] if len(found) > 20 else found
            raise AmbiguousId(f"'{text.one_line(typed)}' is the beginning of several ids", "\n".join(shown))
        raise NoSuchEvent(f"no event has the id '{text.one_line(typed)[:80]}'", self._near_ids(wanted.lower()))

    def among(self, typed: Sequence[str]) -> Among:
        """Return the criterion for the events with these ids, or beginnings of ids; raise as ``get`` does."""
        known = self.index.known(typed)
        return Among(tuple(dict.fromkeys(one if one in known else self.get(one).id for one in typed)))

    def _near_ids(self, wanted: str) -> str:
        same_day = self.index.by_ids(wanted[:10], 5) if len(wanted) > 10 else []
        month = self.index.by_ids(wanted[:7], 5) if len(wanted) >= 7 and not same_day else []
        near = same_day or month
        if near:
            return f"did you mean {', '.join(near)}?"
        ids = self.index.by_ids("", 5000)
        holding = [event_id for event_id in ids if wanted and wanted in event_id.lower()][:5]
        if holding:
            return f"did you mean {', '.join(holding)}?"
        return did_you_mean(wanted, ids) or "'archive list' shows them all"

    def beside(self, event: Event) -> tuple[Event | None, Event | None]:
        """Return the events before and after one, by date."""
        return self.index.beside(event)

    def shortest(self, event_id: str) -> str:
        """Return the shortest beginning of an id that no other id shares, the whole date at least if it begins with one."""
        return self.index.shortest(event_id)

    def term(self, section: str, name: str) -> Term:
        """Return what the vocabulary says of a name."""
        return self.index.term(section, name)

    def related(self, event: Event, limit: int | None = 10) -> "list[Relation]":
        """Return the events nearest to one, the nearest first, with the reasons."""
        from archivecli.index.related import related  # only where neighbours are asked for

        return related(self.index, event, limit)

    def nearest(self, event: Event, limit: int) -> list[Event]:
        """Return the events nearest to one, the nearest first."""
        return [relation.event for relation in self.related(event, limit)]

    def explain(self, outcome: "ranking.Outcome") -> Iterator[str]:
        """Yield, line by line, how a query was read and why each of the first hits was found."""
        from archivecli.index.explain import explanation  # only where somebody asks why

        return explanation(self.index, outcome)

    def without_one_filter(self, where: Node) -> list[tuple[Node, int]]:
        """Return, for each filter of a query that nothing answers, how many events there would be without it."""
        parts = where.parts if isinstance(where, And) else (where,)
        if len(parts) < 2:
            return []
        found: list[tuple[Node, int]] = []
        for left_out in parts:
            if has_words(left_out) or isinstance(left_out, Not):
                continue
            rest = conjunction(*(part for part in parts if part is not left_out))
            number = self.search(Query(rest)).total if has_words(rest) else self.index.count(rest)
            if number:
                found.append((left_out, number))
        return found

    def close(self) -> None:
        """Close the index."""
        self.index.close()
