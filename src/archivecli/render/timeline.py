"""The timeline: a row for every event, oldest first, with a bar on an axis of time."""

import datetime
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from archivecli import dates, display, text
from archivecli.dates import EVER, MONTHS, SHORT_MONTHS, Period, add_months, month_count
from archivecli.events import Event, facet_values
from archivecli.query.results import Count
from archivecli.render import theme
from archivecli.render.calendar import event_label, is_imprecise
from archivecli.render.tabular import Row, Table, View
from archivecli.render.theme import Screen
from archivecli.schema import CORE_FACETS

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

MAX_BARS = 200
"""More events than these are counted, not drawn."""

MAX_GROUPS = 12
"""So many values have a letter of their own; the others share one."""

SILENCE = 3
"""So many months without events, or a fortieth of the whole time, are worth a row."""

_FULL_YEARS = 5
"""With fewer events a year than these, on average, all years share one axis."""


class Timeline(NamedTuple):
    """A field whose values tell events apart, its most frequent values, the gaps between events, the months to draw."""

    field: str
    groups: Sequence[Count]
    several: bool
    gaps: Sequence[Period]
    shown: Period


def make_timeline(
    field: str, counts: Sequence[Count], total: int, busy: Sequence[tuple[str, str]], asked: Period
) -> Timeline:
    """Return what a timeline needs beside its events; ``busy`` are the stretches of months that have some."""
    values = [count for count in counts if count.name]
    several = sum(count.number for count in values) > total
    return Timeline(field, values[:MAX_GROUPS], several, list(_gaps(busy, asked)), _shown(busy, asked))


def _shown(busy: Sequence[tuple[str, str]], asked: Period) -> Period:
    """Return the months to draw: those asked for, as far as events reach where an end is open."""
    if not busy:
        return asked
    first = asked.first[:7] if asked.first > EVER.first else busy[0][0]
    last = asked.last[:7] if asked.last < EVER.last else max(end for _, end in busy)
    return Period(max(first, "0001-01"), last)


def _gaps(busy: Sequence[tuple[str, str]], asked: Period) -> Iterator[Period]:
    """Yield the months without events, first and last, between events and at the ends of the time asked for."""
    if not busy:
        return
    if asked.first > EVER.first and asked.first[:7] < busy[0][0]:
        yield Period(asked.first[:7], add_months(busy[0][0], -1))
    for (_, end), (begin, _) in itertools.pairwise(busy):
        yield Period(add_months(end, 1), add_months(begin, -1))
    if asked.last < EVER.last and busy[-1][1] < asked.last[:7]:
        yield Period(add_months(busy[-1][1], 1), asked.last[:7])


# Rows


def timeline_view(
    line: Timeline, events: Iterable[Event], shorten: Callable[[str], str], view: Callable[..., str]
) -> View:
    """Return a row for each event; ``shorten`` shortens ids, ``view`` makes the commands that lead on."""
    columns = ("start", "end", "days", "silent_months", line.field, "id", "place", "title")

    def rows() -> Iterator[Row]:
        silent = {add_months(gap.last, 1): month_count(*gap) for gap in line.gaps}
        for event in events:
            found = facet_values(event, CORE_FACETS[line.field])
            values: Any = found if line.several else "; ".join(found) or None
            gap = silent.pop(event.period.first[:7], 0)
            end = event.end or event.start
            cells = (event.start, end, _duration(event), gap, values, event.id, event.place or None, event.title)
            yield dict(zip(columns, cells, strict=True))

    return View(Table(columns, rows()), lambda screen: _draw(line, list(events), shorten, view, screen))


def _duration(event: Event) -> int | None:
    """Return how many days an event lasts; None where its days are not known."""
    if is_imprecise(event):
        return None
    first, last = (datetime.date.fromisoformat(day) for day in event.period)
    return (last - first).days + 1


# The drawing


class Mark(NamedTuple):
    """How a group of events is drawn: a letter of its own and a colour."""

    letter: str
    style: str


OTHER = Mark("+", theme.DIM)
"""The mark of events of none of the groups that have one of their own."""


