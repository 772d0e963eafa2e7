"""Events, hits and vocabulary terms as plain values."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

from archivecli import dates, display, text

if TYPE_CHECKING:
    from archivecli.schema import Facet

Record: TypeAlias = Mapping[str, Any]  # a whole record, its names resolved


class Term(NamedTuple):
    """An entry of the vocabulary with its name and other names."""

    name: str
    short: str = ""
    also: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    country: str = ""
    kind: str = ""
    url: str = ""
    note: str = ""

    def names(self) -> tuple[str, ...]:
        """Return all its names, the full one first."""
        return tuple(dict.fromkeys(name for name in (self.name, self.short, *self.also) if name))


class Synonyms(NamedTuple):
    """Expressions of a query (``typed``) that also find the expressions ``means``, one a line in both."""

    typed: str
    means: str


class Event:
    """One event of the archive. Immutable by convention, as a frozen dataclass would cost 3 ms of every start.

    ``start`` and ``end`` are partial dates (``end`` is empty for a single date), ``place`` the short names of its places,
    joined by "; ". ``record`` is a mapping, or JSON that is parsed at the first access, as lists do not need it.
    """

    __slots__ = ("_record", "end", "id", "kind", "place", "start", "title")

    def __init__(self, id: str, title: str, start: str, end: str, kind: str, place: str, record: Record | str) -> None:
        self.id = id
        self.title = title
        self.start = start
        self.end = end
        self.kind = kind
        self.place = place
        self._record = record

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Event):
            return NotImplemented
        return self.record == other.record and (self.kind, self.place) == (other.kind, other.place)

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"Event({self.id!r}, {self.title!r})"

    def in_ascii(self) -> "Event":
        """Return the event in ASCII, for terminals that show nothing else; the id stays."""
        title, kind, place = (display.ascii_only(shown) for shown in (self.title, self.kind, self.place))
        return Event(self.id, title, self.start, self.end, kind, place, display.ascii_values(self.record))

    @property
    def record(self) -> Record:
        """The whole record."""
        if isinstance(self._record, str):
            import json

            self._record = cast(Record, json.loads(self._record))
        return self._record

    @property
    def period(self) -> dates.Period:
        """The days that the event covers."""
        return dates.period(self.start, self.end or None)

    @property
    def is_exact(self) -> bool:
        """Whether the dates are given to the day."""
        return dates.precision(self.start) == "day" and (not self.end or dates.precision(self.end) == "day")

    @property
    def when(self) -> str:
        """The date or interval in ISO 8601."""
        return dates.iso(self.start, self.end)


class Hit(NamedTuple):
    """An event that matches a search: its score (higher is better), where it matched, whether only in part, and why."""

    event: Event
    score: float = 0.0
    fields: tuple[str, ...] = ()
    partial: bool = False
    reasons: tuple[str, ...] = ()


def values_at(record: Any, path: str) -> Iterator[Any]:
    """Yield the values at a dotted path such as ``places.city``, in every item of a list."""
    name, _, rest = path.partition(".")
    value = record.get(name) if isinstance(record, Mapping) else None
    for item in value if isinstance(value, list) else [value]:
        if rest:
            yield from values_at(item, rest)
        elif item is not None:
            yield item


def texts(value: Any) -> Iterator[str]:
    """Yield every string and number within a value, in the order of the record."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from texts(inner)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield f"{value}"


def facet_values(event: Event, facet: "Facet") -> list[str]:
    """Return the different values of an event for a facet, in the order of its record, in Unicode's composed form."""
    values = (value for path in facet.paths for value in values_at(event.record, path))
    return list(dict.fromkeys(map(text.composed, values)))
