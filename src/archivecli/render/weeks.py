"""Events → weeks of days, with a bar below each week for every event that shares a day with it."""

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text

from archivecli import dates, display
from archivecli.dates import Period
from archivecli.events import Event
from archivecli.render import theme
from archivecli.render.screen import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

MOST_BARS = 60
"""A month of more events than these shows the number of each day instead of a bar an event."""

_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


class Week(NamedTuple):
    """Seven days from a Monday on, of which those of one month count: ISO days."""

    first: str
    last: str
    begins: int


def weeks(
    events: Iterable[Event], asked: Period, shorten: Callable[[str], str], screen: Screen
) -> Iterator["RenderableType"]:
    """Yield the months that have events, with their weeks; what lies outside the period ``asked`` is left out."""
    by_month: dict[str, list[Event]] = {}
    for event in events:
        for month in _months(event, asked):
            by_month.setdefault(month, []).append(event)
    before = ""
    for month in sorted(by_month):
        if before:
            yield Text("")
            yield from _silence(before, month, screen)
        yield from _month(month, by_month[month], shorten, screen)
        before = month
    if before:
        yield Text("\narchive show ID tells everything about one event", style=theme.DIM)


def _is_vague(event: Event) -> bool:
    return len(event.start) < 10 or len(event.end) in (4, 7)


def _months(event: Event, asked: Period) -> Iterator[str]:
    """Yield the months in which an event is drawn; one without exact days stands in its first month only."""
    month = max(event.period.first, asked.first)[:7]
    last = month if _is_vague(event) else min(event.period.last, asked.last)[:7]
    while month <= last:
        yield month
        year, number = int(month[:4]), int(month[5:])
        if month == "9999-12":
            return
        month = f"{year + 1:04d}-01" if number == 12 else f"{year:04d}-{number + 1:02d}"


def _silence(before: str, month: str, screen: Screen) -> Iterator[Text]:
    """Yield a line for the months without events between two that have some."""
    gap = (int(month[:4]) - int(before[:4])) * 12 + int(month[5:]) - int(before[5:]) - 1
    if gap < 1:
        return
    first = _moved(before, 1)
    last = _moved(month, -1)
    dash = theme.signs(screen.unicode).dash
    span = dates.human(first) if gap == 1 else f"{dates.human(first)} {dash} {dates.human(last)}"
    yield Text(f"no events {span}", style=theme.SILENCE)
    yield Text("")


def _moved(month: str, by: int) -> str:
    number = int(month[:4]) * 12 + int(month[5:]) - 1 + by
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def _month(month: str, events: list[Event], shorten: Callable[[str], str], screen: Screen) -> Iterator[Text]:
    exact = [event for event in events if not _is_vague(event)]
    number = f"{len(events):,} event{'' if len(events) == 1 else 's'}"
    title = Text(f"{dates.MONTHS[int(month[5:]) - 1].title()} {month[:4]}", style=theme.HEADING)
    yield title.append(f"  {number}", style="not bold dim")
    crowded = len(exact) > MOST_BARS
    cell = 6 if crowded else 3
    if exact:
        yield Text("".join(f"{day:<{cell}}" for day in _DAYS).rstrip(), style=theme.LABEL)
        for week in _weeks(month):
            yield _dates(week, cell)
            shared = [e for e in exact if e.period.overlaps(Period(week.first, week.last))]
            if crowded:
                yield _counts(week, shared, cell, screen)
            else:
                yield from (_bar(week, event, shorten, screen) for event in shared)
    for event in (event for event in events if _is_vague(event)):
        yield _undated(event, shorten, screen)


def _weeks(month: str) -> Iterator[Week]:
    year, number = int(month[:4]), int(month[5:])
    weekday = datetime.date(year, number, 1).weekday()
    length = dates.month_length(year, number)
    day = 1
    while day <= length:
        last = min(day + 6 - weekday, length)
        yield Week(f"{month}-{day:02d}", f"{month}-{last:02d}", weekday)
        day, weekday = last + 1, 0


def _dates(week: Week, cell: int) -> Text:
    numbers = range(int(week.first[8:]), int(week.last[8:]) + 1)
    return Text(" " * cell * week.begins + "".join(f"{day:>2}{' ' * (cell - 2)}" for day in numbers).rstrip())


def _counts(week: Week, events: Sequence[Event], cell: int, screen: Screen) -> Text:
    line = Text(" " * cell * week.begins, no_wrap=True)
    dot = theme.signs(screen.unicode).dot
    for day in range(int(week.first[8:]), int(week.last[8:]) + 1):
        iso = f"{week.first[:8]}{day:02d}"
        number = sum(event.period.first <= iso <= event.period.last for event in events)
        shown = f"x{number}" if number else dot
        line.append(f"{shown:<{cell}}", style=theme.NUMBER if number else theme.DIM)
    line.rstrip()
    return line


def _bar(week: Week, event: Event, shorten: Callable[[str], str], screen: Screen) -> Text:
    """Return the bar of an event in a week, with arrows where it goes on beyond, and what it is."""
    signs = theme.signs(screen.unicode)
    first, last = max(event.period.first, week.first), min(event.period.last, week.last)
    offset = week.begins + int(first[8:]) - int(week.first[8:])
    length = int(last[8:]) - int(first[8:]) + 1
    drawn = list(signs.block * (3 * length - 1))
    if event.period.first < first:
        drawn[0] = signs.begins
    if event.period.last > last:
        drawn[-1] = signs.ends
    line = Text(" " * 3 * offset, no_wrap=True, overflow="crop")
    line.append("".join(drawn), style=theme.kind(event.kind))
    line.append(" " * (22 - len(line.plain)))
    again = event.period.first < week.first[:8] + "01" if week.first[8:] == "01" else event.period.first < week.first
    return line.append_text(_label(event, shorten(event.id), screen.width - 22, again, screen))


def _label(event: Event, short: str, room: int, again: bool, screen: Screen) -> Text:
    signs = theme.signs(screen.unicode)
    label = Text(short, style=theme.ID)
    title = theme.said(event.title, screen.unicode)
    label.append(f" {display.truncate(title, max(room - len(short) - 1, 0), signs.ellipsis)}", style="default")
    if again:
        label.stylize(theme.DIM)
    return label


def _undated(event: Event, shorten: Callable[[str], str], screen: Screen) -> Text:
    signs = theme.signs(screen.unicode)
    said = f"some time in {dates.human(event.start, event.end, signs.dash)}  "
    line = Text(said, style=theme.DIM, no_wrap=True, overflow="crop")
    return line.append_text(_label(event, shorten(event.id), screen.width - len(said), False, screen))
