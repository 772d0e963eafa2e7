"""What the archive holds and what a question returns: plain frozen values, no I/O."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol, TypeAlias

from archivecli import dates, display

Record: TypeAlias = Mapping[str, Any]
"""A whole record under the field names of ``archivecli.fields``, its names resolved; absent fields are absent."""


class Term(NamedTuple):
    """An entry of the vocabulary: one thing, its name and its other names."""

    name: str
    short: str = ""
    also: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    country: str = ""
    kind: str = ""
    url: str = ""
    note: str = ""

    def names(self) -> tuple[str, ...]:
        """Return every name of the thing, the full one first."""
        return tuple(dict.fromkeys(name for name in (self.name, self.short, *self.also) if name))


class Synonyms(NamedTuple):
    """Words of a query (``typed``) that also find the words ``means``: on each line a word, or several together."""

    typed: str
    means: str


Plain: TypeAlias = tuple[Any, ...]
"""Plain values, which another process can send at once: nothing but texts, numbers, tuples, lists and dicts."""

_set: Callable[[object, str, Any], None] = object.__setattr__


class Event:
    """One event of the archive: a frozen value.

    ``start`` and ``end`` are partial ISO dates (``end`` is empty for a single date); ``place`` is where it was
    held in short names, several places joined by "; "; ``record`` is everything, given as a mapping or as JSON, which
    is read when somebody looks: a list of a million lines needs no record.
    """

    __slots__ = ("_record", "end", "id", "kind", "place", "start", "title")

    id: str
    title: str
    start: str
    end: str
    kind: str
    place: str
    _record: Record | str

    def __init__(self, id: str, title: str, start: str, end: str, kind: str, place: str, record: Record | str) -> None:
        _set(self, "id", id)
        _set(self, "title", title)
        _set(self, "start", start)
        _set(self, "end", end)
        _set(self, "kind", kind)
        _set(self, "place", place)
        _set(self, "_record", record)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"an event is not changed: {name}")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Event):
            return NotImplemented
        return self.record == other.record and (self.kind, self.place) == (other.kind, other.place)

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"Event({self.id!r}, {self.title!r})"

    def in_ascii(self) -> "Event":
        """Return the event with its texts in ASCII, as a terminal shows them that can show no more; the id stays."""
        title, kind, place = (display.ascii_only(shown) for shown in (self.title, self.kind, self.place))
        return Event(self.id, title, self.start, self.end, kind, place, display.ascii_values(self.record))

    @property
    def record(self) -> Record:
        """The whole record."""
        if isinstance(self._record, str):
            import json

            _set(self, "_record", json.loads(self._record))
        record = self._record
        assert not isinstance(record, str)
        return record

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


class Prepare(Protocol):
    """Makes something of events, some at a time, and of all of them together what it hands out at the end."""

    def __call__(self, events: Iterable[Event], /) -> Plain:
        """Return what is made of some events."""

    def rest(self) -> Plain:
        """Return what was kept back, in the same form, and keep it no longer."""


class Hit(NamedTuple):
    """An event that answers a search: its score (higher is better), where it matched, whether only in part, and why."""

    event: Event
    score: float = 0.0
    fields: tuple[str, ...] = ()
    partial: bool = False
    reasons: tuple[str, ...] = ()


def values_at(record: Any, path: str) -> Iterator[Any]:
    """Yield the values at a dotted path, going through every list on the way: ``places.city``, ``title``."""
    name, _, rest = path.partition(".")
    value = record.get(name) if isinstance(record, Mapping) else None
    for item in value if isinstance(value, list) else [value]:
        if item is None:
            continue
        if rest:
            yield from values_at(item, rest)
        else:
            yield item


def texts(value: Any) -> Iterator[str]:
    """Yield every text inside a value, depth first, in the order of the record."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield f"{value}"
