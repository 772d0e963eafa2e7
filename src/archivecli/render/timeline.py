"""Events → bars on an axis of time: a strip for each year (or month, or decade), lanes where bars would overlap."""

import datetime
import itertools
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from rich.text import Text

from archivecli import dates, display
from archivecli.dates import Period
from archivecli.events import Event
from archivecli.render import theme
from archivecli.render.screen import Counted, Screen

if TYPE_CHECKING:
    from rich.console import RenderableType

LONG_SILENCE = 3
"""So many months without events are worth a mark."""

_SHORTEST_LABEL, _LONGEST_LABEL = 18, 56
_MOST_SILENCES = 6


class Bar(Protocol):
    """An event and the group that it is drawn in."""

    @property
    def event(self) -> Event:
        """The event."""

    @property
    def group(self) -> str:
        """The name of its group; empty for others."""


class Stretch(Protocol):
    """Months without events."""

    @property
    def first(self) -> str:
        """The first month."""

    @property
    def last(self) -> str:
        """The last month."""


class Timeline(Protocol):
    """What is drawn, and how it is told apart."""

    @property
    def field(self) -> str:
        """The field that letters and colours stand for."""

    @property
    def groups(self) -> Sequence[Counted]:
        """Its most frequent values."""

    @property
    def total(self) -> int:
        """The number of events."""

    @property
    def silences(self) -> Sequence[Stretch]:
        """The stretches of months without events, in order."""

    @property
    def shown(self) -> Period:
        """The first and last month to draw."""

    @property
    def several(self) -> bool:
        """Whether an event can have several values of the field."""


class Commands(Protocol):
    """Builds the commands that lead on."""

    def listing(self, *more: str) -> str:
        """Return the command that lists the events, narrowed by options."""

    def view(self, verb: str, *more: str) -> str:
        """Return another view of the same events."""


class Strip(NamedTuple):
    """A part of the axis that fills the width: its days, its title, its ticks (a day and a label each)."""

    first: str
    last: str
    title: str
    ticks: Sequence[tuple[str, str]]


Marks = dict[str, theme.Mark]


def lanes(line: Timeline, bars: Sequence[Bar], commands: Commands, screen: Screen) -> Iterator["RenderableType"]:
    """Yield the strips that hold events, lines for the silences between them, the legend, and commands that lead on."""
    if not bars:
        return
    marks = group_marks(line, screen)
    silences = [silence for silence in line.silences if length(silence) >= LONG_SILENCE]
    told: set[str] = set()
    for strip in _strips(line.shown):
        held = [bar for bar in bars if bar.event.period.overlaps(Period(strip.first, strip.last))]
        if not held:
            yield from _between(strip, silences, told, screen)
            continue
        yield from _strip(strip, held, marks, silences, screen)
        yield Text("")
    yield from silent_line(silences, screen)
    yield from legend(line, marks, {bar.group for bar in bars}, screen)
    yield from _onward(line, bars, commands)


def group_marks(line: Timeline, screen: Screen) -> Marks:
    """Return the mark of each group by its full name, those of others under the empty name."""
    shorts = [group.short for group in line.groups]
    found = theme.marks(shorts, line.field == "kind")
    return {group.name: found[group.short] for group in line.groups} | {"": theme.OTHER}


def length(silence: Stretch) -> int:
    """Return how many months a silence lasts."""
    first, last = silence.first, silence.last
    return (int(last[:4]) - int(first[:4])) * 12 + int(last[5:]) - int(first[5:]) + 1


def span(silence: Stretch, screen: Screen) -> str:
    """Return a silence in words: ``January 2011 – November 2012``."""
    dash = theme.signs(screen.unicode).dash
    first, last = _month(silence.first), _month(silence.last)
    if first == last:
        return first
    if silence.first[:4] == silence.last[:4]:
        first = first.partition(" ")[0]
    return f"{first} {dash} {last}"


def _month(month: str) -> str:
    return f"{dates.MONTHS[int(month[5:]) - 1].title()} {month[:4]}"


# The axis


