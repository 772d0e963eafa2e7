"""The calendar: years by months with their numbers of events, or weeks with a bar for every event."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
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

_NAMES = tuple(name.lower() for name in SHORT_MONTHS)


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
    first, last = asked.first[:7], asked.last[:7]
    shown = [year for year in years if first[:4] <= year <= last[:4]]
    labels = [f"{year:04d}" for year in range(int(max(shown)), int(min(shown)) - 1, -1)] if shown else []
    inside = {month: number for month, number in months.items() if first <= month <= last}
    found = (
        Year(year, years.get(year, 0), tuple(inside.get(f"{year}-{month:02d}", 0) for month in range(1, 13)))
        for year in labels
    )
    return MonthGrid(list(found), total, *imprecise)


def by_month(grid: MonthGrid, listing: Callable[..., str], view: Callable[..., str]) -> View:
    """Return the table of years by months; ``listing`` and ``view`` make the commands that lead on."""
    rows = (
        {"year": year.label, **dict(zip(_NAMES, year.months, strict=True)), "count": year.number} for year in grid.years
    )
    return View(Table(("year", *_NAMES, "count"), rows), lambda screen: _draw_grid(grid, listing, view, screen))


def _draw_grid(
    grid: MonthGrid, listing: Callable[..., str], view: Callable[..., str], screen: Screen
) -> Iterator["RenderableType"]:
    if not grid.years:
        return
    layout = _Layout(grid, screen)
    yield from layout.header()
    silent: list[str] = []  # years without events that follow each other share a line
    for year in grid.years:
        if year.number:
            yield from _silent_years(silent)
            yield from layout.year(year)
            silent = []
        else:
            silent.append(year.label)
    yield ""
    yield _scale(layout.highest)
    yield theme.note(*_notes(grid))
    yield ""
    number, month = max((number, f"{y.label}-{at:02d}") for y in grid.years for at, number in enumerate(y.months, 1))
    events = f"the {number:,} events" if number > 1 else "the event"
    yield from theme.commands(
        (listing("--month", month), f"lists {events} of {dates.human(month)}"),
        (view("calendar", month[:4], "--days"), f"shows the days of {month[:4]}"),
    )


class _Layout:
    """How wide a cell is, and how many months are on a line."""

    def __init__(self, grid: MonthGrid, screen: Screen) -> None:
        self.highest = max(number for year in grid.years for number in year.months)
        digits = max(len(f"{self.highest:,}"), 2)
        self.total = max(len(f"{max(year.number for year in grid.years):,}"), 4) + 2
        room = screen.width - 4 - self.total
        self.months = next((n for n in (12, 6, 4, 3, 2) if n * (digits + 2) <= room), 1)
        self.cell = min(max(room // self.months, digits + 2), digits + 4)

    def header(self) -> Iterator["Text"]:
        for begin in range(0, 12, self.months):
            names = "".join(f"{name:>{self.cell}}" for name in SHORT_MONTHS[begin : begin + self.months])
            total = f"{'Year':>{self.total}}" if begin + self.months >= 12 else ""
            yield theme.line((f"    {names}{total}", theme.LABEL))

    def year(self, year: Year) -> Iterator["Text"]:
        for begin in range(0, 12, self.months):
            line = theme.line((year.label if not begin else "    ", theme.HEADING))
            for number in year.months[begin : begin + self.months]:
                line.append_text(self._number(number))
            if begin + self.months >= 12:
                line.append(f"{year.number:>{self.total},}", style=theme.NUMBER)
            yield line

    def _number(self, number: int) -> "Text":
        if not number:
            return theme.line((f"{'·':>{self.cell - 1}} ", theme.DIM))
        level = _level(number, self.highest)
        return theme.line(f"{number:>{self.cell - 1},}", (_HEAT_SYMBOLS[level], theme.HEAT[level]))


_HEAT_SYMBOLS = " ▁▃▅▆█"


def _level(number: int, highest: int) -> int:
    """Return how hot a number is beside the highest: 0 for none, else 1 to 5, in equal steps."""
    return min(5, 1 + 5 * (number - 1) // max(highest, 5)) if number else 0


def _scale(highest: int) -> "Text":
    """Return the line that shows the numbers of each level."""
    line = theme.line(("Events in a month:", theme.DIM))
    lowest = [1 - (-step * max(highest, 5) // 5) for step in range(6)]
    for place, low in enumerate(lowest[:5]):
        high = min(lowest[place + 1] - 1, highest)
        if low <= highest:
            numbers = f" {low:,}" if low == high else f" {low:,}–{high:,}"
            line.append(f"  {_HEAT_SYMBOLS[place + 1]}" if place else f" {_HEAT_SYMBOLS[1]}", theme.HEAT[place + 1])
            line.append(f"{numbers} ", theme.DIM)
    line.rstrip()
    return line


def _silent_years(years: Sequence[str]) -> Iterator["Text"]:
    if years:
        span = years[0] if len(years) == 1 else f"{years[-1]} – {years[0]}"
        yield theme.line((f"{span}  no events", theme.SILENCE))


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

MAX_DAYS = 500_000
"""More days of events than these are refused: nobody reads them, and they would fill the memory."""

MAX_BARS = 60
"""A month of more events than these shows the number of each day instead of a bar for each event."""

_COLUMNS = ("day", "id", "start", "end", "kind", "place", "title")
_WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_LABEL_AT = 22


def by_day(events: Iterable[Event], asked: Period, shorten: Callable[[str], str]) -> View:
    """Return a row for each day of each event in the period asked for; ``shorten`` shortens ids."""

    def rows() -> Iterator[Row]:
        for day, event in sorted(_days_of(events, asked), key=lambda pair: (pair[0], pair[1].id)):
            end = event.end or event.start
            cells = (day, event.id, event.start, end, event.kind or None, event.place or None, event.title)
            yield dict(zip(_COLUMNS, cells, strict=True))

    return View(Table(_COLUMNS, rows()), lambda screen: _draw_months(events, asked, shorten, screen))


def is_imprecise(event: Event) -> bool:
    """Tell whether an event is dated by a month or a year only."""
    return len(event.start) < 10 or len(event.end) in (4, 7)


def _days_of(events: Iterable[Event], asked: Period) -> Iterator[tuple[str, Event]]:
    """Yield each day of each event inside the period; an event without an exact day has its month or year instead."""
    number = 0
    for event in events:
        for day in _days(event, asked):
            number += 1
            if number > MAX_DAYS:
                raise UsageError(
                    f"there are more than {MAX_DAYS:,} days with events", "narrow it with --year or a filter"
                )
            yield day, event


def _days(event: Event, asked: Period) -> Iterator[str]:
    if is_imprecise(event):
        yield event.start
        return
    first, last = max(event.period.first, asked.first), min(event.period.last, asked.last)
    for ordinal in range(date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal() + 1):
        yield date.fromordinal(ordinal).isoformat()


def _draw_months(
    events: Iterable[Event], asked: Period, shorten: Callable[[str], str], screen: Screen
) -> Iterator["RenderableType"]:
    """Yield the months that have events, with their weeks, and lines for the silences between them."""
    by_month: dict[str, list[Event]] = {}
    for event in events:
        for month in _months(event, asked):
            by_month.setdefault(month, []).append(event)
    before = ""
    for month in sorted(by_month):
        if before:
            yield ""
        if before and month_count(before, month) > 2:
            span = dates.human(add_months(before, 1), add_months(month, -1))
            yield theme.paragraph((f"no events {span}", theme.SILENCE))
            yield ""
        yield from _draw_month(month, by_month[month], shorten, screen)
        before = month
    if before:
        yield ""
        yield theme.note("archive show ID tells everything about one event")


def _months(event: Event, asked: Period) -> Iterator[str]:
    """Yield the months in which an event is drawn: only the first for one without exact days."""
    first, last = max(event.period.first, asked.first)[:7], min(event.period.last, asked.last)[:7]
    for number in range(1 if is_imprecise(event) else month_count(first, last)):
        yield add_months(first, number)


def _draw_month(
    month: str, events: Sequence[Event], shorten: Callable[[str], str], screen: Screen
) -> Iterator["RenderableType"]:
    exact = [event for event in events if not is_imprecise(event)]
    title = f"{MONTHS[int(month[5:]) - 1].title()} {month[:4]}"
    yield theme.line((title, theme.HEADING), (f"  {display.plural(len(events), 'event')}", theme.DIM))
    crowded = len(exact) > MAX_BARS
    cell = 6 if crowded else 3
    if exact:
        yield theme.line(("".join(f"{day:<{cell}}" for day in _WEEKDAYS).rstrip(), theme.LABEL))
        for week in _weeks(month):
            yield _dates(week, cell)
            shared = [event for event in exact if event.period.overlaps(Period(week.first, week.last))]
            if crowded:
                yield _day_counts(week, shared, cell)
            else:
                yield from (_week_bar(week, event, shorten, screen) for event in shared)
    for event in events:
        if is_imprecise(event):
            when = f"some time in {dates.human(event.start, event.end)}  "
            label = event_label(shorten(event.id), screen.text(event.title), screen.width - len(when))
            yield theme.line((when, theme.DIM), *label)


class _Week(NamedTuple):
    """The days of a month in one week, and the weekday of the first, 0 for Monday."""

    first: str
    last: str
    weekday: int

    @property
    def days(self) -> range:
        return range(int(self.first[8:]), int(self.last[8:]) + 1)


def _weeks(month: str) -> Iterator[_Week]:
    year, number = int(month[:4]), int(month[5:])
    day, weekday = 1, date(year, number, 1).weekday()
    length = dates.month_length(year, number)
    while day <= length:
        last = min(day + 6 - weekday, length)
        yield _Week(f"{month}-{day:02d}", f"{month}-{last:02d}", weekday)
        day, weekday = last + 1, 0


def _dates(week: _Week, cell: int) -> "Text":
    days = "".join(f"{day:>2}{' ' * (cell - 2)}" for day in week.days)
    return theme.line((" " * cell * week.weekday + days).rstrip())


def _day_counts(week: _Week, events: Sequence[Event], cell: int) -> "Text":
    line = theme.line(" " * cell * week.weekday)
    for day in week.days:
        iso = f"{week.first[:8]}{day:02d}"
        number = sum(event.period.first <= iso <= event.period.last for event in events)
        line.append(f"{f'x{number}' if number else '·':<{cell}}", style=theme.NUMBER if number else theme.DIM)
    line.rstrip()
    return line


def _week_bar(week: _Week, event: Event, shorten: Callable[[str], str], screen: Screen) -> "Text":
    """Return the bar of an event in a week, with arrows where it goes on beyond, and what it is."""
    first, last = max(event.period.first, week.first), min(event.period.last, week.last)
    offset = 3 * (week.weekday + int(first[8:]) - int(week.first[8:]))
    drawn = list("▄" * (3 * (int(last[8:]) - int(first[8:]) + 1) - 1))
    if event.period.first < first:
        drawn[0] = "◀"
    if event.period.last > last:
        drawn[-1] = "▶"
    label = event_label(shorten(event.id), screen.text(event.title), screen.width - _LABEL_AT)
    if event.period.first < first:  # it has been named in an earlier week
        label = [(piece, f"{style} {theme.DIM}".strip()) for piece, style in label]
    gap = " " * (_LABEL_AT - offset - len(drawn))
    return theme.line(" " * offset, ("".join(drawn), theme.kind(event.kind)), gap, *label)


def event_label(short_id: str, title: str, room: int) -> list[tuple[str, str]]:
    """Return the id and the title of an event, cut to the room there is."""
    return [(short_id, theme.ID), (f" {display.truncate(title, max(room - len(short_id) - 1, 0))}", "")]
