"""``archive count``: how many events fit, in all, by a field, by two against each other, or sums of their numbers."""

from typing import Annotated

import typer

from archivecli.cli.asking import Question, ask
from archivecli.cli.ids import WORDS_HELP
from archivecli.cli.options import Common, FailIfEmpty, command
from archivecli.cli.tallies import TABLE, Sheet, ViewFile, ViewForce, ViewFormat, emit_count, emit_view
from archivecli.cli.views import numbers
from archivecli.errors import UsageError, did_you_mean
from archivecli.query.criteria import Node
from archivecli.query.facets import FACETS, PERIODS
from archivecli.query.measures import MEASURES

app = typer.Typer()

GROUPINGS = (*PERIODS, *(facet.name for facet in FACETS))


@app.command()
@command
def count(
    words: Annotated[list[str] | None, typer.Argument(metavar="[WORDS...]", help=WORDS_HELP)] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by",
            metavar="FIELD",
            help=f"count by: {', '.join(GROUPINGS)}; twice for a table of one by the other",
            autocompletion=lambda: list(GROUPINGS),
        ),
    ] = None,
    percent: Annotated[bool, typer.Option("--percent", help="add percentages of all events counted")] = False,
    sum_: Annotated[
        str | None,
        typer.Option(
            "--sum",
            metavar="NUMBER",
            help=f"add up a number of the events: {', '.join(MEASURES)}",
            autocompletion=lambda: list(MEASURES),
        ),
    ] = None,
    format_: ViewFormat = None,
    output: ViewFile = None,
    force: ViewForce = False,
    fail_if_empty: FailIfEmpty = False,
    *,
    where: Node,
    common: Common,
) -> None:
    """Count events, in all or by year, country, topic ... or one by the other.

    Examples:  archive count  ·  archive count --by year  ·  archive count --by year --by kind --percent  ·
    archive count --sum participants.count --by year
    """
    axes = tuple(by or ())
    _check(axes, percent, sum_)
    sheet = Sheet(format_, output, force)
    found = ask(words, where, common)
    sheet.name(found.out)
    _answer(found, axes, percent, sum_, sheet)
    found.remark_if_empty(fail_if_empty)


def _answer(found: Question, axes: tuple[str, ...], percent: bool, sum_: str | None, sheet: Sheet) -> None:
    if sum_ is not None:
        emit_view(found.out, numbers.sums(found, MEASURES[sum_], axes, sheet.name(found.out) == TABLE), sheet)
    elif not axes:
        emit_count(found.out, found.total, sheet)
    elif len(axes) == 1:
        emit_view(found.out, numbers.tally(found, axes[0], percent), sheet)
    else:
        emit_view(found.out, numbers.cross(found, axes[0], axes[1], percent), sheet)


def _check(axes: tuple[str, ...], percent: bool, sum_: str | None) -> None:
    for field in axes:
        if field not in GROUPINGS:
            raise UsageError(
                f"--by: '{field[:40]}' is no field",
                did_you_mean(field, GROUPINGS) or f"choose from {', '.join(GROUPINGS)}",
            )
    if len(axes) > 2:
        raise UsageError("--by can be given twice at most", "narrow with a filter instead, such as --year 2009")
    if len(set(axes)) < len(axes):
        raise UsageError(f"--by {axes[0]} is given twice", "two different fields make a table")
    if sum_ is not None and sum_ not in MEASURES:
        near = did_you_mean(sum_, tuple(MEASURES))
        raise UsageError(f"--sum: '{sum_[:40]}' is no number of an event", near or f"choose from {', '.join(MEASURES)}")
    if percent and (sum_ is not None or not axes):
        raise UsageError("--percent goes with --by, and not with --sum")
