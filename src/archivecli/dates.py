"""Partial dates and periods: a day, a month or a year, kept as precise as they were written.

A date is text as in ISO 8601: ``2009``, ``2009-10`` or ``2009-10-05``. Its first and last day are
ISO days, which compare correctly as text. Years run from 0001 to 9999.
"""

from typing import NamedTuple

from archivecli.patterns import lazily

MONTHS = tuple("january february march april may june july august september october november december".split())
SHORT_MONTHS = tuple(name[:3].title() for name in MONTHS)

_PARTIAL = lazily(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def month_length(year: int, month: int) -> int:
    """Return the number of days of a month of the Gregorian calendar, 28 to 31."""
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and leap else _LENGTHS[month - 1]


def fault(text: str) -> str:
    """Return what is wrong with ``text`` as a partial date, or an empty text where nothing is."""
    match = _PARTIAL.fullmatch(text)
    if not match:
        return f"'{text[:40]}' is not a date; a date is 2009-12-09, 2009-12 or 2009"
    year, month, day = match.groups()
    if int(year) == 0:
        return "there is no year 0000"
    if month and not 1 <= int(month) <= 12:
        return f"there is no month {month}"
    if day and not 1 <= int(day) <= month_length(int(year), int(month)):
        return f"{SHORT_MONTHS[int(month) - 1]} {year} has no day {int(day)}"
    return ""


def first_day(date: str) -> str:
    """Return the first day of a partial date: ``2009`` → ``2009-01-01``."""
    return date + "-01-01"[len(date) - 4 :] if len(date) < 10 else date


def last_day(date: str) -> str:
    """Return the last day of a partial date: ``2009-02`` → ``2009-02-28``."""
    if len(date) == 4:
        return date + "-12-31"
    if len(date) == 7:
        return f"{date}-{month_length(int(date[:4]), int(date[5:]))}"
    return date


def add_months(month: str, number: int) -> str:
    """Return the month that is ``number`` months later: ``2009-12`` and 1 → ``2010-01``."""
    year, index = divmod(_months(month) + number, 12)
    return f"{year:04d}-{index + 1:02d}"


def month_count(first: str, last: str) -> int:
    """Return how many months there are from that of ``first`` to that of ``last``, both included."""
    return _months(last) - _months(first) + 1


def _months(date: str) -> int:
    return int(date[:4]) * 12 + int(date[5:7]) - 1


def quarter_months(quarter: str) -> tuple[str, str]:
    """Return the first and the last month of ``2009-Q4``: ``2009-10`` and ``2009-12``."""
    year, number = quarter[:4], int(quarter[6:])
    return f"{year}-{3 * number - 2:02d}", f"{year}-{3 * number:02d}"


class Period(NamedTuple):
    """From the first to the last day, both included, as ISO days."""

    first: str
    last: str

    def overlaps(self, other: "Period") -> bool:
        """Tell whether the two share a day."""
        return self.first <= other.last and other.first <= self.last


EVER = Period("0001-01-01", "9999-12-31")


def period(start: str, end: str | None = None) -> Period:
    """Return the days from the first of ``start`` to the last of ``end`` (of ``start`` where there is no end)."""
    return Period(first_day(start), last_day(end or start))


def iso(start: str, end: str | None) -> str:
    """Return a date or an ISO 8601 interval: ``2009-12-14/2009-12-15``."""
    return f"{start}/{end}" if end and end != start else start


def human(start: str, end: str | None = None, dash: str = "–") -> str:
    """Return a date as a person writes it: ``14–15 Dec 2009``, ``30 Sep – 2 Oct 2009``, ``Oct 2009``, ``2009``."""
    if not end or end == start:
        return _one(start)
    if len(start) == len(end) == 10 and start[:7] == end[:7]:
        return f"{int(start[8:])}{dash}{_one(end)}"
    if start[:4] == end[:4] and min(len(start), len(end)) > 4:
        return f"{_one(start)[:-5]} {dash} {_one(end)}"
    return f"{_one(start)} {dash} {_one(end)}"


def _one(date: str) -> str:
    parts = [date[:4]]
    if len(date) > 4:
        parts.insert(0, SHORT_MONTHS[int(date[5:7]) - 1])
    if len(date) > 7:
        parts.insert(0, str(int(date[8:])))
    return " ".join(parts)
