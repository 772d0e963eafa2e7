"""Dates as people type them for options and fields: ``--month dec``, ``--on 26-06``, ``year:2009..2010``."""

import re

from archivecli import dates
from archivecli.dates import EVER, Period
from archivecli.errors import UsageError
from archivecli.query.criteria import During, Node, Recurs
from archivecli.query.spoken import backwards, month_number, single_date, typed_range


def typed_period(typed: str, option: str) -> Period:
    """Return the period of one date typed for an option: 2009, 2009-12, 2009-12-09, "december 2009", "26 june 2009"."""
    words = typed.split()
    found = single_date(words, 0, range(1, 10000)) if words else None
    if found and found.taken == len(words) and isinstance(found.node, During):
        return found.node.period
    if re.fullmatch(r"[0-9]{4}", typed) and not dates.fault(typed):
        return dates.period(typed)
    wrong = dates.fault(typed) if re.fullmatch(r"[0-9-]+", typed) else f"'{typed[:40]}' is not a date"
    raise UsageError(f"{option}: {wrong}", 'write 2009, 2009-12, 2009-12-09 or "26 june 2009"')


def month_filter(typed: str, option: str = "--month") -> Node:
    """Return what ``--month`` asks for: 12, dec, december (in any year), 2009-12, "december 2009"."""
    number = int(typed) if re.fullmatch(r"0?[1-9]|1[0-2]", typed) else month_number(typed)
    if number:
        return Recurs(number, 0, typed)
    try:
        return During(typed_period(typed, option), typed)
    except UsageError:
        hint = "write 12, dec, december or 2009-12"
        raise UsageError(f"{option}: '{typed[:40]}' is not a month", hint) from None


def day_filter(typed: str, option: str = "--on") -> Node:
    """Return what ``--on`` asks for: 26-06, "26 june" (in any year), or a whole date."""
    match = re.fullmatch(r"([0-9]{1,2})[-./]([0-9]{1,2})\.?", typed)
    if match:
        day, month = int(match.group(1)), int(match.group(2))
        if 1 <= month <= 12 and 1 <= day <= dates.month_length(2000, month):
            return Recurs(month, day, typed)
        raise UsageError(f"{option}: there is no day {typed}", "write day and month: 26-06")
    words = typed.split()
    found = single_date(words, 0, range(1, 10000)) if words else None
    if found and found.taken == len(words):
        return found.node
    raise UsageError(f"{option}: '{typed[:40]}' is not a day", 'write 26-06, "26 june" or 2009-06-26')


def year_filter(typed: str, option: str = "--year") -> Node:
    """Return what ``--year`` asks for: 2009, or 2009..2010."""
    low, dots, high = typed.partition("..")
    ends = [low, high] if dots else [low]
    if all(re.fullmatch(r"[0-9]{4}", end) and end != "0000" for end in ends if end) and any(ends):
        first = dates.first_day(low) if low else EVER.first
        last = dates.last_day(high if dots else low) if (high or not dots) else EVER.last
        if first > last:
            raise backwards(f"{option}: {typed}")
        return During(Period(first, last), typed)
    raise UsageError(f"{option}: '{typed[:40]}' is not a year", "write 2009, or 2009..2010")


__all__ = ["backwards", "day_filter", "month_filter", "typed_period", "typed_range", "year_filter"]
