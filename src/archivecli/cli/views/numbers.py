"""Counts by a field, by two against each other, and sums: rows of numbers and their pictures."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from archivecli.cli.asking import Question
from archivecli.cli.tallies import View
from archivecli.index.counts import Added, Keys
from archivecli.index.reader import Tally
from archivecli.query.facets import NONE
from archivecli.query.measures import Measure
from archivecli.render.rows import ALL, NOT_ADDED, Row

if TYPE_CHECKING:
    from rich.console import RenderableType


def share(number: int, total: int) -> float:
    """Return a number as a percentage of the total, to one decimal."""
    return round(100 * number / total, 1) if total else 0.0


def tally(found: Question, axis: str, percent: bool) -> View:
    """Return the number of events of each value of a field."""
    tallies = found.selection.tally(axis)

    def rows() -> Iterator[Row]:
        for one in tallies:
            row: dict[str, Any] = {axis: one.name or None, "count": one.number}
            yield row | {"percent": share(one.number, found.total)} if percent else row

    def picture() -> "Iterator[RenderableType]":
        from archivecli.render.bars import bars

        return bars(axis, tallies, found.total, found.out, percent)

    return View(("count", *(["percent"] if percent else []), axis), rows, picture)


class Crossed(NamedTuple):
    """A table of one field by another: values with their totals, and the number of events of each pair of values."""

    axes: tuple[str, str]
    down: Sequence[Tally]
    across: Sequence[Tally]
    cells: dict[Keys, int]
    total: int


def cross(found: Question, down: str, across: str, percent: bool) -> View:
    """Return how many events have each value of one field and each of another, with totals."""
    selection = found.selection
    table = Crossed(
        (down, across), selection.tally(down), selection.tally(across), selection.cross((down, across)), found.total
    )

    def rows() -> Iterator[Row]:
        for first, second, number in _pairs(table):
            row: dict[str, Any] = {down: first or None, across: second or None, "count": number}
            yield row | {"percent": share(number, table.total)} if percent else row

    def picture() -> "Iterator[RenderableType]":
        from archivecli.render.crosstab import crosstab

        return crosstab(table, found.out, percent)

    def matrix() -> tuple[Sequence[str], Iterator[Row]]:
        names = [one.name or NONE for one in table.across]
        return [down, *names, ALL], _matrix(table, percent)

    columns = ("count", *(["percent"] if percent else []), down, across)
    return View(columns, rows, picture, matrix)


def _pairs(table: Crossed) -> Iterator[tuple[str, str, int]]:
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


def _matrix(table: Crossed, percent: bool) -> Iterator[Row]:
    def figure(number: int) -> float | int:
        return share(number, table.total) if percent else number

    for first in table.down:
        cells = {s.name or NONE: figure(table.cells.get((first.name, s.name), 0)) for s in table.across}
        yield {table.axes[0]: first.name or NONE, **cells, ALL: figure(first.number)}
    totals = {second.name or NONE: figure(second.number) for second in table.across}
    yield {table.axes[0]: ALL, **totals, ALL: figure(table.total)}


class Sum(NamedTuple):
    """The sum of a number over the events that share values: how many they are, and how many of them state it."""

    keys: Keys
    shared_by: int
    added: Added


def sums(found: Question, measure: Measure, axes: Sequence[str], pictured: bool) -> View:
    """Return the sums of a number, in all or for each value of one or two fields; events that lack it are counted too."""
    counts: dict[Keys, int] = found.selection.cross(axes) if axes else {(): found.total}
    stated = found.selection.add_up(measure, axes)
    nothing = [Added("", 0, 0, 0, 0)]
    answers = [
        Sum(keys, counts[keys], added)
        for keys in _in_order(found, axes, counts)
        for added in (stated.get(keys) or nothing)
    ]
    notes = _notes(found, measure, answers)

    def rows() -> Iterator[Row]:
        for keys, shared_by, added in answers:
            row: dict[str, Any] = {axis: key or None for axis, key in zip(axes, keys, strict=True)}
            if measure.units:
                row["unit"] = added.unit or None
            row["sum"] = None if added.unit in NOT_ADDED else tidy(added.total)
            yield row | {"numbers": added.numbers, "stated_by": added.events, "count": shared_by}

    def picture() -> "Iterator[RenderableType]":
        from archivecli.render.sums import sums_table

        return sums_table(measure, axes, answers, notes, found.out)

    if not pictured:
        found.out.remark(*notes)
    columns = ("sum", *(["unit"] if measure.units else []), "numbers", "stated_by", "count", *axes)
    return View(columns, rows, picture)


def tidy(number: float) -> float | int:
    """Return a sum without the noise of binary fractions: 30 instead of 30.0, 18.1 instead of 18.100000000000001."""
    rounded = round(number, 6)
    return int(rounded) if rounded == int(rounded) else rounded


def _in_order(found: Question, axes: Sequence[str], counts: dict[Keys, int]) -> list[Keys]:
    """Return the combinations of values in the order of their fields: periods by time, names by frequency."""
    ranks = [{one.name: place for place, one in enumerate(found.selection.tally(axis))} for axis in axes]
    return sorted(counts, key=lambda keys: [rank[key] for rank, key in zip(ranks, keys, strict=True)])


def _notes(found: Question, measure: Measure, answers: Sequence[Sum]) -> list[str]:
    """Return what the sums hold and what they leave out, so that nobody takes them for more than they are."""
    have = found.selection.numbered(measure)
    left = found.total - have
    rest = f"the other {left:,} are in no sum" if left else "none is left out"
    notes = [f"{have:,} of {found.total:,} events state {measure.name}; {rest}"]
    if sum(one.shared_by for one in {one.keys: one for one in answers}.values()) != found.total:
        notes.append("an event with several values adds its number to each of them")
    if any(one.added.ranges for one in answers):
        notes.append("a range, such as 80 to 100, is counted with its lower end")
    if measure.units:
        notes.append("numbers of different units are never added together, and percentages not at all")
    return notes