def marks(line: Timeline) -> dict[str, Mark]:
    """Return a mark for each group: the first letter of its name that is free, else a digit; no two are alike."""
    found: dict[str, Mark] = {}
    used: set[str] = set()
    for place, group in enumerate(line.groups):
        name = group.short or group.name
        letters = [c for c in text.fold(name).upper() if c.isascii() and c.isalpha()]
        letter = next((c for c in [*letters, *"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"] if c not in used), "?")
        used.add(letter)
        style = theme.kind(name) if line.field == "kind" else theme.HUES[place % len(theme.HUES)]
        found[group.name] = Mark(letter, style)
    return found


class Strip(NamedTuple):
    """An axis: its title, its first and last day, and its ticks, a day and a label each."""

    title: str
    period: Period
    ticks: Sequence[tuple[str, str]]
    width: int

    def column(self, day: str) -> int:
        """Return the column of a day, that of the nearest end for a day outside."""
        first, last = (datetime.date.fromisoformat(one).toordinal() for one in self.period)
        at = datetime.date.fromisoformat(min(max(day, self.period.first), self.period.last)).toordinal()
        return (at - first) * self.width // (last - first + 1)


def _draw(
    line: Timeline, events: Sequence[Event], shorten: Callable[[str], str], view: Callable[..., str], screen: Screen
) -> Iterator["RenderableType"]:
    """Yield the axes with their events and gaps, the legend, and commands that lead on."""
    if not events:
        return
    found = marks(line)
    least = max(SILENCE, month_count(*line.shown) // 40)
    gaps = [gap for gap in line.gaps if month_count(*gap) >= least]
    groups = [_group(event, line) for event in events]
    for strip in _strips(line.shown, len(events), max(screen.width * 9 // 20, 12)):
        held = [(event, group) for event, group in zip(events, groups, strict=True) if _overlap(event, strip)]
        if not held:
            continue
        yield from _axis(strip, len(held))
        for event, group in held:
            while gaps and gaps[0].last < event.period.first[:7]:
                yield _gap(gaps.pop(0), strip)
            yield _bar(event, found.get(group, OTHER), strip, shorten(event.id), screen)
        while gaps and gaps[0].last <= strip.period.last[:7]:
            yield _gap(gaps.pop(0), strip)
        yield ""
    yield from (theme.line((_silence(gap), theme.SILENCE)) for gap in gaps)
    yield from _legend(line, found, set(groups), screen)
    yield ""
    pairs = [(view("count", "--by", "month"), "counts them by month")]
    if line.shown.first[:4] != line.shown.last[:4]:
        busiest = Counter(event.start[:4] for event in events).most_common(1)[0][0]
        pairs.append((view("timeline", "--year", busiest), f"draws {busiest} alone"))
    yield from theme.commands(*pairs)


def _group(event: Event, line: Timeline) -> str:
    """Return the most frequent of an event's values, "" where it has none of the groups."""
    values = facet_values(event, CORE_FACETS[line.field])
    return next((group.name for group in line.groups if group.name in values), "")


def _overlap(event: Event, strip: Strip) -> bool:
    return event.period.overlaps(strip.period)


def _strips(shown: Period, events: int, width: int) -> Iterator[Strip]:
    """Yield an axis for each year where years have many events, else one for all."""
    first, last = int(shown.first[:4]), int(shown.last[:4])
    if first < last and events >= _FULL_YEARS * (last - first + 1):
        for year in range(first, last + 1):
            yield _strip(f"{year:04d}", f"{year:04d}-01", f"{year:04d}-12", width)
    else:
        whole = (shown.first[5:], shown.last[5:]) == ("01", "12") or last - first > 10
        title = dates.human(*((shown.first[:4], shown.last[:4]) if whole else (shown.first[:7], shown.last[:7])))
        yield _strip(title, shown.first[:7], shown.last[:7], width)


def _strip(title: str, first: str, last: str, width: int) -> Strip:
    return Strip(title, Period(f"{first}-01", dates.last_day(last)), list(_ticks(first, last, width)), width)


def _ticks(first: str, last: str, width: int) -> Iterator[tuple[str, str]]:
    """Yield weeks for one month or two, months within a year or two, else as many years as there is room for."""
    months = [add_months(first, number) for number in range(month_count(first, last))]
    names = {month: SHORT_MONTHS[int(month[5:]) - 1] for month in months[:24]}
    if len(months) <= 2:
        days = (1, 8, 15, 22) if len(months) * 4 * 7 <= width else (1, 15)
        yield from ((f"{month}-{day:02d}", f"{day} {names[month]}") for month in months for day in days)
    elif len(months) <= 24:
        yield from ((f"{month}-01", name) for month, name in names.items())
    else:
        years = len(months) // 12
        step = next((n for n in (1, 2, 5, 10, 20, 50, 100, 200, 500) if years // n * 6 <= width), 1000)
        for year in range(int(first[:4]), int(last[:4]) + 1):
            if year % step == 0 and f"{year:04d}-01" >= first:
                yield f"{year:04d}-01-01", f"{year:04d}"


def _axis(strip: Strip, events: int) -> Iterator["Text"]:
    """Yield the labels of the axis, shortened to a letter where they would touch, and its ticks."""
    columns = [(strip.column(day), label) for day, label in strip.ticks]
    room = min((after[0] - before[0] for before, after in itertools.pairwise(columns)), default=strip.width)
    labels, ticks = [" "] * strip.width, ["─"] * strip.width
    for column, label in columns:
        shown = label if len(label) < room else label[:1] if not label[:1].isdigit() else ""
        if column + len(shown) > strip.width:
            shown = ""
        labels[column : column + len(shown)] = shown
        ticks[column] = "┬"
    axis = "".join(labels[: strip.width])
    yield theme.line((axis, theme.LABEL), (f"  {strip.title}", theme.HEADING), f"  {display.plural(events, 'event')}")
    yield theme.line(("".join(ticks), theme.DIM))


def _gap(gap: Period, strip: Strip) -> "Text":
    first, last = strip.column(f"{gap.first}-01"), strip.column(dates.last_day(gap.last))
    drawn = f"{' ' * first}{'┄' * (last - first + 1)}"
    return theme.line((f"{drawn:<{strip.width}}  {_silence(gap)}", theme.SILENCE))


def _silence(gap: Period) -> str:
    """Return a gap in words: ``no events January 2011 – November 2012``."""
    first, last = (f"{MONTHS[int(month[5:]) - 1].title()} {month[:4]}" for month in gap)
    if first == last:
        return f"no events {first}"
    return f"no events {first.partition(' ')[0] if gap.first[:4] == gap.last[:4] else first} – {last}"


def _bar(event: Event, mark: Mark, strip: Strip, short_id: str, screen: Screen) -> "Text":
    """Return a bar that begins with its letter: arrows where it goes on beyond the axis, dashes for imprecise dates."""
    first, last = strip.column(event.period.first), strip.column(event.period.last)
    drawn = list(("┄" if is_imprecise(event) else "━") * (last - first + 1))
    begins_before = event.period.first < strip.period.first and len(drawn) > 1
    drawn[1 if begins_before else 0] = mark.letter
    if begins_before:
        drawn[0] = "◀"
    if event.period.last > strip.period.last and len(drawn) > 1 + begins_before:
        drawn[-1] = "▶"
    date = "" if event.id.startswith(event.start) else f"{dates.human(event.start, event.end)} "
    return theme.line(
        " " * first,
        ("".join(drawn), theme.DIM if mark == OTHER else f"bold {mark.style}"),
        " " * (strip.width - last + 1),
        *event_label(short_id, f"{date}{screen.text(event.title)}", screen.width - strip.width - 2),
    )


def _legend(line: Timeline, found: dict[str, Mark], used: set[str], screen: Screen) -> Iterator["RenderableType"]:
    """Yield what the letters and colours that are drawn mean, no entry broken."""
    entries = [
        theme.line((mark.letter, f"bold {mark.style}"), f" {screen.text(group.short or group.name)}")
        for group, mark in zip(line.groups, found.values(), strict=True)
        if group.name in used
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
