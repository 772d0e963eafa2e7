"""Numbers of events in time → a row for each period, in which every letter is an event (or a few)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from rich.text import Text

from archivecli import dates
from archivecli.render import theme
from archivecli.render.screen import Screen
from archivecli.render.timeline import Commands, Marks, Timeline, group_marks, legend

if TYPE_CHECKING:
    from rich.console import RenderableType

_SILENT_ROWS = 3
"""So many periods without events share a line."""


class Span(Protocol):
    """A period with its number of events."""

    @property
    def label(self) -> str:
        """``2009``, ``2009-Q4`` or ``2009-12``."""

    @property
    def number(self) -> int:
        """How many events share a day with it."""

    @property
    def groups(self) -> Mapping[str, int]:
        """How many of them are drawn in each group, by its full name; "other" for none of them."""


def histogram_lines(
    line: Timeline, by: str, spans: Sequence[Span], note: str, commands: Commands, screen: Screen
) -> Iterator["RenderableType"]:
    """Yield a row for each period, silences in one line, the legend, how the numbers add up, and a command."""
    if not spans:
        return
    if note:
        yield Text(note + "\n", style=theme.DIM)
    marks = group_marks(line, screen)
    highest = max(span.number for span in spans)
    numbers = max(len(f"{highest:,}"), 2)
    cells = max(screen.width - 7 - numbers - 4, 5)
    each = -(-highest // cells)
    for run in _runs(spans):
        if len(run) >= _SILENT_ROWS:
            yield _silence(run, screen)
            continue
        for span in run:
            yield _row(span, numbers, each, marks, screen)
    yield Text("")
    yield from legend(line, marks, {name if name in marks else "" for span in spans for name in span.groups}, screen)
    yield _sentence(line, by, spans, each)
    yield Text("")
    busiest = max(spans, key=lambda span: span.number)
    yield from _onward(by, busiest, commands)


def _runs(spans: Sequence[Span]) -> Iterator[list[Span]]:
    """Yield periods one by one, save that those without events which follow each other come together."""
    run: list[Span] = []
    for span in spans:
        if span.number:
            if run:
                yield run
                run = []
            yield [span]
        else:
            run.append(span)
    if run:
        yield run


def named(label: str) -> str:
    """Return a period as a person writes it: ``Dec 2009``, ``Q4 2009``, ``2009``."""
    if label[5:6] == "Q":
        return f"{label[5:]} {label[:4]}"
    return dates.human(label)


def _silence(run: Sequence[Span], screen: Screen) -> Text:
    signs = theme.signs(screen.unicode)
    return Text(f"no events {named(run[0].label)} {signs.dash} {named(run[-1].label)}", style=theme.SILENCE)


def _row(span: Span, numbers: int, each: int, marks: Marks, screen: Screen) -> Text:
    line = Text(no_wrap=True, overflow="crop")
    line.append(f"{span.label:<7}", style=theme.DATE)
    if not span.number:
        line.append(f"  {theme.signs(screen.unicode).dot:>{numbers}}", style=theme.DIM)
        return line
    line.append(f"  {span.number:>{numbers},}", style=theme.NUMBER)
    line.append("  ")
    for name, count in _shares(span, each):
        mark = marks.get(name, theme.OTHER)
        line.append(
            mark.letter * count, style=f"bold reverse {mark.style}" if mark.style != theme.DIM else "reverse dim"
        )
    return line


def _shares(span: Span, each: int) -> Iterator[tuple[str, int]]:
    """Yield how many letters each group gets, so that together they are as long as the number of events asks for."""
    cells = max(round(span.number / each), 1)
    total = sum(span.groups.values()) or 1
    exact = {name: cells * number / total for name, number in span.groups.items()}
    given = {name: int(share) for name, share in exact.items()}
    rest = sorted(exact, key=lambda name: given[name] - exact[name])
    for name in rest[: cells - sum(given.values())]:
        given[name] += 1
    yield from ((name, number) for name, number in given.items() if number)


def _sentence(line: Timeline, by: str, spans: Sequence[Span], each: int) -> Text:
    letter = "A letter is an event" if each == 1 else f"A letter stands for {each:,} events"
    said = f"{letter}. {line.total:,} event{'' if line.total == 1 else 's'}"
    summed = sum(span.number for span in spans)
    if summed != line.total:
        said += f"; some run over the end of a {by} and count in each of theirs, so the numbers add up to {summed:,}"
    return Text(f"{said}.", style=theme.DIM)


def _onward(by: str, busiest: Span, commands: Commands) -> Iterator[Text]:
    narrowing: tuple[str, ...] = (f"--{by}", busiest.label)
    if by == "quarter":
        year, quarter = busiest.label[:4], int(busiest.label[6:])
        narrowing = ("--from", f"{year}-{3 * quarter - 2:02d}", "--to", f"{year}-{3 * quarter:02d}")
    command = commands.listing(*narrowing)
    events = f"the {busiest.number:,} events" if busiest.number > 1 else "the event"
    yield Text.assemble((f"{command}  ", theme.COMMAND), (f"lists {events} of {named(busiest.label)}", theme.DIM))
