"""The calendar: years by months with their numbers of events, or day by day."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from archivecli.cli.asking import Question
from archivecli.cli.tallies import View
from archivecli.dates import MONTHS, Period, add_days
from archivecli.errors import UsageError
from archivecli.events import Event
from archivecli.index.counts import MOST_CELLS
from archivecli.query.criteria import time_span
from archivecli.render.rows import Row

if TYPE_CHECKING:
    from rich.console import RenderableType

_NAMES = tuple(name[:3] for name in MONTHS)


class Year(NamedTuple):
    """A year: how many events share a day with it, and with each of its months."""

    label: str
    number: int
    months: tuple[int, ...]


class Calendar(NamedTuple):
    """Years, newest first, with what must be said about how the numbers add up."""

    years: Sequence[Year]
    total: int
    by_month_only: int
    by_year_only: int


def by_month(found: Question) -> View:
    """Return the table of years by months."""
    table = _calendar(found)

    def rows() -> Iterator[Row]:
        for year in table.years:
            yield {"year": year.label, **dict(zip(_NAMES, year.months, strict=True)), "count": year.number}

    def picture() -> "Iterator[RenderableType]":
        from archivecli.render.calendar import months_table

        return months_table(table, found.onward, found.out)

    return View(("year", *_NAMES, "count"), rows, picture)


def _calendar(found: Question) -> Calendar:
    asked = time_span(found.query.where)
    years = {
        one.name: one.number for one in found.selection.tally("year") if asked.first[:4] <= one.name <= asked.last[:4]
    }
    months = {
        one.name: one.number for one in found.selection.tally("month") if asked.first[:7] <= one.name <= asked.last[:7]
    }
    labels = [f"{year:04d}" for year in range(int(max(years)), int(min(years)) - 1, -1)] if years else []
    by_month_only, by_year_only = found.selection.imprecise()
    return Calendar(
        [
            Year(label, years.get(label, 0), tuple(months.get(f"{label}-{month:02d}", 0) for month in range(1, 13)))
            for label in labels
        ],
        found.total,
        by_month_only,
        by_year_only,
    )


_COLUMNS = ("day", "id", "start", "end", "kind", "place", "title")


def days(found: Question) -> View:
    """Return a row for each day of each event, and the picture of weeks."""
    asked = time_span(found.query.where)

    def rows() -> Iterator[Row]:
        for day, event in sorted(_days_of(found, asked), key=lambda pair: (pair[0], pair[1].id)):
            yield dict(zip(_COLUMNS, (day, *_described(event)), strict=True))

    def picture() -> "Iterator[RenderableType]":
        from archivecli.render.weeks import weeks

        return weeks(found.selection.events(), asked, found.archive.short_id, found.out)

    return View(_COLUMNS, rows, picture)


def _described(event: Event) -> tuple[str | None, ...]:
    return event.id, event.start, event.end or event.start, event.kind or None, event.place or None, event.title


def _days_of(found: Question, asked: Period) -> Iterator[tuple[str, Event]]:
    """Yield each day of each event inside the period; an event without an exact day has its month or year instead."""
    number = 0
    for event in found.selection.events():
        for day in _covered(event, asked):
            number += 1
            if number > MOST_CELLS:
                raise UsageError(
                    f"there are more than {MOST_CELLS:,} days with events", "narrow it with --year or a filter"
                )
            yield day, event


def _covered(event: Event, asked: Period) -> Iterator[str]:
    if len(event.start) < 10 or len(event.end) in (4, 7):
        yield event.start
        return
    day, last = max(event.period.first, asked.first), min(event.period.last, asked.last)
    while day <= last:
        yield day
        if day == "9999-12-31":
            return
        day = add_days(day, 1)
