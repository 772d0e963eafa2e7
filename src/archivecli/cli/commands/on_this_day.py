"""``archive on-this-day``: what happened on this day of the year, in any year."""

from bisect import bisect

from archivecli import dates
from archivecli.cli.arguments import Words
from archivecli.cli.options import CommonOptions, OutputOptions, Today, command, today
from archivecli.cli.views import ViewContext, select
from archivecli.cli.writing import write_events
from archivecli.events import Hit
from archivecli.query.criteria import Annually, Node, Query


@command
def run(
    words: Words = None,
    today_: Today = None,
    *,
    where: Node,
    options: OutputOptions,
    common: CommonOptions,
) -> bool:
    """List what happened on this day of the year, in any year.

    Examples:  archive on-this-day  ·  archive on-this-day --today 2026-06-26

    'archive list --on 26-06' lists any other day; events dated by month or year only are left to it.
    """
    day = today(today_)
    any_day = select(words, where, common)
    found = any_day.narrowed(Annually(int(day[5:7]), int(day[8:])))
    events = list(found.selection.events(oldest_first=False))
    exact = [event for event in events if len(event.start) == 10]
    if not write_events(found.out, found.archive, (Hit(event) for event in exact), options):
        _say_what_is_near(any_day, day[5:])
    if len(events) > len(exact):
        command_line = any_day.listing("--on", f"{day[8:]}-{day[5:7]}")
        found.out.note(f"{len(events) - len(exact):,} more are dated by month or year only: {command_line}")
    return bool(exact)


def _say_what_is_near(found: ViewContext, day: str) -> None:
    if not found.total:
        found.report_no_match()
        return
    on_the_day = found.archive.select(Query(Annually(int(day[:2]), int(day[3:]))))
    excluded = sum(len(event.start) == 10 for event in on_the_day)
    without = f" matches; without words and filters there {'is 1' if excluded == 1 else f'are {excluded:,}'}"
    found.out.note(f"no event of {_named(day)}{without if excluded else ''}")
    if days := found.selection.days_of_year():
        place = bisect(days, day)
        near = sorted({days[place - 1], days[place % len(days)]})  # the year is a ring
        commands = (f"{_named(other)} ({found.listing('--on', other[3:] + '-' + other[:2])})" for other in near)
        found.out.note(f"the nearest are {' and '.join(commands)}")


def _named(day: str) -> str:
    return f"{int(day[3:])} {dates.MONTHS[int(day[:2]) - 1].title()}"
