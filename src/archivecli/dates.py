"""Partial dates and periods: a day, a month or a year, kept as precise as they were written.

A date is a string as in ISO 8601: ``2009``, ``2009-10`` or ``2009-10-05``. Days compare correctly as strings. Years run
from 0001 to 9999. Only this module knows at which characters of the string year, month and day are found.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

MONTHS = tuple("january february march april may june july august september october november december".split())
SHORT_MONTHS = tuple(name[:3].title() for name in MONTHS)

Precision: TypeAlias = Literal["year", "month", "day"]
LENGTHS: dict[Precision, int] = {"year": 4, "month": 7, "day": 10}  # characters of a date of each precision
_PRECISIONS = {length: precision for precision, length in LENGTHS.items()}
_DAYS_IN_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def month_length(year: int, month: int) -> int:
    """Return the number of days of a month of the Gregorian calendar, 28 to 31."""
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and leap else _DAYS_IN_MONTH[month - 1]


def date_error(text: str) -> str | None:
    """Return why ``text`` is not a valid date, or None."""
    match = re.fullmatch(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", text)
    if not match:
        return f"'{text[:40]}' is not a date; a date is 2009-12-09, 2009-12 or 2009"
    year, month, day = match.groups()
    if int(year) == 0:
        return "there is no year 0000"
    if month and not 1 <= int(month) <= 12:
        return f"there is no month {month}"
    if day and not 1 <= int(day) <= month_length(int(year), int(month)):
        return f"{SHORT_MONTHS[int(month) - 1]} {year} has no day {int(day)}"
    return None


# Parts of a date


def make(year: int, month: int = 0, day: int = 0) -> str:
    """Return the date of these parts; one without a month or day has 0 there."""
    return f"{year:04d}" + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if day else "")


def parts(date: str) -> tuple[int, int, int]:
    """Return year, month and day, which are 0 if the date does not have them."""
    return int(date[:4]), int(date[5:7] or 0), int(date[8:10] or 0)


def year_of(date: str) -> int:
    """Return the year of a date."""
    return int(date[:4])


def precision(date: str) -> Precision:
    """Return how precise a date is: ``2009-10`` is precise to the month."""
    return _PRECISIONS[len(date)]


def truncate(date: str, to: Precision) -> str:
    """Return a date less precise: ``2009-12-09`` to the month is ``2009-12``."""
    return date[: LENGTHS[to]]


def first_day(date: str) -> str:
    """Return the first day of a date: ``2009`` → ``2009-01-01``."""
    return date + "-01-01"[len(date) - 4 :] if len(date) < 10 else date


def last_day(date: str) -> str:
    """Return the last day of a date: ``2009-02`` → ``2009-02-28``."""
    if len(date) == 10:
        return date
    year, month, _ = parts(date)
    return make(year, month, month_length(year, month)) if month else make(year, 12, 31)


# Arithmetic


def add_days(day: str, number: int) -> str:
    """Return the day that is ``number`` days later, but never outside of the years 1 to 9999."""
    from datetime import date

    ordinal = date.fromisoformat(day).toordinal() + number
    return date.fromordinal(min(max(ordinal, 1), date.max.toordinal())).isoformat()


def add_months(month: str, number: int) -> str:
    """Return the month that is ``number`` months later: ``2009-12`` and 1 → ``2010-01``."""
    year, index = divmod(_months(month) + number, 12)
    return f"{year:04d}-{index + 1:02d}"


def month_count(first: str, last: str) -> int:
    """Return how many months there are from that of ``first`` to that of ``last``, both included."""
    return _months(last) - _months(first) + 1


def _months(date: str) -> int:
    year, month, _ = parts(date)
    return year * 12 + month - 1


def quarter_of(date: str) -> str:
    """Return the quarter of a day or month: ``2009-Q4``."""
    year, month, _ = parts(date)
    return f"{year:04d}-Q{(month + 2) // 3}"


def quarter_months(quarter: str) -> tuple[str, str]:
    """Return the first and the last month of ``2009-Q4``: ``2009-10`` and ``2009-12``."""
    year, number = year_of(quarter), int(quarter[6:])
    return make(year, 3 * number - 2), make(year, 3 * number)


def periods_between(by: str, first: str, last: str) -> Iterator[str]:
    """Yield every ``year``, ``quarter`` or ``month`` from that of ``first`` to that of ``last``, both included."""
    if by == "year":
        yield from (make(year) for year in range(year_of(first), year_of(last) + 1))
        return
    months = (add_months(first, number) for number in range(month_count(first, last)))
    if by == "month":
        yield from months
    else:
        yield from dict.fromkeys(map(quarter_of, months))


# Periods


class Period(NamedTuple):
    """From the first to the last day, both included."""

    first: str
    last: str

    def overlaps(self, other: "Period") -> bool:
        """Return whether the two share a day."""
        return self.first <= other.last and other.first <= self.last

    def days(self) -> int:
        """Return how many days there are."""
        from datetime import date

        return (date.fromisoformat(self.last) - date.fromisoformat(self.first)).days + 1


EVER = Period("0001-01-01", "9999-12-31")


def period(start: str, end: str | None = None) -> Period:
    """Return the days from the first of ``start`` to the last of ``end``; without an end, to the last of ``start``."""
    return Period(first_day(start), last_day(end or start))


# Formatting


def iso(start: str, end: str | None) -> str:
    """Return a date or an ISO 8601 interval: ``2009-12-14/2009-12-15``."""
    return f"{start}/{end}" if end and end != start else start


def human(start: str, end: str | None = None, dash: str = "–") -> str:
    """Return a date for people: ``14–15 Dec 2009``, ``30 Sep – 2 Oct 2009``, ``Oct 2009``, ``2009``."""
    if not end or end == start:
        return _human(start)
    same_year = year_of(start) == year_of(end)
    if "year" in (precision(start), precision(end)) or not same_year:
        return f"{_human(start)} {dash} {_human(end)}"
    (_, month, day), (_, last_month, last_day) = parts(start), parts(end)
    if day and last_day and month == last_month:
        return f"{day}{dash}{_human(end)}"
    return f"{_human(start, with_year=False)} {dash} {_human(end)}"


def _human(date: str, with_year: bool = True) -> str:
    year, month, day = parts(date)
    words = [str(day) if day else "", SHORT_MONTHS[month - 1] if month else "", f"{year:04d}" if with_year else ""]
    return " ".join(word for word in words if word)
