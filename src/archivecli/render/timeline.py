"""The timeline: a row for every event, oldest first, with a bar on an axis of time."""

import itertools
import string
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from archivecli import dates, display, text
from archivecli.dates import EVER, SHORT_MONTHS, Period, add_months, month_count
from archivecli.events import Event, facet_values
from archivecli.query.results import Count
from archivecli.render import theme
from archivecli.render.calendar import event_label
from archivecli.render.tabular import Row, Table, View
from archivecli.render.theme import Screen
from archivecli.schema import CORE_FACETS

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

MAX_BARS = 200  # more events are counted, not drawn
MAX_GROUPS = 12  # values that have a letter of their own; the others share one
MIN_GAP = 3  # months without events, or a fortieth of the whole time, from which on a gap has a row
MIN_EVENTS_A_YEAR = 5  # with fewer on average, all years share one axis


class Timeline(NamedTuple):
    """A field whose values tell events apart, its most frequent values, the gaps between events, the months to draw."""

    field: str
    groups: Sequence[Count]
    several: bool
    gaps: Sequence[Period]
    shown: Period

    def values(self, event: Event) -> list[str]:
        """Return the values of an event for the field."""
        return facet_values(event, CORE_FACETS[self.field])


def make_timeline(
    field: str, counts: Sequence[Count], total: int, busy: Sequence[tuple[str, str]], asked: Period
) -> Timeline:
    """Return what a timeline needs beside its events; ``busy`` are the stretches of months that have some."""
    values = [count for count in counts if count.name]
    several = sum(count.number for count in values) > total
    if not busy:
        return Timeline(field, values[:MAX_GROUPS], several, [], asked)
    # an open end is drawn as far as events reach
    first = dates.truncate(asked.first, "month") if asked.first > EVER.first else busy[0][0]
    last = dates.truncate(asked.last, "month") if asked.last < EVER.last else busy[-1][1]
    gaps = [Period(add_months(end, 1), add_months(begin, -1)) for (_, end), (begin, _) in itertools.pairwise(busy)]
    if first < busy[0][0]:
        gaps.insert(0, Period(first, add_months(busy[0][0], -1)))
    if last > busy[-1][1]:
        gaps.append(Period(add_months(busy[-1][1], 1), last))
    return Timeline(field, values[:MAX_GROUPS], several, gaps, Period(first, last))


# Rows


def timeline_view(
    line: Timeline, events: Iterable[Event], shorten: Callable[[str], str], view: Callable[..., str]
) -> View:
    """Return a row for each event; ``shorten`` shortens ids, ``view`` makes the commands suggested below."""
    columns = ("start", "end", "days", "silent_months", line.field, "id", "place", "title")

    def rows() -> Iterator[Row]:
        silent = {add_months(gap.last, 1): month_count(*gap) for gap in line.gaps}
        for event in events:
            values = line.values(event)
            yield {
                "start": event.start,
                "end": event.end or event.start,
                "days": event.period.days() if event.is_exact else None,
                "silent_months": silent.pop(dates.truncate(event.period.first, "month"), 0),
                line.field: values if line.several else "; ".join(values) or None,
                "id": event.id,
                "place": event.place or None,
                "title": event.title,
            }

    return View(Table(columns, rows()), lambda screen: _draw(line, list(events), shorten, view, screen))


# The drawing


class Mark(NamedTuple):
    """How a group of events is drawn: a letter of its own and a colour."""

    letter: str
    style: str


OTHER = Mark("+", theme.DIM)


def marks(line: Timeline) -> dict[str, Mark]:
    """Return a mark for each group, with the first letter of its name that is still free, else any letter."""
    found: dict[str, Mark] = {}
    free = list(string.ascii_uppercase)  # more than there are groups
    for hue, group in zip(itertools.cycle(theme.HUES), line.groups, strict=False):
        name = group.short or group.name
        letter = next((letter for letter in text.fold(name).upper() if letter in free), free[0])
        found[group.name] = Mark(letter, theme.kind(name) if line.field == "kind" else hue)
        free.remove(letter)
    return found


class Axis(NamedTuple):
    """A title, the days that are drawn, ticks (a day and a label each), and the width in cells."""

    title: str
    period: Period
    ticks: Sequence[tuple[str, str]]
    width: int

    def column(self, day: str) -> int:
        """Return the column of a day, or that of the nearer end for a day outside."""
        first, last = self.period
        before = Period(first, min(max(day, first), last)).days() - 1
        return before * self.width // self.period.days()


