"""The calendar of years by months → lines for people: numbers, each with a sign and a colour for its heat."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from rich.text import Text

from archivecli import dates
from archivecli.render import theme
from archivecli.render.screen import Screen

if TYPE_CHECKING:
    from rich.console import RenderableType


class Year(Protocol):
    """A year and its months."""

    @property
    def label(self) -> str:
        """The year: four figures."""

    @property
    def number(self) -> int:
        """How many events share a day with it."""

    @property
    def months(self) -> tuple[int, ...]:
        """How many events share a day with each of its twelve months."""


class Calendar(Protocol):
    """Years with their months."""

    @property
    def years(self) -> Sequence[Year]:
        """The years, newest first, without a gap."""

    @property
    def total(self) -> int:
        """The number of events."""

    @property
    def by_month_only(self) -> int:
        """How many events are dated by month only."""

    @property
    def by_year_only(self) -> int:
        """How many events are dated by year only."""


class Commands(Protocol):
    """Builds the commands that lead on."""

    def listing(self, *more: str) -> str:
        """Return the command that lists the events, narrowed by options."""

    def view(self, verb: str, *more: str) -> str:
        """Return another view of the same events."""


def months_table(table: Calendar, commands: Commands, screen: Screen) -> Iterator["RenderableType"]:
    """Yield the heading, a line (or a few) a year, the scale, what must be said, and commands that lead on."""
    if not table.years:
        return
    layout = _Layout(table, screen)
    yield from layout.heading()
    yield from _years(table, layout, screen)
    yield Text("")
    yield _scale(layout.highest, screen)
    yield from _notes(table)
    yield Text("")
    yield from _onward(table, commands)


class _Layout:
    """How wide a cell is, and how many months stand on a line."""

    def __init__(self, table: Calendar, screen: Screen) -> None:
        self.signs = theme.signs(screen.unicode)
        self.highest = max(number for year in table.years for number in year.months)
        digits = max(len(f"{self.highest:,}"), 2)
        self.total = max(len(f"{max(year.number for year in table.years):,}"), 4) + 2
        room = screen.width - 4 - self.total
        self.a_line = next((n for n in (12, 6, 4, 3, 2) if n * (digits + 2) <= room), 1)
        self.cell = min(max(room // self.a_line, digits + 2), digits + 4)

    def heading(self) -> Iterator[Text]:
        """Yield the names of the months, and that of the last column."""
        for begin in range(0, 12, self.a_line):
            names = dates.SHORT_MONTHS[begin : begin + self.a_line]
            line = Text(" " * 4 + "".join(f"{name:>{self.cell}}" for name in names), style=theme.LABEL, no_wrap=True)
            if begin + self.a_line >= 12:
                line.append(f"{'Year':>{self.total}}")
            yield line

    def year(self, year: Year) -> Iterator[Text]:
        """Yield the line or lines of a year."""
        for begin in range(0, 12, self.a_line):
            line = Text(year.label if not begin else " " * 4, style=theme.HEADING, no_wrap=True)
            for number in year.months[begin : begin + self.a_line]:
                line.append_text(self._number(number))
            if begin + self.a_line >= 12:
                line.append(f"{year.number:>{self.total},}", style=theme.NUMBER)
            yield line

    def _number(self, number: int) -> Text:
        if not number:
            return Text(f"{self.signs.dot:>{self.cell - 1}} ", style="not bold dim")
        level = theme.level(number, self.highest)
        shown = Text(f"{number:>{self.cell - 1},}", style="not bold")
        shown.append(self.signs.heat[level], style=theme.HEAT[level])
        return shown


def _years(table: Calendar, layout: _Layout, screen: Screen) -> Iterator[Text]:
    """Yield every year; years without events that follow each other share a line."""
    silent: list[str] = []
    for year in table.years:
        if not year.number:
            silent.append(year.label)
            continue
        yield from _silence(silent, layout)
        silent = []
        yield from layout.year(year)


def _silence(years: Sequence[str], layout: _Layout) -> Iterator[Text]:
    if years:
        span = years[0] if len(years) == 1 else f"{years[-1]} {layout.signs.dash} {years[0]}"
        yield Text(f"{span}  no events", style=theme.SILENCE, no_wrap=True)


def _scale(highest: int, screen: Screen) -> Text:
    signs = theme.signs(screen.unicode)
    line = Text("Events in a month: ", style=theme.DIM)
    for place, low, high in theme.scale(highest):
        line.append(signs.heat[place], style=f"not dim {theme.HEAT[place]}")
        line.append(f" {low:,}" if low == high else f" {low:,}{signs.dash}{high:,}")
        line.append("   ")
    line.rstrip()
    return line


def _notes(table: Calendar) -> Iterator[Text]:
    said = [f"{table.total:,} event{'' if table.total == 1 else 's'}."]
    if len(table.years) > 1 and sum(year.number for year in table.years) != table.total:
        said.append("Some run over the end of a year.")
    if any(sum(year.months) != year.number for year in table.years):
        said.append("An event that runs over the end of a month counts in each of its months, and once in its year.")
    for number, unit in ((table.by_month_only, "month"), (table.by_year_only, "year")):
        if number:
            said.append(f"{number:,} {'is' if number == 1 else 'are'} dated by {unit} only.")
    yield Text(" ".join(said), style=theme.DIM)


def _onward(table: Calendar, commands: Commands) -> Iterator[Text]:
    """Yield the commands that list the busiest month and show the days of the busiest year."""
    number, month = max((number, f"{y.label}-{at:02d}") for y in table.years for at, number in enumerate(y.months, 1))
    year = month[:4]
    events = f"the {number:,} events" if number > 1 else "the event"
    pairs = [
        (commands.listing("--month", month), f"lists {events} of {dates.human(month)}"),
        (commands.view("calendar", year, "--days"), f"shows the days of {year}"),
    ]
    widest = max(len(command) for command, _ in pairs)
    for command, purpose in pairs:
        yield Text.assemble((f"{command:<{widest}}  ", theme.COMMAND), (purpose, theme.DIM))
