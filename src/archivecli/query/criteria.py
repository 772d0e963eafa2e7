"""Which events are wanted, in which order, how many: frozen values that know nothing of storage."""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from archivecli.dates import EVER, Period

PERIODS = ("year", "quarter", "month")
"""Groupings by date: an event counts in each period that it overlaps."""

NONE = "(none)"
"""Asks for the events that have no value of a facet: ``--country '(none)'``."""


class Word(NamedTuple):
    """A word that an event should hold in any form; ``prefix`` for ``traf*``, ``column`` for ``title:word``."""

    text: str
    prefix: bool = False
    column: str = ""


class Phrase(NamedTuple):
    """Words that an event must hold one after the other."""

    text: str
    column: str = ""


class HasValue(NamedTuple):
    """A facet has one of these values: a name or another name, whatever its case and accents; ``(none)``: it has none."""

    facet: str
    values: tuple[str, ...]


class During(NamedTuple):
    """The event shares a day with the period.

    ``said`` is how it was typed; ``literal``: text may be meant; ``spoken``: it was among the words of a query;
    ``other``: one of the other dates that a record speaks of is meant.
    """

    period: Period
    said: str = ""
    literal: bool = False
    spoken: bool = False
    other: bool = False


class Annually(NamedTuple):
    """The event covers a day of this month (and this day of the month, unless it is 0) in any year."""

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


Node: TypeAlias = Word | Phrase | HasValue | During | Annually | Among | Not | And | Or

EVERYTHING = And()

SORTS = ("date", "relevance", "title", "id", "kind", "place")


class Query(NamedTuple):
    """A question to the archive.

    ``where``: which events; ``sort``: one of SORTS (the command's own order by default); ``limit``: at most N (None: all);
    ``exact``: words are taken as typed, never corrected nor replaced.
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
    """Return the query that wants all ``parts``, without needless nesting."""
    flat = [inner for part in parts for inner in conjuncts(part)]
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def any_of(nodes: Sequence[Node]) -> Node:
    """Return the query that wants at least one of the nodes."""
    return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))


def has_words(node: Node) -> bool:
    """Tell whether any part of the query looks into the text of events."""
    match node:
        case Word() | Phrase():
            return True
        case Not(part):
            return has_words(part)
        case And(parts) | Or(parts):
            return any(map(has_words, parts))
    return False


def time_span(node: Node) -> Period:
    """Return the period outside of which a query asks for nothing; EVER if it sets no bounds.

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
