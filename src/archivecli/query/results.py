"""Results of queries as immutable values that the index, renderers and commands share."""

from typing import NamedTuple

from archivecli.events import Event

Keys = tuple[str, ...]
"""A value for each axis of a table: a name, a year, a month; empty for events without one."""


class Count(NamedTuple):
    """The number of events that have a value; ``name`` is empty for events without one."""

    name: str
    short: str
    number: int


class Total(NamedTuple):
    """The sum of the numbers of one unit; how many numbers, ranges among them, and events."""

    unit: str
    total: float
    numbers: int
    ranges: int
    events: int


class Relation(NamedTuple):
    """A related event with its score (higher is better) and the reasons, the strongest first."""

    event: Event
    score: float
    reasons: tuple[str, ...]