def _strips(shown: Period) -> Iterator[Strip]:
    """Yield the parts of the axis: one where all is within a year, else years, decades or centuries."""
    first, last = int(shown.first[:4]), int(shown.last[:4])
    if first == last:
        yield _within_a_year(shown)
        return
    step = 1 if last - first < 40 else 10 if last - first < 400 else 100
    for year in range(first - first % step, last + 1, step):
        begin, end = max(year, 1), min(year + step - 1, 9999)
        title = f"{begin:04d}" if step == 1 else f"{begin:04d}s" if step == 10 else f"{begin:04d} to {end:04d}"
        yield Strip(f"{begin:04d}-01-01", f"{end:04d}-12-31", title, list(_ticks(begin, end)))


def _ticks(begin: int, end: int) -> Iterator[tuple[str, str]]:
    if begin == end:
        yield from ((f"{begin:04d}-{month:02d}-01", dates.SHORT_MONTHS[month - 1]) for month in range(1, 13))
        return
    for year in range(begin, end + 1, 1 if end - begin < 10 else 10):
        yield f"{year:04d}-01-01", f"{year:04d}"


def _within_a_year(shown: Period) -> Strip:
    year, first, last = shown.first[:4], int(shown.first[5:7]), int(shown.last[5:7])
    title = year if (first, last) == (1, 12) else dates.human(shown.first[:7], shown.last[:7])
    if last - first > 1:
        ticks = [(f"{year}-{month:02d}-01", dates.SHORT_MONTHS[month - 1]) for month in range(first, last + 1)]
    else:
        ticks = [
            (f"{year}-{month:02d}-{day:02d}", f"{day} {dates.SHORT_MONTHS[month - 1]}")
            for month in range(first, last + 1)
            for day in (1, 8, 15, 22)
        ]
    return Strip(f"{year}-{first:02d}-01", dates.last_day(f"{year}-{last:02d}"), title, ticks)


class _Axis:
    """Where the days of a strip stand."""

    def __init__(self, strip: Strip, width: int) -> None:
        self.strip, self.width = strip, width
        self.begin = datetime.date.fromisoformat(strip.first).toordinal()
        self.days = datetime.date.fromisoformat(strip.last).toordinal() - self.begin + 1

    def column(self, day: str) -> int:
        """Return the column of a day, that of the nearest end for a day outside."""
        day = min(max(day, self.strip.first), self.strip.last)
        return (datetime.date.fromisoformat(day).toordinal() - self.begin) * self.width // self.days


# Strips


def _strip(
    strip: Strip, bars: Sequence[Bar], marks: Marks, silences: Sequence[Stretch], screen: Screen
) -> Iterator[Text]:
    axis = _Axis(strip, screen.width)
    title = Text(theme.said(strip.title, screen.unicode), style=theme.HEADING)
    yield title.append(f"  {len(bars):,} event{'' if len(bars) == 1 else 's'}", style="not bold dim")
    yield from _scale(axis, screen)
    yield from _silent(axis, silences, screen)
    yield from _lanes(axis, bars, marks, screen)


def _scale(axis: _Axis, screen: Screen) -> Iterator[Text]:
    """Yield the labels of the axis, shortened to their first letter where they would touch, and its ticks."""
    columns = [(axis.column(day), label) for day, label in axis.strip.ticks]
    room = min((b[0] - a[0] for a, b in itertools.pairwise(columns)), default=axis.width)
    labels, ticks = [" "] * axis.width, [theme.signs(screen.unicode).axis] * axis.width
    for column, label in columns:
        shown = label if len(label) < room else label[:1] if not label[:1].isdigit() else ""
        labels[column : column + len(shown)] = shown
        ticks[column] = theme.signs(screen.unicode).tick
    yield Text("".join(labels[: axis.width]).rstrip(), style=theme.LABEL, no_wrap=True)
    yield Text("".join(ticks), style=theme.DIM, no_wrap=True)


def _silent(axis: _Axis, silences: Sequence[Stretch], screen: Screen) -> Iterator[Text]:
    """Yield a line that marks the long silences within a strip, if it has any."""
    line = [" "] * axis.width
    for silence in silences:
        first, last = f"{silence.first}-01", dates.last_day(silence.last)
        if last < axis.strip.first or first > axis.strip.last:
            continue
        begin, end = axis.column(first), axis.column(last)
        room = end - begin + 1
        words = " no events " if room >= 13 else ""
        fill = theme.signs(screen.unicode).vague
        line[begin : end + 1] = f"{words:{fill}^{room}}"
    if "".join(line).strip():
        yield Text("".join(line).rstrip(), style=theme.SILENCE, no_wrap=True)


