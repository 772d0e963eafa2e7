"""Open a catalogue, and list, search, get and count its events."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from archivecli import display
from archivecli.dates import Period, truncate, year_of
from archivecli.errors import AmbiguousId, EventNotFound, did_you_mean
from archivecli.events import Event
from archivecli.files import too_little_memory
from archivecli.index import store
from archivecli.index.conditions import Condition
from archivecli.index.reader import Index
from archivecli.index.tables import Progress
from archivecli.query.criteria import Among, Node, Not, Query, conjunction, conjuncts, has_words
from archivecli.query.results import Count

if TYPE_CHECKING:
    from archivecli.index.counts import Selection
    from archivecli.query.results import Relation
    from archivecli.schema import Schema
    from archivecli.search.interpret import Interpretation
    from archivecli.search.rank import SearchResult


class Archive:
    """An opened catalogue; ``state`` is that of its index, as ``store.connect`` returns it."""

    def __init__(self, path: Path, progress: Progress | None = None) -> None:
        """Open the catalogue at ``path``; raise CatalogueError if it has problems."""
        self.path = path
        try:
            connection, self.state = store.connect(path, progress)
        except MemoryError:
            raise too_little_memory(str(path)) from None
        self.index = Index(connection)

    @property
    def index_file(self) -> Path | None:
        """The file of the index, or None if it is in memory."""
        row = self.index.connection.execute("SELECT file FROM pragma_database_list WHERE name = 'main'").fetchone()
        return Path(row[0]) if row and row[0] else None

    @property
    def schema(self) -> "Schema":
        """What the events can have."""
        return self.index.schema

    @property
    def years(self) -> range:
        """The numbers that are years on their own in a query."""
        first, last = self.index.period or Period("1900", "2099")
        return range(min(year_of(first), 1900), max(year_of(last), 2099) + 1)

    def interpret(self, query: Query) -> "Interpretation":
        """Return the interpretation of a query with words, for the methods that take it."""
        from archivecli.search.interpret import interpret  # 3 ms, only for words

        return interpret(self.index, query.where, query.exact)

    def select(self, query: Query) -> Iterator[Event]:
        """Yield the matching events, newest first by default."""
        return self.index.select(query, self._choose(query)[0] if has_words(query.where) else None)

    def count(self, query: Query) -> int:
        """Return the number of matching events, without the query's limit."""
        return self._choose(query)[1] if has_words(query.where) else self.index.count(query.where)

    def count_by(self, by: str, query: Query) -> list[Count]:
        """Return how many matching events have each value of a facet, or are in each year, quarter or month."""
        return self.selection(query).count_by(by)

    def selection(self, query: Query, interpretation: "Interpretation | None" = None) -> "Selection":
        """Return the matching events for counting and grouping."""
        from archivecli.index.counts import Selection  # 2 ms, not for lists

        if has_words(query.where):
            condition, number = self._choose(query, interpretation)
            return Selection(self.index, condition, number=number)
        return Selection(self.index, self.index.condition(query.where), query.where)

    def _choose(self, query: Query, interpretation: "Interpretation | None" = None) -> tuple[Condition, int]:
        from archivecli.search import rank

        return rank.select(self.index, query, interpretation or self.interpret(query))

    def search(self, query: Query, interpretation: "Interpretation | None" = None) -> "SearchResult":
        """Return the events that match a query, best first, and its interpretation."""
        from archivecli.search import rank

        return rank.search(self.index, query, interpretation)

    def matched(self, outcome: "SearchResult") -> dict[str, tuple[str, ...]]:
        """Return, by event id, the search columns in which a search found its words."""
        from archivecli.search import rank

        return rank.matched_columns(self.index, outcome.interpretation, [hit.event for hit in outcome.hits])

    def stems(self, words: Iterable[str]) -> dict[str, str]:
        """Return the stem of each folded word, as the index has it."""
        from archivecli.search.rank import stems

        return stems(words)

    def get(self, typed: str) -> Event:
        """Return the event with this id or unambiguous prefix; raise EventNotFound or AmbiguousId."""
        wanted = typed.strip().encode(errors="backslashreplace").decode()  # surrogates
        event = self.index.get(wanted)
        if event is not None:
            return event
        found = (self.index.by_ids(wanted, 21) or self.index.by_ids_in_any_case(wanted, 21)) if wanted else []
        if len(found) == 1:
            return self.get(found[0])
        if found:
            shown = [*found[:20], "…"] if len(found) > 20 else found
            raise AmbiguousId(f"'{display.terminal_safe(typed)}' is the beginning of several ids", "\n".join(shown))
        raise EventNotFound(
            f"no event has the id '{display.terminal_safe(typed)[:80]}'", self._near_ids(wanted.lower())
        )

    def among(self, typed: Sequence[str]) -> Among:
        """Return the criterion for the events with these ids or prefixes; raise as ``get`` does."""
        known = self.index.numbers_of(typed)
        return Among(tuple(dict.fromkeys(one if one in known else self.get(one).id for one in typed)))

    def _near_ids(self, wanted: str) -> str:
        same_day = self.index.by_ids(truncate(wanted, "day"), 5) if len(wanted) > 10 else []
        near = same_day or (self.index.by_ids(truncate(wanted, "month"), 5) if len(wanted) >= 7 else [])
        ids = [] if near else self.index.by_ids("", 5000)
        if near := near or [event_id for event_id in ids if wanted and wanted in event_id.lower()][:5]:
            return f"did you mean {', '.join(near)}?"
        return did_you_mean(wanted, ids) or "'archive list' shows them all"

    def page_url(self, page: str) -> str:
        """Return the URL of a page of the vocabulary, or ""."""
        return self.index.term("pages", page).url

    def related(self, event: Event, limit: int | None = 10) -> "list[Relation]":
        """Return the events most related to one, best first, with the reasons."""
        from archivecli.index.related import related

        return related(self.index, event, limit)

    def explain(self, outcome: "SearchResult") -> Iterator[str]:
        """Yield lines that explain how a query was interpreted and why each of the first hits was found."""
        from archivecli.search.explain import explanation

        return explanation(self.index, outcome)

    def without_one_filter(self, where: Node) -> list[tuple[Node, int]]:
        """Return, for each filter of a query without matches, how many events match without it, if any."""
        parts = conjuncts(where)
        found: list[tuple[Node, int]] = []
        for left_out in parts if len(parts) > 1 else ():
            if not has_words(left_out) and not isinstance(left_out, Not):
                rest = conjunction(*(part for part in parts if part is not left_out))
                found.append((left_out, self.search(Query(rest)).total if has_words(rest) else self.index.count(rest)))
        return [(left_out, number) for left_out, number in found if number]

    def close(self) -> None:
        """Close the index."""
        self.index.connection.close()
