"""Numbers of events: by a field, by one field against another, and sums of the numbers that events state."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from archivecli import display
from archivecli.query.criteria import NONE
from archivecli.query.results import Count, Keys, Total
from archivecli.render import theme
from archivecli.render.tabular import ALL, Row, Table, View
from archivecli.render.theme import Screen
from archivecli.schema import NumericField

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table as Grid


def share(number: int, total: int) -> float:
    """Return a number as a percentage of the total, to one decimal."""
    return round(100 * number / total, 1) if total else 0.0


def total_only(total: int) -> View:
    """Return the number of events, on a line of its own also for people."""
    return View(Table(("count",), [{"count": total}]), lambda screen: [str(total)])


# By one field


def count_by(field: str, counts: Sequence[Count], total: int, percent: bool = False) -> View:
    """Return the number of events of each value of a field."""

    def rows() -> Iterator[Row]:
        for count in counts:
            row: dict[str, Any] = {field: count.name or None, "count": count.number}
            yield row | {"percent": share(count.number, total)} if percent else row

    columns = ("count", *(["percent"] if percent else []), field)
    return View(Table(columns, rows()), lambda screen: _bars(field, counts, total, percent, screen))


def _grid() -> "Grid":
    from rich.table import Table as Grid  # 40 ms, only for people

    return Grid(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=theme.LABEL)


def _bars(field: str, counts: Sequence[Count], total: int, percent: bool, screen: Screen) -> Iterator["RenderableType"]:
    grid = _grid()
    grid.expand = True
    grid.add_column(field.capitalize(), max_width=max(screen.width // 2, 12))
    grid.add_column("Events", justify="right", no_wrap=True)
    if percent:
        grid.add_column("%", justify="right", no_wrap=True)
    grid.add_column("", ratio=1, no_wrap=True)
    highest = max((count.number for count in counts), default=1)
    cells = max(screen.width - screen.width // 2 - (19 if percent else 12), 5)
    for count in counts:
        name = theme.paragraph(screen.text(count.name) if count.name else (NONE, theme.DIM))
        percentage = [f"{100 * count.number / max(total, 1):.1f}"] if percent else []
        drawn = theme.line((bar(count.number / highest, cells), theme.BAR))
        grid.add_row(name, f"{count.number:,}", *percentage, drawn)
    yield grid
    summed = sum(count.number for count in counts)
    events = display.plural(total, "event")
    yield ""
    yield theme.note(
        events if summed == total else f"{events}; some have several values, so the numbers add up to {summed:,}"
    )


_EIGHTHS = " ▏▎▍▌▋▊▉█"


def bar(share: float, cells: int) -> str:
    """Return a bar of at most ``cells`` cells for a share from 0 to 1; a share above 0 is never invisible."""
    eighths = max(round(share * cells * 8), 1 if share else 0)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


# By one field against another

MAX_COLUMNS = 60
"""More columns than these are only counted: the data formats hold them all."""

WIDEST_COLUMN = 12


class CrossTable(NamedTuple):
    """Two fields with their values, and the number of events of each pair of values."""

    fields: tuple[str, str]
    down: Sequence[Count]
    across: Sequence[Count]
    cells: Mapping[Keys, int]
    total: int


def cross_table(table: CrossTable, percent: bool) -> View:
    """Return how many events have each value of one field and each of another, with totals."""
    down, across = table.fields

    def rows() -> Iterator[Row]:
        for first, second, number in _pairs(table):
            row: dict[str, Any] = {down: first or None, across: second or None, "count": number}
            yield row | {"percent": share(number, table.total)} if percent else row

    columns = ("count", *(["percent"] if percent else []), down, across)
    wide = (down, *(count.name or NONE for count in table.across), ALL)
    return View(
        Table(columns, rows()),
        lambda screen: _draw_cross_table(table, percent, screen),
        Table(wide, _pivot(table, percent)),
    )


def _pairs(table: CrossTable) -> Iterator[tuple[str, str, int]]:
    """Yield the pairs of values that events have, row by row, each row with its total, then the totals of columns."""
    for first in table.down:
        for second in table.across:
            number = table.cells.get((first.name, second.name), 0)
            if number:
                yield first.name, second.name, number
        yield first.name, ALL, first.number
    for second in table.across:
        yield ALL, second.name, second.number
    yield ALL, ALL, table.total


def _pivot(table: CrossTable, percent: bool) -> Iterator[Row]:
    def figure(number: int) -> float | int:
        return share(number, table.total) if percent else number

    down = table.fields[0]
    for row in table.down:
        cells = {col.name or NONE: figure(table.cells.get((row.name, col.name), 0)) for col in table.across}
        yield {down: row.name or NONE, **cells, ALL: figure(row.number)}
    totals = {col.name or NONE: figure(col.number) for col in table.across}
    yield {down: ALL, **totals, ALL: figure(table.total)}


class _Column(NamedTuple):
    """The lines of a header, and the figures below it."""

    header: list[str]
    figures: list[str]

    @property
    def width(self) -> int:
        return max(display.width(line) for part in self for line in part)


def _draw_cross_table(table: CrossTable, percent: bool, screen: Screen) -> Iterator["RenderableType"]:
    """Yield the table in as many blocks of columns as the width asks for, and how the numbers add up."""

    def figure(number: int) -> str:
        if not number:
            return "·"
        return f"{100 * number / table.total:.1f}" if percent else f"{number:,}"

    labels = [screen.text(count.name) or NONE for count in table.down]
    columns = [
        _Column(
            _header(screen.text(col.short or col.name) or NONE),
            [*(figure(table.cells.get((row.name, col.name), 0)) for row in table.down), figure(col.number)],
        )
        for col in table.across[:MAX_COLUMNS]
    ]
    columns.append(_Column(["all"], [*(figure(row.number) for row in table.down), figure(table.total)]))
    room = min(max(display.width(label) for label in [*labels, table.fields[0], "all"]), max(screen.width // 3, 8))
    for block in _blocks(columns, screen.width - room):
        yield from _draw_block(table.fields[0].capitalize(), labels, block, room)
    yield theme.note(*_notes(table, percent))


def _header(name: str) -> list[str]:
    """Break a header at spaces, and words that are too long anywhere."""
    lines = [""]
    for word in name.split():
        while display.width(word) > WIDEST_COLUMN:
            head = display.truncate(word, WIDEST_COLUMN, "-")
            lines.append(head)
            word = word[len(head) - 1 :]
        joined = f"{lines[-1]} {word}".strip()
        if display.width(joined) <= WIDEST_COLUMN:
            lines[-1] = joined
        else:
            lines.append(word)
    return [line for line in lines if line] or [""]


def _blocks(columns: list[_Column], room: int) -> Iterator[list[_Column]]:
    """Yield blocks of columns that fit; the totals are in the last."""
    block: list[_Column] = []
    taken = 0
    for column in columns:
        if block and taken + column.width + 2 > room:
            yield block
            block, taken = [], 0
        block.append(column)
        taken += column.width + 2
    yield block


def _draw_block(field: str, labels: list[str], block: list[_Column], room: int) -> Iterator["RenderableType"]:
    height = max(len(column.header) for column in block)
    for place in range(height):
        heads = [([""] * (height - len(column.header)) + column.header)[place] for column in block]
        cells = "".join(f"  {_right(head, column.width)}" for head, column in zip(heads, block, strict=True))
        yield theme.line((display.pad(field if place == height - 1 else "", room) + cells, theme.LABEL))
    yield theme.line(("─" * (room + sum(column.width + 2 for column in block)), theme.DIM))
    for place, label in enumerate([*labels, "all"]):
        style = theme.HEADING if place == len(labels) else ""
        figures = [(column.figures[place], column.width) for column in block]
        yield theme.line(
            (display.pad(display.truncate(label, room), room), style),
            *((f"  {_right(figure, width)}", theme.DIM if figure == "·" else style) for figure, width in figures),
        )
    yield ""


def _right(shown: str, cells: int) -> str:
    return " " * (cells - display.width(shown)) + shown


def _notes(table: CrossTable, percent: bool) -> Iterator[str]:
    events = display.plural(table.total, "event")
    yield f"Per cent of {events}." if percent else f"{events}."
    sums = [sum(count.number for count in counts) for counts in (table.down, table.across)]
    several = [field for field, summed in zip(table.fields, sums, strict=True) if summed != table.total]
    if several:
        yield f"Some have several values of {' and of '.join(several)} and count in each; totals count each once."
    if len(table.across) > MAX_COLUMNS:
        yield f"{len(table.across) - MAX_COLUMNS:,} more columns, all with fewer events, are in --format csv."


# Sums

NOT_ADDED = frozenset({"%"})
"""Units whose numbers are counted, but never added up."""


class Sum(NamedTuple):
    """The sum of a number over the ``shared_by`` events that share values."""

    keys: Keys
    shared_by: int
    total: Total

    @property
    def value(self) -> float | int | None:
        """The sum without the noise of binary fractions (18.1, not 18.100000000000001); None for percentages."""
        rounded = round(self.total.total, 6)
        return None if self.total.unit in NOT_ADDED else int(rounded) if rounded == int(rounded) else rounded


def sums(measure: NumericField, fields: Sequence[str], found: Iterable[Sum], notes: Sequence[str]) -> View:
    """Return the sums of a number, in all or for each value of one or two fields."""

    def rows() -> Iterator[Row]:
        for one in found:
            row: dict[str, Any] = {field: key or None for field, key in zip(fields, one.keys, strict=True)}
            if measure.units:
                row["unit"] = one.total.unit or None
            row |= {"sum": one.value, "numbers": one.total.numbers, "stated_by": one.total.events}
            yield row | {"count": one.shared_by}

    columns = ("sum", *(["unit"] if measure.units else []), "numbers", "stated_by", "count", *fields)
    return View(Table(columns, rows()), lambda screen: _draw_sums(measure, fields, found, notes, screen))


def _draw_sums(
    measure: NumericField, fields: Sequence[str], found: Iterable[Sum], notes: Sequence[str], screen: Screen
) -> Iterator["RenderableType"]:
    """Yield a row for each sum with the number of events that state it, and what the sums leave out."""
    grid = _grid()
    for field in fields:
        grid.add_column(field.capitalize())
    grid.add_column(measure.name, justify="right", no_wrap=True)
    if measure.units:
        grid.add_column("Unit")
    grid.add_column("Stated by", justify="right", no_wrap=True)
    for one in found:
        value = f"{one.value:,.10g}" if one.total.events and one.value is not None else "·"
        grid.add_row(
            *(theme.paragraph(screen.text(key) or NONE) for key in one.keys),
            theme.line((value, theme.NUMBER)),
            *([theme.paragraph(screen.text(one.total.unit))] if measure.units else []),
            theme.line((f"{one.total.events:,} of {one.shared_by:,}", theme.DIM)),
        )
    yield grid
    yield ""
    yield from map(theme.note, notes)


def sum_notes(measure: NumericField, found: Sequence[Sum], stating: int, total: int) -> list[str]:
    """Return what the sums hold and what they leave out, so that nobody takes them for more than they are."""
    rest = f"the other {total - stating:,} are in no sum" if stating < total else "none is left out"
    notes = [f"{stating:,} of {total:,} events state {measure.name}; {rest}"]
    if sum({one.keys: one.shared_by for one in found}.values()) != total:
        notes.append("an event with several values adds its number to each of them")
    if any(one.total.ranges for one in found):
        notes.append("a range, such as 80 to 100, is counted with its lower end")
    if measure.units:
        notes.append("numbers of different units are never added together, and percentages not at all")
    return notes
