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
    """Return the number of events: a row of one column, a bare number for people."""
    return View(Table(("count",), [{"count": total}]), lambda screen: [str(total)])


# By one field


def count_by(field: str, counts: Sequence[Count], total: int, percent: bool = False) -> View:
    """Return the number of events of each value of a field."""

    rows = (_row({field: count.name}, count.number, total, percent) for count in counts)
    return View(Table(_columns(percent, field), rows), lambda screen: _bars(field, counts, total, percent, screen))


def _columns(percent: bool, *fields: str) -> tuple[str, ...]:
    return ("count", *(["percent"] if percent else []), *fields)


def _row(keys: dict[str, str], number: int, total: int, percent: bool) -> Row:
    row: dict[str, Any] = {field: key or None for field, key in keys.items()} | {"count": number}
    return row | {"percent": share(number, total)} if percent else row


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
        percentage = [f"{share(count.number, total):.1f}"] if percent else []
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
    """Return a bar of at most ``cells`` cells for a share from 0 to 1; a share above 0 is always visible."""
    eighths = max(round(share * cells * 8), 1 if share else 0)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


# By one field against another

MAX_COLUMNS = 60  # at a terminal; the data formats hold them all
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
    rows = (
        _row({down: first, across: second}, number, table.total, percent) for first, second, number in _pairs(table)
    )
    wide = (down, *(count.name or NONE for count in table.across), ALL)
    return View(
        Table(_columns(percent, down, across), rows),
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
    down = table.fields[0]
    lines = [(row.name or NONE, _cells(table, row.name), row.number) for row in table.down]
    lines.append((ALL, [column.number for column in table.across], table.total))
    names = [column.name or NONE for column in table.across]
    for name, numbers, total in lines:
        values = [share(number, table.total) if percent else number for number in (*numbers, total)]
        yield {down: name, **dict(zip((*names, ALL), values, strict=True))}


def _cells(table: CrossTable, row: str) -> list[int]:
    return [table.cells.get((row, column.name), 0) for column in table.across]


class _Column(NamedTuple):
    """The lines of a header, and the numbers below it."""

    header: list[str]
    numbers: list[str]

    @property
    def width(self) -> int:
        return max(display.width(line) for part in self for line in part)


def _draw_cross_table(table: CrossTable, percent: bool, screen: Screen) -> Iterator["RenderableType"]:
    """Yield the table in as many blocks of columns as the width asks for, and how the numbers add up."""

    def shown(numbers: Iterable[int]) -> list[str]:
        return [(f"{share(n, table.total):.1f}" if percent else f"{n:,}") if n else "·" for n in numbers]

    labels = [*(screen.text(count.name) or NONE for count in table.down), "all"]
    columns = [
        _Column(
            _header(screen.text(column.short or column.name) or NONE),
            shown([*(table.cells.get((row.name, column.name), 0) for row in table.down), column.number]),
        )
        for column in table.across[:MAX_COLUMNS]
    ]
    columns.append(_Column(["all"], shown([*(row.number for row in table.down), table.total])))
    width = min(max(map(display.width, [*labels, table.fields[0]])), max(screen.width // 3, 8))
    for block in _blocks(columns, screen.width - width):
        yield from _draw_block(table.fields[0].capitalize(), labels, block, width)
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


def _blocks(columns: list[_Column], width: int) -> Iterator[list[_Column]]:
    """Yield blocks of columns that fit; the totals are in the last."""
    block: list[_Column] = []
    taken = 0
    for column in columns:
        if block and taken + column.width + 2 > width:
            yield block
            block, taken = [], 0
        block.append(column)
        taken += column.width + 2
    yield block


def _draw_block(field: str, labels: list[str], block: list[_Column], width: int) -> Iterator["RenderableType"]:
    height = max(len(column.header) for column in block)
    for place in range(height):
        heads = [([""] * (height - len(column.header)) + column.header)[place] for column in block]
        cells = "".join(f"  {_right(head, column.width)}" for head, column in zip(heads, block, strict=True))
        yield theme.line((display.pad(field if place == height - 1 else "", width) + cells, theme.LABEL))
    yield theme.line(("─" * (width + sum(column.width + 2 for column in block)), theme.DIM))
    for place, label in enumerate(labels):
        style = theme.HEADING if place == len(labels) - 1 else ""
        line = theme.line((display.pad(display.truncate(label, width), width), style))
        for column in block:
            number = column.numbers[place]
            line.append(f"  {_right(number, column.width)}", theme.DIM if number == "·" else style)
        yield line
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

NOT_ADDED = frozenset({"%"})  # units whose numbers are counted, but never added up


class Sum(NamedTuple):
    """The sum of a number over the ``shared_by`` events that have the values ``keys``."""

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
