"""The timeline: each event in its time, or the number of events in each month, quarter or year."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from archivecli.cli.asking import Question
from archivecli.cli.tallies import View
from archivecli.dates import EVER, Period, add_months, month_count, periods_between
from archivecli.events import Event
from archivecli.query.criteria import time_span
from archivecli.query.facets import BY_NAME, facet_values
from archivecli.render.rows import Row

if TYPE_CHECKING:
    from rich.console import RenderableType

MOST_BARS = 200
"""More events than these are counted, not drawn."""

MOST_GROUPS = 12
"""So many values have a letter of their own; the others share one."""

MOST_PERIODS = 5_000
"""A histogram of more periods than these leaves out the empty ones."""

OTHER = "other"


class Group(NamedTuple):
    """A value that events are told apart by: in full, in short, and how many events have it."""

    name: str
    short: str
    number: int


class Bar(NamedTuple):
    """One event of a timeline: the group that it is drawn in ("" for others), and how many silent months precede it."""

    event: Event
    group: str
    values: Sequence[str]
    silent: int


class Silence(NamedTuple):
    """Months without any event, first and last."""

    first: str
    last: str


class Span(NamedTuple):
    """A period of a histogram with its number of events, and those of each group."""

    label: str
    number: int
    groups: Mapping[str, int]


class Timeline(NamedTuple):
    """What both pictures of time share."""

    field: str
    groups: Sequence[Group]
    total: int
    silences: Sequence[Silence]
    shown: Period
    several: bool


def _timeline(found: Question, field: str) -> Timeline:
    tallies = [one for one in found.selection.tally(field) if one.name]
    several = sum(one.number for one in tallies) > found.total
    groups = [Group(one.name, one.short or one.name, one.number) for one in tallies[:MOST_GROUPS]]
    busy = found.selection.busy()
    asked = time_span(found.query.where)
    return Timeline(field, groups, found.total, list(_silences(busy, asked)), _shown(busy, asked), several)


def _shown(busy: Sequence[tuple[str, str]], asked: Period) -> Period:
    """Return the months to draw: those asked for, as far as events reach, and to the end where the end was asked for."""
    if not busy:
        return asked
    first = asked.first[:7] if asked.first > EVER.first else busy[0][0]
    last = asked.last[:7] if asked.last < EVER.last else max(end for _, end in busy)
    return Period(max(first, "0001-01"), last)


def _silences(busy: Sequence[tuple[str, str]], asked: Period) -> Iterator[Silence]:
    """Yield the stretches of months between events, and those at the ends of the time that was asked for."""
    if not busy:
        return
    if asked.first > EVER.first and asked.first[:7] < busy[0][0]:
        yield Silence(asked.first[:7], add_months(busy[0][0], -1))
    for (_, end), (begin, _) in itertools.pairwise(busy):
        yield Silence(add_months(end, 1), add_months(begin, -1))
    if asked.last < EVER.last and busy[-1][1] < asked.last[:7]:
        yield Silence(add_months(busy[-1][1], 1), asked.last[:7])


def months_in(silence: Silence) -> int:
    """Return how many months a silence lasts."""
    return month_count(*silence)


def bars(found: Question, field: str) -> View:
    """Return a row for each event, oldest first, and the picture of bars."""
    line = _timeline(found, field)
    columns = ("start", "end", "days", "silent_months", field, "id", "place", "title")

    def rows() -> Iterator[Row]:
        for bar in _bars(found, line):
            event = bar.event
            values: Any = list(bar.values) if line.several else "; ".join(bar.values) or None
            end = event.end or event.start
            cells = (event.start, end, _days(event), bar.silent, values, event.id, event.place or None, event.title)
            yield dict(zip(columns, cells, strict=True))

    def picture() -> "Iterator[RenderableType]":
        from archivecli.render.timeline import lanes

        return lanes(line, list(_bars(found, line)), found.onward, found.out)

    return View(columns, rows, picture)


def _days(event: Event) -> int | None:
    """Return how many days an event lasts; None where its dates are no days."""
    import datetime

    if len(event.start) < 10 or len(event.end) in (4, 7):
        return None
    first, last = (datetime.date.fromisoformat(day) for day in event.period)
    return (last - first).days + 1


def _bars(found: Question, line: Timeline) -> Iterator[Bar]:
    facet = BY_NAME[line.field]
    order = [group.name for group in line.groups]
    silent = {add_months(silence.last, 1): months_in(silence) for silence in line.silences}
    for event in found.selection.events():
        values = facet_values(event, facet)
        group = next((name for name in order if name in values), "")
        yield Bar(event, group, values, silent.pop(event.period.first[:7], 0))


def histogram(found: Question, by: str, field: str, note: str = "") -> View:
    """Return the number of events in each year, quarter or month, and of each group in it."""
    line = _timeline(found, field)
    names = [group.name for group in line.groups]
    spans = list(_spans(found, by, line, names))
    columns = (by, "count", f"by_{field}")

    def rows() -> Iterator[Row]:
        for span in spans:
            yield {by: span.label, "count": span.number, f"by_{field}": span.groups}

    def matrix() -> tuple[Sequence[str], Iterator[Row]]:
        wide = (by, "count", *names, OTHER)
        return wide, (
            {by: s.label, "count": s.number, **{n: s.groups.get(n, 0) for n in (*names, OTHER)}} for s in spans
        )

    def picture() -> "Iterator[RenderableType]":
        from archivecli.render.histogram import histogram_lines

        return histogram_lines(line, by, spans, note, found.onward, found.out)

    return View(columns, rows, picture, matrix)


def _spans(found: Question, by: str, line: Timeline, names: Sequence[str]) -> Iterator[Span]:
    counts = {one.name: one.number for one in found.selection.tally(by)}
    if not counts:
        return
    main = found.selection.main_values(by, line.field, names)
    inside = dict.fromkeys(_labels(by, line.shown))
    labels = inside if inside else sorted(counts)
    for label in labels:
        groups = {(names[rank] if rank >= 0 else OTHER): n for rank, n in sorted(main.get(label, {}).items()) if n}
        if OTHER in groups:
            groups[OTHER] = groups.pop(OTHER)
        yield Span(label, counts.get(label, 0), groups)


def _labels(by: str, shown: Period) -> list[str]:
    """Return every period from the first to the last, none where there are too many."""
    years = int(shown.last[:4]) - int(shown.first[:4]) + 1
    if years * {"year": 1, "quarter": 4, "month": 12}[by] > MOST_PERIODS:
        return []
    return list(periods_between(by, shown.first, shown.last))


def too_many(found: Question, field: str) -> View:
    """Return a histogram in place of bars that nobody could tell apart, which says so."""
    busy = found.selection.busy()
    years = int(busy[-1][1][:4]) - int(busy[0][0][:4]) + 1
    by = "month" if years <= 4 else "quarter" if years <= 15 else "year"
    note = f"{found.total:,} events are too many for a bar each (at most {MOST_BARS}): counted by {by} here."
    note += " Narrow them with a filter to see bars."
    return histogram(found, by, field, note)