def _draw(
    line: Timeline, events: Sequence[Event], shorten: Callable[[str], str], view: Callable[..., str], screen: Screen
) -> Iterator["RenderableType"]:
    if not events:
        return
    found = marks(line)
    least = max(MIN_GAP, month_count(*line.shown) // 40)
    gaps = [gap for gap in line.gaps if month_count(*gap) >= least]
    # the most frequent of an event's values that has a letter, or ""
    groups = [next((name for name in found if name in line.values(event)), "") for event in events]
    for axis in _axes(line.shown, len(events), max(screen.width * 9 // 20, 12)):
        held = [pair for pair in zip(events, groups, strict=True) if pair[0].period.overlaps(axis.period)]
        if not held:
            continue
        yield from _draw_axis(axis, len(held))
        for event, group in held:
            while gaps and gaps[0].last < event.period.first:
                yield _gap(gaps.pop(0), axis)
            yield _bar(event, found.get(group, OTHER), axis, shorten, screen)
        while gaps and gaps[0].last <= axis.period.last:
            yield _gap(gaps.pop(0), axis)
        yield ""
    yield from (theme.line((f"no events {dates.human(*gap)}", theme.SILENCE)) for gap in gaps)
    yield from _legend(line, found, set(groups), screen)
    yield ""
    pairs = [(view("count", "--by", "month"), "counts them by month")]
    if dates.year_of(line.shown.first) != dates.year_of(line.shown.last):
        busiest = Counter(dates.truncate(event.start, "year") for event in events).most_common(1)[0][0]
        pairs.append((view("timeline", "--year", busiest), f"draws {busiest} alone"))
    yield from theme.commands(*pairs)


def _axes(shown: Period, events: int, width: int) -> Iterator[Axis]:
    """Yield an axis for each year if years have many events, else one for all."""
    years = list(dates.periods_between("year", *shown))
    days = dates.period(*shown)
    if len(years) > 1 and events >= MIN_EVENTS_A_YEAR * len(years):
        pairs = [(year, dates.period(year)) for year in years]
    else:
        whole = days == dates.period(years[0], years[-1]) or len(years) > 11
        pairs = [(dates.human(*((years[0], years[-1]) if whole else shown)), days)]
    for title, period in pairs:
        yield Axis(title, period, list(_ticks(period, width)), width)


def _ticks(days: Period, width: int) -> Iterator[tuple[str, str]]:
    """Yield weeks for one month or two, months for one year or two, else as many years as fit."""
    months = list(dates.periods_between("month", *days))
    if len(months) > 24:
        years = list(dates.periods_between("year", *days))
        step = next((n for n in (1, 2, 5, 10, 20, 50, 100, 200, 500) if len(months) // 12 // n * 6 <= width), 1000)
        starts = ((dates.first_day(year), year) for year in years if int(year) % step == 0)
        yield from (tick for tick in starts if tick[0] >= days.first)
        return
    names = [(month, SHORT_MONTHS[dates.parts(month)[1] - 1]) for month in months]
    if len(months) > 2:
        yield from ((dates.first_day(month), name) for month, name in names)
    else:
        numbers = (1, 8, 15, 22) if len(months) * 4 * 7 <= width else (1, 15)
        yield from ((f"{month}-{day:02d}", f"{day} {name}") for month, name in names for day in numbers)


def _draw_axis(axis: Axis, events: int) -> Iterator["Text"]:
    """Yield the labels of the axis, shortened to a letter if they would touch, and its ticks."""
    columns = [(axis.column(day), label) for day, label in axis.ticks]
    distance = min((after[0] - before[0] for before, after in itertools.pairwise(columns)), default=axis.width)
    labels, ticks = [" "] * axis.width, ["─"] * axis.width
    for column, label in columns:
        shown = label if len(label) < distance else label[:1] if not label[:1].isdigit() else ""
        if column + len(shown) <= axis.width:
            labels[column : column + len(shown)] = shown
        ticks[column] = "┬"
    yield theme.line(
        ("".join(labels), theme.LABEL),
        (f"  {axis.title}", theme.HEADING),
        f"  {display.plural(events, 'event')}",
    )
    yield theme.line(("".join(ticks), theme.DIM))


def _gap(gap: Period, axis: Axis) -> "Text":
    first, last = (axis.column(day) for day in dates.period(*gap))
    drawn = f"{' ' * first}{'┄' * (last - first + 1)}"
    return theme.line((f"{drawn:<{axis.width}}  no events {dates.human(*gap)}", theme.SILENCE))


def _bar(event: Event, mark: Mark, axis: Axis, shorten: Callable[[str], str], screen: Screen) -> "Text":
    """Return a bar with its letter, arrows if it extends beyond the axis, and dashes for imprecise dates."""
    first, last = axis.column(event.period.first), axis.column(event.period.last)
    drawn = list(("━" if event.is_exact else "┄") * (last - first + 1))
    begins_before = event.period.first < axis.period.first and len(drawn) > 1
    drawn[1 if begins_before else 0] = mark.letter
    if begins_before:
        drawn[0] = "◀"
    if event.period.last > axis.period.last and len(drawn) > 1 + begins_before:
        drawn[-1] = "▶"
    date = "" if event.id.startswith(event.start) else f"{dates.human(event.start, event.end)} "
    return theme.line(
        " " * first,
        ("".join(drawn), theme.DIM if mark == OTHER else f"bold {mark.style}"),
        " " * (axis.width - last + 1),
        *event_label(event, shorten, screen, screen.width - axis.width - 2, date),
    )


def _legend(line: Timeline, found: dict[str, Mark], used: set[str], screen: Screen) -> Iterator["RenderableType"]:
    entries = [
        theme.line((found[name].letter, f"bold {found[name].style}"), f" {screen.text(short or name)}")
        for name, short, _ in line.groups
        if name in used
    ]
    if "" in used:
        entries.append(theme.line((f"{OTHER.letter} other or none", theme.DIM)))
    row = theme.line()
    for entry in entries:
        if row and row.cell_len + 3 + entry.cell_len > screen.width:
            yield row
            row = theme.line()
        row.append("   " if row else "").append_text(entry)
    yield row
    if line.several:
        yield theme.note(f"An event with several values of {line.field} is drawn in the most frequent of them.")
