"""``archive calendar``: when things happened, as a table of years by months, or day by day."""

from typing import Annotated

import typer

from archivecli.cli.options import CommonOptions, FailIfEmpty, command
from archivecli.cli.output_options import OutputOptions
from archivecli.cli.views import ViewContext, select
from archivecli.cli.writing import write_view
from archivecli.query.criteria import Node, time_span
from archivecli.render.calendar import by_day, by_month, month_grid
from archivecli.render.tabular import View


@command
def run(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[YEAR...] [WORDS...]", help="years, and words that the events answer; - reads ids"),
    ] = None,
    days: Annotated[bool, typer.Option("--days", help="weeks and days, with the events below each week")] = False,
    fail_if_empty: FailIfEmpty = False,
    *,
    view_options: OutputOptions,
    where: Node,
    common: CommonOptions,
) -> None:
    """Show when things happened: years by months, with the number of events in each; or every day.

    Examples:  archive calendar  ·  archive calendar 2009 --days  ·  archive calendar --topic corruption

    An event that lasts over the end of a month counts in both months, as it does for 'list --month'.
    """
    found = select(_years_are_alternatives(words), where, common)
    write_view(found.out, _view(found, days), view_options)
    found.note_if_empty(fail_if_empty)


def _view(found: ViewContext, days: bool) -> View:
    selection, asked = found.selection, time_span(found.query.where)
    if days:
        return by_day(selection.events(), asked, found.archive.short_id)
    years, months = ({one.name: one.number for one in selection.count_by(period)} for period in ("year", "month"))
    grid = month_grid(years, months, asked, found.total, selection.imprecise())
    return by_month(grid, found.listing, found.view)


def _years_are_alternatives(words: list[str] | None) -> list[str] | None:
    """Join several years to one wish: ``2009 2010`` means either, as with ``--year``."""
    years = [word for word in words or () if len(word) == 4 and word.isdigit()]
    if len(years) < 2:
        return words
    rest = [word for word in words or () if word not in years]
    return [f"year:{','.join(years)}", *rest]
