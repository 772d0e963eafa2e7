"""``archive count``: the number of events, by one or two fields, or sums of their numbers."""

from typing import Annotated

import typer

from archivecli.cli.arguments import Words
from archivecli.cli.options import TABLE, CommonOptions, OutputOptions, checked, command
from archivecli.cli.views import ViewContext, select
from archivecli.core_schema import CORE
from archivecli.errors import UsageError
from archivecli.query.criteria import PERIODS, Node
from archivecli.query.results import Keys, Total
from archivecli.render import ROW_FORMATS, counts
from archivecli.render.tabular import View
from archivecli.schema import CORE_FACETS, NumericField

GROUPINGS = (*PERIODS, *CORE_FACETS)


@command
def run(
    words: Words = None,
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by", metavar="FIELD", help=f"count by: {', '.join(GROUPINGS)}; twice for a table of one by the other"
        ),
    ] = None,
    percent: Annotated[bool, typer.Option("--percent", help="add percentages of all events counted")] = False,
    sum_: Annotated[
        str | None,
        typer.Option("--sum", metavar="NUMBER", help=f"add up a number of the events: {', '.join(CORE.numbers)}"),
    ] = None,
    *,
    view_options: OutputOptions,
    where: Node,
    common: CommonOptions,
) -> bool:
    """Count events, in all or by year, country, topic ... or one by the other.

    Examples:  archive count  ·  archive count --by year  ·  archive count --by year --by kind --percent  ·
    archive count --sum participants.count --by year
    """
    fields = tuple(by or ())
    _check(fields, percent, sum_)
    found = select(words, where, common)
    drawn = view_options.name(found.out, ROW_FORMATS) == TABLE
    return found.write(_view(found, fields, percent, sum_, drawn), view_options)


def _view(found: ViewContext, fields: tuple[str, ...], percent: bool, sum_: str | None, drawn: bool) -> View:
    if sum_ is not None:
        return _sums(found, CORE.numbers[sum_], fields, drawn)
    if not fields:
        return counts.total_only(found.total)
    groups = [found.selection.count_by(field) for field in fields]
    if len(fields) == 1:
        return counts.count_by(fields[0], groups[0], found.total, percent)
    down, across = fields
    table = counts.CrossTable((down, across), groups[0], groups[1], found.selection.cross(fields), found.total)
    return counts.cross_table(table, percent)


def _sums(found: ViewContext, measure: NumericField, fields: tuple[str, ...], drawn: bool) -> View:
    """Return the sums, sorted by field: periods by time, names by frequency."""
    selection = found.selection
    shared: dict[Keys, int] = selection.cross(fields) if fields else {(): found.total}
    ranks = [{one.name: place for place, one in enumerate(selection.count_by(field))} for field in fields]
    ordered = sorted(shared, key=lambda keys: [rank[key] for rank, key in zip(ranks, keys, strict=True)])
    stated = selection.add_up(measure, fields)
    nothing = [Total("", 0, 0, 0, 0)]
    sums = [counts.Sum(keys, shared[keys], total) for keys in ordered for total in stated.get(keys) or nothing]
    notes = counts.sum_notes(measure, sums, selection.numbered(measure), found.total)
    if not drawn:
        found.out.note(*notes)
    return counts.sums(measure, fields, sums, notes)


def _check(fields: tuple[str, ...], percent: bool, sum_: str | None) -> None:
    for field in fields:
        checked("--by", field, GROUPINGS)
    if len(fields) > 2:
        raise UsageError("--by can be given twice at most", "narrow with a filter instead, such as --year 2009")
    if len(set(fields)) < len(fields):
        raise UsageError(f"--by {fields[0]} is given twice", "two different fields make a table")
    if sum_ is not None:
        checked("--sum", sum_, list(CORE.numbers))
    if percent and (sum_ is not None or not fields):
        raise UsageError("--percent goes with --by, and not with --sum")
