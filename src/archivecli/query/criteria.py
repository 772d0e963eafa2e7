"""What is asked, as a value: which events, in which order, how many. Frozen, and free of any storage."""

from typing import NamedTuple, TypeAlias

from archivecli import text
from archivecli.dates import Period
from archivecli.events import Event
from archivecli.query.facets import BY_NAME, NONE, facet_values


class Word(NamedTuple):
    """A word that an event should hold in any form; ``prefix`` for ``traf*``, ``column`` for ``title:word``."""

    text: str
    prefix: bool = False
    column: str = ""


class Phrase(NamedTuple):
    """Words that an event must hold one after the other."""

    text: str
    column: str = ""


class Is(NamedTuple):
    """A facet has one of these values: a name or another name, whatever its case and accents; ``(none)``: it has none."""

    facet: str
    values: tuple[str, ...]


class During(NamedTuple):
    """The event shares a day with the period.

    ``said`` is how it was typed; ``literal``: text may be meant; ``spoken``: it stood among the words of a query;
    ``other``: one of the other dates that a record speaks of is meant.
    """

    period: Period
    said: str = ""
    literal: bool = False
    spoken: bool = False
    other: bool = False


class Recurs(NamedTuple):
    """The event covers a day of this month (and this day of the month, where it is not 0) in any year."""

    month: int
    day: int = 0
    said: str = ""
    spoken: bool = False
    other: bool = False


class Among(NamedTuple):
    """The event has one of these ids."""

    ids: tuple[str, ...]


class Not(NamedTuple):
    """What the event must not be."""

    part: "Node"


class And(NamedTuple):
    """All parts hold; without parts every event is meant."""

    parts: tuple["Node", ...] = ()


class Or(NamedTuple):
    """At least one part holds."""

    parts: tuple["Node", ...]


Node: TypeAlias = Word | Phrase | Is | During | Recurs | Among | Not | And | Or

EVERYTHING = And()

SORTS = ("date", "relevance", "title", "id", "kind", "place")


class Query(NamedTuple):
    """A question to the archive.

    ``where``: which events; ``sort``: one of SORTS ("" is the command's own order); ``reverse``: the other way round;
    ``limit``: at most so many (None: all); ``exact``: words are taken as typed, never corrected nor replaced.
    """

    where: Node = EVERYTHING
    sort: str = ""
    reverse: bool = False
    limit: int | None = None
    exact: bool = False


def conjunction(*parts: Node) -> Node:
    """Return the query that wants all ``parts``, without needless nesting."""
    flat: list[Node] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, And) else [part])
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def conjuncts(node: Node) -> tuple[Node, ...]:
    """Return the parts that must all hold."""
    return node.parts if isinstance(node, And) else (node,)


def has_words(node: Node) -> bool:
    """Tell whether any part of the query looks into the text of events."""
    if isinstance(node, Word | Phrase):
        return True
    if isinstance(node, Not):
        return has_words(node.part)
    return isinstance(node, And | Or) and any(has_words(part) for part in node.parts)


def matches(event: Event, node: Node) -> bool:
    """Tell whether an event fits a query without words: the plain meaning that the index must agree with.

    Values of facets are compared as names here, not as other names.
    """
    match node:
        case And(parts):
            return all(matches(event, part) for part in parts)
        case Or(parts):
            return any(matches(event, part) for part in parts)
        case Not(part):
            return not matches(event, part)
        case During(period):
            return event.period.overlaps(period)
        case Recurs(month, day):
            return _recurs(event.period, month, day)
        case Is(facet, values):
            wanted = {text.key(value) for value in values if value != NONE}
            found = facet_values(event, BY_NAME[facet])
            return any(text.key(value) in wanted for value in found) or (not found and NONE in values)
        case Among(ids):
            return event.id in ids
        case _:
            raise ValueError("words are a matter of the index")


def _recurs(period: Period, month: int, day: int) -> bool:
    first, last = period
    years = int(last[:4]) - int(first[:4])
    wanted = month * 100 + day
    begin = int(first[5:7]) * 100 + (int(first[8:]) if day else 0)
    end = int(last[5:7]) * 100 + (int(last[8:]) if day else 0) + 1200 * years
    return begin <= wanted <= end or wanted + 1200 <= end