class _Placed(NamedTuple):
    """A bar with its label on a lane: the columns of the bar and of the label, and how much of that is the date."""

    bar: Bar
    first: int
    last: int
    label: str
    label_at: int
    dated: int = 0


def _lanes(axis: _Axis, bars: Sequence[Bar], marks: Marks, screen: Screen) -> Iterator[Text]:
    occupied: list[list[tuple[int, int]]] = []
    placed: list[list[_Placed]] = []
    for bar in bars:
        candidates = list(_candidates(axis, bar, screen))
        for lane, taken in enumerate(occupied):
            free = next((c for c in candidates if _is_free(taken, c)), None)
            if free is not None:
                placed[lane].append(free)
                taken.append(_extent(free))
                break
        else:
            placed.append([candidates[0]])
            occupied.append([_extent(candidates[0])])
    for lane_bars in placed:
        yield _drawn(axis, sorted(lane_bars, key=lambda p: _extent(p)[0]), marks, screen)


def _candidates(axis: _Axis, bar: Bar, screen: Screen) -> Iterator[_Placed]:
    """Yield where a bar's label may stand: behind it, or before it, the roomier side first where neither fits whole."""
    signs = theme.signs(screen.unicode)
    first, last = axis.column(bar.event.period.first), axis.column(bar.event.period.last)
    when = _when(bar.event, axis.strip, screen)
    full = display.truncate(f"{when} {theme.said(bar.event.title, screen.unicode)}", _LONGEST_LABEL, signs.ellipsis)
    behind, before = axis.width - last - 2, first - 1
    wanted = min(display.width(full), _SHORTEST_LABEL)
    right = _Placed(bar, first, last, display.truncate(full, max(behind, 0), signs.ellipsis), last + 2, len(when))
    shown = display.truncate(full, max(before, 0), signs.ellipsis)
    left = _Placed(bar, first, last, shown, first - 1 - display.width(shown), len(when))
    if behind >= display.width(full) or (behind >= before and behind >= wanted):
        yield right
        if before >= wanted:
            yield left
    elif before >= wanted:
        yield left
        if behind >= wanted:
            yield right
    else:
        inside = display.truncate(full, max(last - first - 5, 0), signs.ellipsis)
        yield _Placed(bar, first, last, inside, first + 3, len(when))


def _when(event: Event, strip: Strip, screen: Screen) -> str:
    """Return the date of an event without what the strip already says."""
    signs = theme.signs(screen.unicode)
    when = dates.human(event.start, event.end, signs.dash)
    if strip.first[:4] == strip.last[:4] and when.endswith(f" {strip.first[:4]}"):
        when = when[:-5]
    return when


def _extent(placed: _Placed) -> tuple[int, int]:
    """Return the columns that a bar and its label take, a blank on either side included."""
    ends = [placed.first, placed.last]
    if placed.label:
        ends += [placed.label_at, placed.label_at + display.width(placed.label) - 1]
    return min(ends) - 1, max(ends) + 1


def _is_free(taken: Sequence[tuple[int, int]], placed: _Placed) -> bool:
    first, last = _extent(placed)
    return all(last <= begin or first >= end for begin, end in taken)


def _drawn(axis: _Axis, lane: Sequence[_Placed], marks: Marks, screen: Screen) -> Text:
    line = Text(no_wrap=True, overflow="crop")
    at = 0
    for placed in lane:
        pieces = [(placed.first, _bar(axis, placed, marks, screen))]
        if placed.label:
            pieces.append((placed.label_at, _styled(placed)))
        if placed.first < placed.label_at < placed.last:
            pieces = _labelled_inside(*pieces)
        for column, piece in sorted(pieces, key=lambda pair: pair[0]):
            line.append(" " * (column - at))
            line.append_text(piece)
            at = column + display.width(piece.plain)
    return line


