"""Queries as immutable values: which events, in which order, how many."""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from archivecli.dates import EVER, Period

PERIODS = ("year", "quarter", "month")
"""Groupings by date: an event counts in each period that it overlaps."""

NONE = "(none)"
"""Asks for the events that have no value of a facet: ``--country '(none)'``."""


class Word(NamedTuple):
    """The event has a word in any form; ``prefix`` for ``traf*``, ``column`` for ``title:word``."""

    text: str
    prefix: bool = False
    column: str = ""


class Phrase(NamedTuple):
    """The event has these words in sequence."""

    text: str
    column: str = ""


class HasValue(NamedTuple):
    """A facet has one of these values: a name or another name, whatever its case and accents; ``(none)``: it has none."""

    facet: str
    values: tuple[str, ...]


class During(NamedTuple):
    """The event shares a day with the period.

    ``typed`` is how it was typed; ``literal``: it may be meant as text; ``from_free_text``: it was among the words of a
    query; ``other``: it is about the other dates in records.
    """

    period: Period
    typed: str = ""
    literal: bool = False
    from_free_text: bool = False
    other: bool = False


class Annually(NamedTuple):
    """The event covers a day of this month (and this day of the month, unless it is 0) in any year."""

    month: int
    day: int = 0
    typed: str = ""
    from_free_text: bool = False
    other: bool = False


class Among(NamedTuple):
    """The event has one of these ids."""

    ids: tuple[str, ...]


class Not(NamedTuple):
    """The part does not hold."""

    part: "Node"


class And(NamedTuple):
    """All parts hold; without parts, every event matches."""

    parts: tuple["Node", ...] = ()


class Or(NamedTuple):
    """At least one part holds."""

    parts: tuple["Node", ...]


Node: TypeAlias = Word | Phrase | HasValue | During | Annually | Among | Not | And | Or

EVERYTHING = And()

SORTS = ("date", "relevance", "title", "id", "kind", "place")


class Query(NamedTuple):
    """Criteria with order and limit.

    ``sort`` is one of SORTS, by default the command's own order; ``exact`` takes words as typed, without corrections and
    synonyms.
    """

    where: Node = EVERYTHING
    sort: str = ""
    reverse: bool = False
    limit: int | None = None
    exact: bool = False


def conjuncts(node: Node) -> tuple[Node, ...]:
    """Return the parts that must all hold."""
    return node.parts if isinstance(node, And) else (node,)


def conjunction(*parts: Node) -> Node:
    """Return the criteria that all parts hold, without needless nesting."""
    flat = [inner for part in parts for inner in conjuncts(part)]
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def any_of(nodes: Sequence[Node]) -> Node:
    """Return the criteria that at least one of the nodes holds."""
    return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))


def has_words(node: Node) -> bool:
    """Return whether any part of the query searches the text of events."""
    match node:
        case Word() | Phrase():
            return True
        case Not(part):
            return has_words(part)
        case And(parts) | Or(parts):
            return any(map(has_words, parts))
    return False


def time_span(node: Node) -> Period:
    """Return the period outside of which nothing matches; EVER if there are no bounds.

    ``2009`` AND ``from 2009-10`` → 2009-10-01 to 2009-12-31; ``2009`` OR ``2012`` → the years 2009 to 2012.
    """
    match node:
        case During(period):
            return period
        case And(parts) if parts:
            spans = [time_span(part) for part in parts]
            return Period(max(span.first for span in spans), min(span.last for span in spans))
        case Or(parts) if parts:
            spans = [time_span(part) for part in parts]
            return Period(min(span.first for span in spans), max(span.last for span in spans))
    return EVER
