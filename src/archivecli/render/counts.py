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
    for name, _, number in counts:
        grid.add_row(
            theme.paragraph(screen.text(name) if name else (NONE, theme.DIM)),
            f"{number:,}",
            *([f"{share(number, total):.1f}"] if percent else []),
            theme.line((bar(number / highest, cells), theme.BAR)),
        )
    yield grid
    yield ""
    summed = sum(count.number for count in counts)
    several = "" if summed == total else f"; some have several values, so the numbers add up to {summed:,}"
    yield theme.note(display.plural(total, "event") + several)


def bar(share: float, cells: int) -> str:
    """Return a bar of at most ``cells`` cells for a share from 0 to 1; a share above 0 is always visible."""
    eighths = max(round(share * cells * 8), 1 if share else 0)
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()


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

    def rows(self) -> Iterator[list[int]]:
        """Yield the numbers of each row, the total at its end, then the totals of the columns."""
        for row in self.down:
            yield [*(self.cells.get((row.name, column.name), 0) for column in self.across), row.number]
        yield [*(column.number for column in self.across), self.total]


def cross_table(table: CrossTable, percent: bool) -> View:
    """Return how many events have each value of one field and each of another, with totals."""
    pivot_columns = (table.fields[0], *(count.name or NONE for count in table.across), ALL)
    return View(
        Table(_columns(percent, *table.fields), _pairs(table, percent)),
        lambda screen: _draw_cross_table(table, percent, screen),
        Table(pivot_columns, _pivot(table, percent, pivot_columns)),
    )


def _pairs(table: CrossTable, percent: bool) -> Iterator[Row]:
    """Yield a row for each pair of values that events have, and for each total."""
    down, across = ([*(count.name for count in counts), ALL] for counts in (table.down, table.across))
    for first, numbers in zip(down, table.rows(), strict=True):
        for second, number in zip(across, numbers, strict=True):
            if number or ALL in (first, second):
                yield _row(dict(zip(table.fields, (first, second), strict=True)), number, table.total, percent)


def _pivot(table: CrossTable, percent: bool, columns: Sequence[str]) -> Iterator[Row]:
    names = [*(count.name or NONE for count in table.down), ALL]
    for name, numbers in zip(names, table.rows(), strict=True):
        values = [share(number, table.total) if percent else number for number in numbers]
        yield dict(zip(columns, (name, *values), strict=True))


class _Column(NamedTuple):
    """The lines of a header, and the numbers below it."""

    header: list[str]
    numbers: list[str]

    @property
    def width(self) -> int:
        return max(display.width(line) for part in self for line in part)


def _draw_cross_table(table: CrossTable, percent: bool, screen: Screen) -> Iterator["RenderableType"]:
    drawn = table._replace(across=table.across[:MAX_COLUMNS])
    labels = [*(screen.text(count.name) or NONE for count in table.down), "all"]
    headers = [*(_header(screen.text(count.short or count.name) or NONE) for count in drawn.across), ["all"]]
    columns = [
        _Column(
            header,
            [(f"{share(n, table.total):.1f}" if percent else f"{n:,}") if n else "·" for n in numbers],
        )
        for header, numbers in zip(headers, zip(*drawn.rows(), strict=True), strict=True)
    ]
    width = min(max(map(display.width, [*labels, table.fields[0]])), max(screen.width // 3, 8))
    for block in _blocks(columns, screen.width - width):
        yield from _draw_block(table.fields[0].capitalize(), labels, block, width)
    yield theme.note(*_notes(table, percent))


def _header(name: str) -> list[str]:
    """Break a header at spaces, and words that are too long anywhere."""
    lines = [""]
    for word in name.split():
        while display.width(word) > WIDEST_COLUMN:
            lines.append(display.truncate(word, WIDEST_COLUMN, "-"))
            word = word[len(lines[-1]) - 1 :]
        joined = f"{lines[-1]} {word}".strip()
        fits = display.width(joined) <= WIDEST_COLUMN
        lines[-1:] = [joined] if fits else [lines[-1], word]
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
    for place in range(-height, 0):  # from the bottom, where all headers end
        heads = [column.header[place] if len(column.header) >= -place else "" for column in block]
        cells = (
            " " * (column.width - display.width(head) + 2) + head for head, column in zip(heads, block, strict=True)
        )
        yield theme.line((display.pad(field if place == -1 else "", width) + "".join(cells), theme.LABEL))
    yield theme.line(("─" * (width + sum(column.width + 2 for column in block)), theme.DIM))
    for place, label in enumerate(labels):
        style = theme.HEADING if place == len(labels) - 1 else ""
        line = theme.line((display.pad(display.truncate(label, width), width), style))
        for column in block:
            number = column.numbers[place]
            line.append(f"  {number:>{column.width}}", theme.DIM if number == "·" else style)
        yield line
    yield ""


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


class Sum(NamedTuple):
    """The sum of a number over the ``shared_by`` events that have the values ``keys``."""

    keys: Keys
    shared_by: int
    total: Total

    @property
    def value(self) -> float | int | None:
        """The sum without the noise of binary fractions; None for percentages, which are never added up."""
        if self.total.unit == "%":
            return None
        rounded = round(self.total.total, 6)
        return int(rounded) if rounded == int(rounded) else rounded


def sums(measure: NumericField, fields: Sequence[str], found: Iterable[Sum], notes: Sequence[str]) -> View:
    """Return the sums of a number, in all or for each value of one or two fields."""

    def rows() -> Iterator[Row]:
        for one in found:
            row: dict[str, Any] = {field: key or None for field, key in zip(fields, one.keys, strict=True)}
            if measure.units:
                row["unit"] = one.total.unit or None
            numbers = {"numbers": one.total.numbers, "stated_by": one.total.events, "count": one.shared_by}
            yield {**row, "sum": one.value, **numbers}

    columns = ("sum", *(["unit"] if measure.units else []), "numbers", "stated_by", "count", *fields)
    return View(Table(columns, rows()), lambda screen: _draw_sums(measure, fields, found, notes, screen))


def _draw_sums(
    measure: NumericField, fields: Sequence[str], found: Iterable[Sum], notes: Sequence[str], screen: Screen
) -> Iterator["RenderableType"]:
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
