"""``archive calendar``: when events were held, as a table of years by months, or day by day."""

from typing import Annotated

import typer

from archivecli.cli.options import CommonOptions, OutputOptions, command
from archivecli.cli.views import select
from archivecli.query.criteria import Node, time_span
from archivecli.render.calendar import by_day, by_month, month_grid


@command
def run(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[YEAR...] [WORDS...]", help="years, and words that the events match; - reads ids"),
    ] = None,
    days: Annotated[bool, typer.Option("--days", help="weeks and days, with the events below each week")] = False,
    *,
    view_options: OutputOptions,
    where: Node,
    common: CommonOptions,
) -> bool:
    """Show years by months, with the number of events in each; or every day.

    Examples:  archive calendar  ·  archive calendar 2009 --days  ·  archive calendar --topic corruption

    An event that lasts over the end of a month counts in both months, as it does for 'list --month'.
    """
    years = [word for word in words or () if len(word) == 4 and word.isdigit()]
    if len(years) > 1:  # alternatives, as with --year
        words = [f"year:{','.join(years)}", *(word for word in words or () if word not in years)]
    found = select(words, where, common)
    selection, span = found.selection, time_span(found.query.where)
    if days:
        return found.write(by_day(selection.events(), span, found.archive.index.short_id), view_options)
    in_years, in_months = ({one.name: one.number for one in selection.count_by(period)} for period in ("year", "month"))
    grid = month_grid(in_years, in_months, span, found.total, selection.imprecise())
    return found.write(by_month(grid, found.listing, found.view), view_options)
