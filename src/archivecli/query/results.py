"""What queries return: frozen values that the index makes and that views, renderers and commands share."""

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
    """A sum of numbers of one unit: how many numbers, how many of them ranges, in how many events."""

    unit: str
    total: float
    numbers: int
    ranges: int
    events: int


class Relation(NamedTuple):
    """A related event, how near it is (higher is nearer), and why, the strongest reason first."""

    event: Event
    score: float
    reasons: tuple[str, ...]
