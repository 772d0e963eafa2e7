"""Dates as people type them → periods: in options (``--month dec``) and among the words of a query.

2009 · 2009-12 · 2009-12-09 · december 2009 · dec 2009 · 26 june · 26 June 2009 · 8-9 december 2010 · summer 2009 ·
q4 2009 · first half of 2009 · 2009-10 to 2010-03 · october to december 2009 · 2009..2010 · since 2010 · before 2009
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from archivecli import dates
from archivecli.dates import EVER, MONTHS, Period
from archivecli.errors import UsageError
from archivecli.patterns import lazily
from archivecli.query.criteria import During, Node, Recurs
from archivecli.text import fold

_MONTH = {name: number for number, name in enumerate(MONTHS, 1)}
_MONTH |= {name[:3]: number for number, name in enumerate(MONTHS, 1)} | {"sept": 9}
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (12, 14)}
_PARTS = {"early": (1, 4), "mid": (5, 8), "late": (9, 12), "beginning": (1, 4), "middle": (5, 8), "end": (9, 12)}
_HALVES = {"first": (1, 6), "1st": (1, 6), "second": (7, 12), "2nd": (7, 12)}
_QUARTERS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": 4}
_DAY = lazily(r"(0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)?")
_DAYS = lazily(r"([0-9]{1,2})(?:st|nd|rd|th)?(?:-|–|/)([0-9]{1,2})(?:st|nd|rd|th)?")
_ISO = lazily(r"[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?")
_NUMERIC = lazily(r"([0-9]{1,2})[./]([0-9]{1,2})[./]([0-9]{4})")
_YEARS = lazily(r"([0-9]{4})[-–—/]([0-9]{4})")
_YEAR = lazily(r"[12][0-9]{3}")
_JOINERS = frozenset({"to", "-", "–", "—", "until", "till", "through", "and"})
_AMBIGUOUS = frozenset({"may", "march", "mar", "sep", "jan", "dec", "oct", "nov", "jun", "jul", "apr", "aug", "feb"})


class Found(NamedTuple):
    """A date found among words: ``taken`` words beginning at the place that was asked for."""

    node: During | Recurs
    taken: int


def month_number(word: str) -> int:
    """Return 1 to 12 for the English name of a month or its first three letters, else 0."""
    return _MONTH.get(fold(word).rstrip("."), 0)


def find_date(words: Sequence[str], at: int, years: range) -> Found | None:
    """Return the longest date that begins at ``words[at]``; a bare number is a year where it lies in ``years``."""
    word = fold(words[at])
    if word in ("from", "between") and at + 1 < len(words):
        inner = _range(words, at + 1, years)
        if inner:
            return inner._replace(taken=inner.taken + 1, node=_said(inner.node, words[at : at + inner.taken + 1]))
    if word in ("since", "after", "before", "until", "till") and at + 1 < len(words):
        return _open_ended(words, at, years)
    if word in ("in", "on", "during", "of") and at + 1 < len(words):
        inner = _range(words, at + 1, years) or _single(words, at + 1, years)
        return inner._replace(taken=inner.taken + 1) if inner else None
    return _range(words, at, years) or _single(words, at, years)


def _said(node: During | Recurs, words: Sequence[str]) -> During | Recurs:
    return node._replace(said=" ".join(words))


def _range(words: Sequence[str], at: int, years: range) -> Found | None:
    """Two dates with a word between them; the first may borrow the year of the second."""
    if ".." in words[at]:
        low, _, high = words[at].partition("..")
        span = typed_range(low, high)
        return Found(During(span, words[at]), 1) if span else None
    left = _single(words, at, years)
    if left is None or at + left.taken + 1 >= len(words) or fold(words[at + left.taken]) not in _JOINERS:
        return None
    right = _single(words, at + left.taken + 1, years)
    if right is None or not isinstance(right.node, During):
        return None
    taken = left.taken + 1 + right.taken
    first = left.node.period if isinstance(left.node, During) else _in_year(left.node, right.node.period.last[:4])
    if first.first > right.node.period.last:
        return None
    node = During(Period(first.first, right.node.period.last), " ".join(words[at : at + taken]))
    return Found(node, taken)


def _in_year(node: Recurs, year: str) -> Period:
    date = f"{year}-{node.month:02d}" + (f"-{node.day:02d}" if node.day else "")
    return dates.period(date)


def _open_ended(words: Sequence[str], at: int, years: range) -> Found | None:
    inner = _single(words, at + 1, years)
    if inner is None or not isinstance(inner.node, During):
        return None
    first, last = inner.node.period
    spans = {
        "since": Period(first, EVER.last),
        "after": Period(next_day(last), EVER.last),
        "before": Period(EVER.first, day_before(first)),
        "until": Period(EVER.first, last),
        "till": Period(EVER.first, last),
    }
    said = " ".join(words[at : at + 1 + inner.taken])
    return Found(During(spans[fold(words[at])], said), inner.taken + 1)


def _single(words: Sequence[str], at: int, years: range) -> Found | None:
    word = fold(words[at]).rstrip(",")
    following = [fold(other).rstrip(",") for other in words[at + 1 : at + 5]]
    for reading in (_iso, _day_first, _month_first, _part_of_year, _year):
        found = reading(word, following, years)
        if found:
            return found._replace(node=_said(found.node, words[at : at + found.taken]))
    return None


def _iso(word: str, following: list[str], years: range) -> Found | None:
    if _ISO.fullmatch(word) and not dates.fault(word):
        return Found(During(dates.period(word)), 1)
    numeric = _NUMERIC.fullmatch(word)
    if numeric:
        day, month, year = numeric.groups()
        date = f"{year}-{month:0>2}-{day:0>2}"
        return None if dates.fault(date) else Found(During(dates.period(date)), 1)
    both = _YEARS.fullmatch(word)
    if both and both.group(1) < both.group(2) and both.group(1) != "0000":
        return Found(During(dates.period(*both.groups()), literal=True), 1)
    return None


def _year_at(following: list[str], place: int) -> tuple[str, int]:
    """Return the year that stands at ``place`` (perhaps after "of") and how many words it takes, else an empty one."""
    rest = following[place:]
    if rest[:1] == ["of"]:
        rest, skipped = rest[1:], 1
    else:
        skipped = 0
    return (rest[0], skipped + 1) if rest and _YEAR.fullmatch(rest[0]) else ("", 0)


def _day_first(word: str, following: list[str], years: range) -> Found | None:
    """26 june [2009], 8-9 december 2010."""
    skip = 1 if following[:1] == ["of"] else 0
    month = month_number(following[skip]) if len(following) > skip else 0
    both, day = _DAYS.fullmatch(word), _DAY.fullmatch(word)
    if not month or not (both or day):
        return None
    year, taken = _year_at(following, skip + 1)
    numbers = [int(n) for n in both.groups()] if both else [int(day.group(1))] if day else []
    return _days(numbers, month, year, 2 + skip + taken)


def _days(numbers: list[int], month: int, year: str, taken: int) -> Found | None:
    if any(not 1 <= n <= 31 for n in numbers) or numbers != sorted(numbers):
        return None
    if not year:
        return Found(Recurs(month, numbers[0]), taken) if len(numbers) == 1 else None
    ends = [f"{year}-{month:02d}-{n:02d}" for n in numbers]
    return None if any(dates.fault(d) for d in ends) else Found(During(dates.period(ends[0], ends[-1])), taken)


def _month_first(word: str, following: list[str], years: range) -> Found | None:
    """june [26] [2009], december."""
    month = month_number(word)
    if not month:
        return None
    day = _DAY.fullmatch(following[0]) if following else None
    both = _DAYS.fullmatch(following[0]) if following else None
    if day or both:
        numbers = [int(n) for n in both.groups()] if both else [int(day.group(1))] if day else []
        year, taken = _year_at(following, 1)
        return _days(numbers, month, year, 2 + taken)
    year, taken = _year_at(following, 0)
    if year:
        return Found(During(dates.period(f"{year}-{month:02d}")), 1 + taken)
    if (
        word in _AMBIGUOUS
        and (following or word in ("may", "march", "mar"))
        and following[:1] not in [[j] for j in _JOINERS]
    ):
        return None
    return Found(Recurs(month), 1)


def _part_of_year(word: str, following: list[str], years: range) -> Found | None:
    """summer 2009, q4 2009, first half of 2009, late 2009."""
    months = _SEASONS.get(word) or _PARTS.get(word)
    place = 0
    if word[:1] == "q" and word[1:] in ("1", "2", "3", "4"):
        months = (3 * int(word[1]) - 2, 3 * int(word[1]))
    elif word in _HALVES and following[:1] == ["half"]:
        months, place = _HALVES[word], 1
    elif word in _QUARTERS and following[:1] == ["quarter"]:
        months, place = (3 * _QUARTERS[word] - 2, 3 * _QUARTERS[word]), 1
    if months is None:
        return None
    year, taken = _year_at(following, place)
    if not year:
        return None
    first, last = months
    end = f"{int(year) + 1:04d}-{last - 12:02d}" if last > 12 else f"{year}-{last:02d}"
    return None if dates.fault(end) else Found(During(dates.period(f"{year}-{first:02d}", end)), 1 + place + taken)


def _year(word: str, following: list[str], years: range) -> Found | None:
    if _YEAR.fullmatch(word) and int(word) in years:
        month = month_number(following[0]) if following else 0
        if month and not _year_at(following, 1)[0]:
            return Found(During(dates.period(f"{word}-{month:02d}")), 2)
        return Found(During(dates.period(word)), 1)
    return None


def next_day(day: str) -> str:
    """Return the ISO day after ``day``."""
    year, month, number = int(day[:4]), int(day[5:7]), int(day[8:])
    if number < dates.month_length(year, month):
        return f"{day[:8]}{number + 1:02d}"
    if month < 12:
        return f"{day[:4]}-{month + 1:02d}-01"
    return f"{min(year + 1, 9999):04d}-01-01"


def day_before(day: str) -> str:
    """Return the ISO day before ``day``."""
    year, month, number = int(day[:4]), int(day[5:7]), int(day[8:])
    if number > 1:
        return f"{day[:8]}{number - 1:02d}"
    if month > 1:
        return f"{day[:4]}-{month - 1:02d}-{dates.month_length(year, month - 1)}"
    return f"{max(year - 1, 1):04d}-12-31"


def typed_period(typed: str, option: str) -> Period:
    """Return the period of one date typed for an option: 2009, 2009-12, 2009-12-09, "december 2009", "26 june 2009"."""
    words = typed.split()
    found = _single(words, 0, range(1, 10000)) if words else None
    if found and found.taken == len(words) and isinstance(found.node, During):
        return found.node.period
    if re.fullmatch(r"[0-9]{4}", typed) and not dates.fault(typed):
        return dates.period(typed)
    wrong = dates.fault(typed) if re.fullmatch(r"[0-9-]+", typed) else f"'{typed[:40]}' is not a date"
    raise UsageError(f"{option}: {wrong}", 'write 2009, 2009-12, 2009-12-09 or "26 june 2009"')


def typed_range(low: str, high: str) -> Period | None:
    """Return the period of ``low..high``, either of which may be empty; None where one is no date."""
    ends = []
    for typed in (low, high):
        if typed and (not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", typed) or dates.fault(typed)):
            return None
        ends.append(dates.period(typed) if typed else EVER)
    return Period(ends[0].first, ends[1].last) if low or high else None


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
    found = _single(words, 0, range(1, 10000)) if words else None
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
        return During(Period(first, last), typed)
    raise UsageError(f"{option}: '{typed[:40]}' is not a year", "write 2009, or 2009..2010")
