"""The calendar: years by months with their numbers of events, or weeks with a bar for every event."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby, pairwise
from typing import TYPE_CHECKING, NamedTuple

from archivecli import dates, display
from archivecli.dates import MONTHS, SHORT_MONTHS, Period, add_months, month_count
from archivecli.errors import UsageError
from archivecli.events import Event
from archivecli.render import theme
from archivecli.render.tabular import Row, Table, View
from archivecli.render.theme import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

# Years by months

_MONTH_COLUMNS = ("year", *(name.lower() for name in SHORT_MONTHS), "count")


class Year(NamedTuple):
    """How many events share a day with a year, and with each of its months."""

    label: str
    number: int
    months: tuple[int, ...]


class MonthGrid(NamedTuple):
    """Years, newest first and without gaps, and how many events are dated only by month or by year."""

    years: Sequence[Year]
    total: int
    by_month_only: int
    by_year_only: int


def month_grid(
    years: Mapping[str, int], months: Mapping[str, int], asked: Period, total: int, imprecise: tuple[int, int]
) -> MonthGrid:
    """Return the counts of years and months that are within the period asked for."""
    shown = [year for year in years if asked.overlaps(dates.period(year))]
    inside = {month: number for month, number in months.items() if asked.overlaps(dates.period(month))}
    found = [
        Year(label, years.get(label, 0), tuple(inside.get(f"{label}-{month:02d}", 0) for month in range(1, 13)))
        for label in (dates.periods_between("year", min(shown), max(shown)) if shown else ())
    ]
    return MonthGrid(found[::-1], total, *imprecise)


def by_month(grid: MonthGrid, listing: Callable[..., str], view: Callable[..., str]) -> View:
    """Return the table of years by months; ``listing`` and ``view`` make the commands suggested below it."""
    rows = (dict(zip(_MONTH_COLUMNS, (label, *months, number), strict=True)) for label, number, months in grid.years)
    return View(Table(_MONTH_COLUMNS, rows), lambda screen: _draw_grid(grid, listing, view, screen))


def _draw_grid(
    grid: MonthGrid, listing: Callable[..., str], view: Callable[..., str], screen: Screen
) -> Iterator["RenderableType"]:
    if not grid.years:
        return
    layout = _Layout(grid, screen)
    yield from layout.header()
    for has_events, group in groupby(grid.years, lambda year: year.number > 0):
        years = list(group)
        if has_events:
            yield from chain.from_iterable(map(layout.year, years))
        else:
            span = " – ".join(dict.fromkeys((years[-1].label, years[0].label)))
            yield theme.line((f"{span}  no events", theme.SILENCE))
    yield ""
    yield _scale(layout.highest)
    yield theme.note(*_notes(grid))
    yield ""
    number, month = max((number, f"{y.label}-{at:02d}") for y in grid.years for at, number in enumerate(y.months, 1))
    events = f"the {number:,} events" if number > 1 else "the event"
    year = dates.truncate(month, "year")
    yield from theme.commands(
        (listing("--month", month), f"lists {events} of {dates.human(month)}"),
        (view("calendar", year, "--days"), f"shows the days of {year}"),
    )


class _Layout:
    """How wide a cell is, and how many months are on a line."""

    def __init__(self, grid: MonthGrid, screen: Screen) -> None:
        self.highest = max(number for year in grid.years for number in year.months)
        digits = max(len(f"{self.highest:,}"), 2)
        self.total = max(len(f"{max(year.number for year in grid.years):,}"), 4) + 2
        width = screen.width - 4 - self.total
        self.months = next((n for n in (12, 6, 4, 3, 2) if n * (digits + 2) <= width), 1)
        self.cell = min(max(width // self.months, digits + 2), digits + 4)

    def header(self) -> Iterator["Text"]:
        for line in self._lines("    ", [f"{name:>{self.cell}}" for name in SHORT_MONTHS], f"{'Year':>{self.total}}"):
            line.stylize(theme.LABEL)
            yield line

    def year(self, year: Year) -> Iterator["Text"]:
        cells = [self._cell(number) for number in year.months]
        return self._lines((year.label, theme.HEADING), cells, (f"{year.number:>{self.total},}", theme.NUMBER))

    def _lines(self, label: theme.Part, cells: Sequence[theme.Part], total: theme.Part) -> Iterator["Text"]:
        for begin in range(0, 12, self.months):
            end = begin + self.months
            yield theme.line("    " if begin else label, *cells[begin:end], total if end >= 12 else "")

    def _cell(self, number: int) -> theme.Part:
        if not number:
            return f"{'·':>{self.cell - 1}} ", theme.DIM
        level = min(5, 1 + 5 * (number - 1) // max(self.highest, 5))
        return theme.line(f"{number:>{self.cell - 1},}", (_HEAT_SYMBOLS[level], theme.HEAT[level]))


_HEAT_SYMBOLS = " ▁▃▅▆█"


def _scale(highest: int) -> "Text":
    """Return the line that shows which numbers each of the five levels has."""
    line = theme.line(("Events in a month:", theme.DIM))
    last = 0
    for level in range(1, 6):
        first, last = last + 1, min(-(-level * max(highest, 5) // 5), highest)
        if first <= last:
            line.append(f"{' ' if level == 1 else '   '}{_HEAT_SYMBOLS[level]}", theme.HEAT[level])
            line.append(f" {first:,}" if first == last else f" {first:,}–{last:,}", theme.DIM)
    return line


def _notes(grid: MonthGrid) -> Iterator[str]:
    yield f"{display.plural(grid.total, 'event')}."
    if len(grid.years) > 1 and sum(year.number for year in grid.years) != grid.total:
        yield "Some run over the end of a year."
    if any(sum(year.months) != year.number for year in grid.years):
        yield "An event that runs over the end of a month counts in each of its months, and once in its year."
    for number, unit in ((grid.by_month_only, "month"), (grid.by_year_only, "year")):
        if number:
            yield f"{number:,} {'is' if number == 1 else 'are'} dated by {unit} only."


# Weeks and days

MAX_DAYS = 500_000  # days of events; more would fill the memory, and nobody would read them
MAX_BARS = 60  # events of a month; with more, each day shows its number of events instead

_DAY_COLUMNS = ("day", "id", "start", "end", "kind", "place", "title")
_WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_LABEL_AT = 22


def by_day(events: Iterable[Event], asked: Period, shorten: Callable[[str], str]) -> View:
    """Return a row for each day of each event in the period asked for; ``shorten`` shortens ids."""

    def rows() -> Iterator[Row]:
        for day, event in sorted(_days_of(events, asked), key=lambda pair: (pair[0], pair[1].id)):
            dated = (day, event.id, event.start, event.end or event.start)
            cells = (*dated, event.kind or None, event.place or None, event.title)
            yield dict(zip(_DAY_COLUMNS, cells, strict=True))

    return View(Table(_DAY_COLUMNS, rows()), lambda screen: _draw_months(events, asked, shorten, screen))


def _days_of(events: Iterable[Event], asked: Period) -> Iterator[tuple[str, Event]]:
    """Yield each day of each event inside the period; an event without an exact day has its month or year instead."""
    left = MAX_DAYS
    for event in events:
        shared = _intersection(event.period, asked)
        left -= shared.days() if event.is_exact else 1
        if left < 0:
            raise UsageError(f"there are more than {MAX_DAYS:,} days with events", "narrow it with --year or a filter")
        days = (dates.add_days(shared.first, n) for n in range(shared.days())) if event.is_exact else [event.start]
        yield from ((day, event) for day in days)


def _intersection(period: Period, other: Period) -> Period:
    return Period(max(period.first, other.first), min(period.last, other.last))


def _draw_months(
    events: Iterable[Event], asked: Period, shorten: Callable[[str], str], screen: Screen
) -> Iterator["RenderableType"]:
    by_month: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        first, last = _intersection(event.period, asked)
        for month in dates.periods_between("month", first, last if event.is_exact else first):
            by_month[month].append(event)
    for before, month in pairwise(["", *sorted(by_month)]):
        if before and month_count(before, month) > 2:
            gap = dates.human(add_months(before, 1), add_months(month, -1))
            yield theme.paragraph((f"no events {gap}", theme.SILENCE))
            yield ""
        yield from _draw_month(month, by_month[month], shorten, screen)
        yield ""
    if by_month:
        yield theme.note("archive show ID tells everything about one event")


def _draw_month(
    month: str, events: Sequence[Event], shorten: Callable[[str], str], screen: Screen
) -> Iterator["RenderableType"]:
    from calendar import Calendar  # 3 ms, only for people

    year, number, _ = dates.parts(month)
    title = f"{MONTHS[number - 1].title()} {year:04d}"
    yield theme.line((title, theme.HEADING), (f"  {display.plural(len(events), 'event')}", theme.DIM))
    exact = [event for event in events if event.is_exact]
    cell = 6 if len(exact) > MAX_BARS else 3
    if exact:
        yield theme.line(("".join(f"{day:<{cell}}" for day in _WEEKDAYS).rstrip(), theme.LABEL))
        for week in Calendar().monthdayscalendar(year, number):  # 0 for the days of other months
            yield theme.line("".join(f"{day or '':>2}{' ' * (cell - 2)}" for day in week).rstrip())
            days = Period(*(dates.make(year, number, day) for day in (min(filter(None, week)), max(week))))
            shared = [event for event in exact if event.period.overlaps(days)]
            if len(exact) > MAX_BARS:
                yield _day_counts(month, week, shared, cell)
            else:
                yield from (_week_bar(week, days, event, shorten, screen) for event in shared)
    for event in events:
        if not event.is_exact:
            when = f"some time in {dates.human(event.start, event.end)}  "
            yield theme.line((when, theme.DIM), *event_label(event, shorten, screen, screen.width - len(when)))


def _day_counts(month: str, week: Sequence[int], events: Sequence[Event], cell: int) -> "Text":
    line = theme.line()
    for day in week:  # 0 for those of other months
        number = sum(event.period.overlaps(dates.period(f"{month}-{day:02d}")) for event in events) if day else 0
        shown = f"x{number}" if number else "·" if day else ""
        line.append(f"{shown:<{cell}}", style=theme.NUMBER if number else theme.DIM)
    line.rstrip()
    return line


def _week_bar(week: Sequence[int], days: Period, event: Event, shorten: Callable[[str], str], screen: Screen) -> "Text":
    """Return the bar of an event in a week, with arrows if it extends beyond, its id and title."""
    first, last = (week.index(dates.parts(day)[2]) for day in _intersection(event.period, days))
    drawn = list("▄" * (3 * (last - first + 1) - 1))
    goes_on = event.period.first < days.first
    if goes_on:
        drawn[0] = "◀"
    if event.period.last > days.last:
        drawn[-1] = "▶"
    label = event_label(event, shorten, screen, screen.width - _LABEL_AT)
    if goes_on:  # an earlier week has the same label
        label = [(piece, f"{style} {theme.DIM}".strip()) for piece, style in label]
    gap = " " * (_LABEL_AT - 3 * first - len(drawn))
    return theme.line(" " * 3 * first, ("".join(drawn), theme.kind(event.kind)), gap, *label)


def event_label(
    event: Event, shorten: Callable[[str], str], screen: Screen, width: int, date: str = ""
) -> list[tuple[str, str]]:
    """Return the short id and the title of an event, after a date if there is one, truncated to a width."""
    short_id = shorten(event.id)
    title = display.truncate(f"{date}{screen.text(event.title)}", max(width - len(short_id) - 1, 0))
    return [(short_id, theme.ID), (f" {title}", "")]