def _labelled_inside(bar: tuple[int, Text], label: tuple[int, Text]) -> list[tuple[int, Text]]:
    """Return a bar in two pieces with its label between them, for one that leaves no room beside it."""
    begin, drawn = bar
    at, said = label
    end = at + said.cell_len
    return [(begin, drawn[: at - begin - 1]), label, (end + 1, drawn[end + 1 - begin :])]


def _styled(placed: _Placed) -> Text:
    label = Text(placed.label)
    label.stylize(theme.DATE, 0, placed.dated)
    return label


def _bar(axis: _Axis, placed: _Placed, marks: Marks, screen: Screen) -> Text:
    """Return the bar: its letter, then its length; arrows where it goes on beyond the strip; dashes for vague dates."""
    signs = theme.signs(screen.unicode)
    mark = marks[placed.bar.group]
    event = placed.bar.event
    vague = len(event.start) < 10 or len(event.end) in (4, 7)
    drawn = list((signs.vague if vague else signs.bar) * (placed.last - placed.first + 1))
    begins_before = event.period.first < axis.strip.first and len(drawn) > 1
    drawn[1 if begins_before else 0] = mark.letter
    if begins_before:
        drawn[0] = signs.begins
    if event.period.last > axis.strip.last and len(drawn) > 1 + begins_before:
        drawn[-1] = signs.ends
    return Text("".join(drawn), style=f"bold {mark.style}" if mark.style != theme.DIM else theme.DIM)


# Silences, legend, commands


def _between(strip: Strip, silences: Sequence[Stretch], told: set[str], screen: Screen) -> Iterator[Text]:
    """Yield a line for a strip without events: its silence, told once."""
    for silence in silences:
        if silence.first <= strip.last[:7] and strip.first[:7] <= silence.last and silence.first not in told:
            told.add(silence.first)
            yield Text(f"no events {span(silence, screen)}", style=theme.SILENCE)
            yield Text("")


def silent_line(silences: Sequence[Stretch], screen: Screen) -> Iterator[Text]:
    """Yield a sentence with the long silences, the longest of them where there are many."""
    if not silences:
        return
    longest = sorted(silences, key=length, reverse=True)[:_MOST_SILENCES]
    shown = "; ".join(span(silence, screen) for silence in silences if silence in longest)
    more = f"; and {len(silences) - len(longest):,} shorter ones" if len(silences) > len(longest) else ""
    yield Text(f"No events: {shown}{more}.", style=theme.DIM)


def legend(line: Timeline, marks: Marks, used: Container[str], screen: Screen) -> Iterator[Text]:
    """Yield what the letters and colours stand for, as far as they are drawn: full names, "" for others."""
    entries = [
        Text.assemble(
            (marks[group.name].letter, f"bold {marks[group.name].style}"), f" {theme.said(group.short, screen.unicode)}"
        )
        for group in line.groups
        if group.name in used
    ]
    if "" in used:
        entries.append(Text(f"{theme.OTHER.letter} other or none", style=theme.DIM))
    yield from _filled(entries, screen.width)
    if line.several:
        yield Text(
            f"An event with several values of {line.field} is drawn in the most frequent of them.", style=theme.DIM
        )


def _entry(mark: theme.Mark, name: str) -> Text:
    return Text.assemble((mark.letter, f"bold {mark.style}"), f" {name}")


def _filled(entries: Sequence[Text], width: int) -> Iterator[Text]:
    """Yield lines of entries, none of which is broken."""
    row = Text(no_wrap=True)
    for entry in entries:
        if row and row.cell_len + 3 + entry.cell_len > width:
            yield row
            row = Text(no_wrap=True)
        row.append("   " if row else "")
        row.append_text(entry)
    if row:
        yield row


def _onward(line: Timeline, bars: Sequence[Bar], commands: Commands) -> Iterator[Text]:
    pairs = [(commands.view("timeline", "--by", "month"), "counts them by month")]
    if line.shown.first[:4] != line.shown.last[:4]:
        busiest = Counter(bar.event.start[:4] for bar in bars).most_common(1)[0][0]
        pairs.append((commands.view("timeline", "--year", busiest), f"draws {busiest} alone"))
    yield Text("")
    widest = max(len(command) for command, _ in pairs)
    for command, purpose in pairs:
        yield Text.assemble((f"{command:<{widest}}  ", theme.COMMAND), (purpose, theme.DIM))
