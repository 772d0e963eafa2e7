"""Dates as people write them among other words → periods.

2009 · 2009-12 · 9.12.2009 · december 2009 · dec '09 · 26 june · 8-9 december 2010 · late november 2009 · q4 2009 ·
summer 2009 · first half of 2009 · october to december 2009 · march-june 2009 · 2009..2010 · since 2010 · 2000s
"""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import NamedTuple

from archivecli import dates
from archivecli.dates import EVER, MONTHS, Period
from archivecli.errors import UsageError
from archivecli.patterns import lazily
from archivecli.query.criteria import During, Recurs
from archivecli.text import fold

_MONTH = {name: number for number, name in enumerate(MONTHS, 1)}
_MONTH |= {name[:3]: number for number, name in enumerate(MONTHS, 1)} | {"sept": 9}
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (12, 14)}
_THIRDS = {"early": 1, "beginning": 1, "start": 1, "mid": 2, "middle": 2, "late": 3, "end": 3}
_HALVES = {"first": (1, 6), "1st": (1, 6), "second": (7, 12), "2nd": (7, 12)}
_QUARTERS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": 4}
_COMPARED = {
    ("later", "than"): "after",
    ("earlier", "than"): "before",
    ("prior", "to"): "before",
    ("up", "to"): "until",
}
_DAY = lazily(r"(0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)?")
_DAYS = lazily(r"([0-9]{1,2})(?:st|nd|rd|th)?(?:-|–|/)([0-9]{1,2})(?:st|nd|rd|th)?")
_ISO = lazily(r"[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?")
_NUMERIC = lazily(r"([0-9]{1,2})[./]([0-9]{1,2})[./]([0-9]{4})")
_YEAR_MONTH = lazily(r"([0-9]{4})[./]([0-9]{1,2})(?:[./]([0-9]{1,2}))?|([0-9]{1,2})[./]([0-9]{4})")
_DECADE = lazily(r"([12][0-9]{2})0s")
_WINTER = lazily(r"([0-9]{4})[-–—/](?:[0-9]{2})?[0-9]{2}")
_JOINED = lazily(r"(\.\.|[-–—/])")
_SHORT_YEAR = lazily(r"['’][0-9]{2}")
_YEARS = lazily(r"([0-9]{4})[-–—/]([0-9]{4})")
_YEAR = lazily(r"[12][0-9]{3}")
_JOINERS = frozenset({"to", "-", "–", "—", "..", "until", "till", "through", "and"})
_AMBIGUOUS = frozenset({"may", "march", "mar", "sep", "jan", "dec", "oct", "nov", "jun", "jul", "apr", "aug", "feb"})
"""Months that are also other words, or look like them: dates only where a day, a year or another date stands by."""


class Found(NamedTuple):
    """A date found among words: ``taken`` words beginning at the place that was asked for."""

    node: During | Recurs
    taken: int


def month_number(word: str) -> int:
    """Return 1 to 12 for the English name of a month or its first three letters, else 0."""
    return _MONTH.get(fold(word).rstrip("."), 0)


def separate(typed: str) -> list[str]:
    """Part a word in which dates are joined: ``march-june`` → march - june, ``mid-november`` → mid november."""
    pieces = [piece for piece in _JOINED.split(typed) if piece]
    if len(pieces) < 3 or not any(month_number(piece) for piece in pieces):
        return [typed]
    if fold(pieces[0]) in _THIRDS:
        return [pieces[0], *pieces[2:]]
    return ["-" if _JOINED.fullmatch(piece) else piece for piece in pieces]


def find_date(words: Sequence[str], at: int, years: range) -> Found | None:
    """Return the longest date that begins at ``words[at]``; a bare number is a year where it lies in ``years``."""
    word = fold(words[at])
    if word in ("from", "between") and at + 1 < len(words):
        inner = _range(words, at + 1, years)
        if inner:
            return inner._replace(taken=inner.taken + 1, node=_said(inner.node, words[at : at + inner.taken + 1]))
    following = fold(words[at + 1]) if at + 1 < len(words) else ""
    if (word, following) in _COMPARED:
        found = _open_ended([*words[:at], _COMPARED[word, following], *words[at + 2 :]], at, years)
        return found._replace(taken=found.taken + 1) if found else None
    if word in ("since", "after", "before", "until", "till") and following:
        return _open_ended(words, at, years)
    if word in ("in", "on", "during", "of") and at + 1 < len(words):
        inner = _range(words, at + 1, years) or single_date(words, at + 1, years)
        return inner._replace(taken=inner.taken + 1) if inner else None
    return _range(words, at, years) or single_date(words, at, years)


def _said(node: During | Recurs, words: Sequence[str]) -> During | Recurs:
    return node._replace(said=" ".join(words))


def _range(words: Sequence[str], at: int, years: range) -> Found | None:
    """Two dates with a word between them; the first may borrow the year of the second."""
    if ".." in words[at]:
        low, _, high = words[at].partition("..")
        span = typed_range(low, high, words[at])
        return Found(During(span, words[at]), 1) if span else None
    left = single_date(words, at, years)
    if left is None or at + left.taken + 1 >= len(words) or fold(words[at + left.taken]) not in _JOINERS:
        return None
    right = single_date(words, at + left.taken + 1, years)
    if right is None or not isinstance(right.node, During):
        return None
    taken = left.taken + 1 + right.taken
    first = left.node.period if isinstance(left.node, During) else _in_year(left.node, right.node.period.last[:4])
    if first.first > right.node.period.last:
        if isinstance(left.node, During) and fold(words[at + left.taken]) != "and":
            raise backwards(f"'{' '.join(words[at : at + taken])}'")
        return None
    node = During(Period(first.first, right.node.period.last), " ".join(words[at : at + taken]))
    return Found(node, taken)


def _in_year(node: Recurs, year: str) -> Period:
    date = f"{year}-{node.month:02d}" + (f"-{node.day:02d}" if node.day else "")
    return dates.period(date)


def _open_ended(words: Sequence[str], at: int, years: range) -> Found | None:
    inner = single_date(words, at + 1, years)
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


def single_date(words: Sequence[str], at: int, years: range) -> Found | None:
    """Return the one date, not a range, that begins at ``words[at]``."""
    word = fold(words[at]).rstrip(",")
    following = [_whole_year(fold(other).rstrip(",")) for other in words[at + 1 : at + 6]]
    for reading in (_iso, _day_first, _month_first, _part_of_month, _part_of_year, _year):
        found = reading(word, following, years)
        if found:
            return found._replace(node=_said(found.node, words[at : at + found.taken]))
    if word in ("year", "month") and following:
        skipped = 2 if following[0] == "of" and len(following) > 1 else 1
        inner = single_date(words, at + skipped, years)
        return inner._replace(taken=inner.taken + skipped) if inner else None
    return None


def _whole_year(word: str) -> str:
    """Return ``'09`` as 2009, ``'86`` as 1986."""
    if _SHORT_YEAR.fullmatch(word):
        return ("20" if int(word[1:]) < 50 else "19") + word[1:]
    return word


def _iso(word: str, following: list[str], years: range) -> Found | None:
    """2009-12, 2009-12-09, 9.12.2009, 12/2009, 2009/12/09, 2000s, 2009-2011."""
    if _ISO.fullmatch(word) and not dates.fault(word):
        return Found(During(dates.period(word)), 1)
    numeric, partial = _NUMERIC.fullmatch(word), _YEAR_MONTH.fullmatch(word)
    if numeric:
        day, month, year = numeric.groups()
        return _exact(f"{year}-{month:0>2}-{day:0>2}", years)
    if partial:
        year, month, number, month_first, year_last = partial.groups()
        return _exact(f"{year or year_last}-{month or month_first:0>2}" + (f"-{number:0>2}" if number else ""), years)
    decade = _DECADE.fullmatch(word)
    if decade:
        return Found(During(dates.period(f"{decade.group(1)}0", f"{decade.group(1)}9")), 1)
    both = _YEARS.fullmatch(word)
    if both and both.group(1) > both.group(2) and all(int(year) in years for year in both.groups()):
        raise backwards(f"'{word}'")
    if both and both.group(1) < both.group(2) and both.group(1) != "0000":
        return Found(During(dates.period(*both.groups()), literal=True), 1)
    return None


def _exact(date: str, years: range) -> Found | None:
    return None if dates.fault(date) or int(date[:4]) not in years else Found(During(dates.period(date)), 1)


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
    """june [26] [2009], december; a month that is misspelt only where a year follows."""
    month = month_number(word) or (_near_month(word) if _year_at(following, 0)[0] else 0)
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
    if word in _AMBIGUOUS and following and following[0] not in _JOINERS:
        return None
    return Found(Recurs(month), 1)


def _near_month(word: str) -> int:
    near = get_close_matches(word, MONTHS, 1, 0.8) if len(word) > 4 else []
    return _MONTH[near[0]] if near else 0


def _part_of_month(word: str, following: list[str], years: range) -> Found | None:
    """late november 2009, end of june 2010, first week of december 2009, week of 14 june 2010."""
    rest = following[1:] if following[:1] == ["of"] else following
    skipped = len(following) - len(rest)
    if word == "week" and rest:
        day = _day_first(rest[0], rest[1:], years) or _month_first(rest[0], rest[1:], years)
        if day is None or not isinstance(day.node, During) or day.node.period.first != day.node.period.last:
            return None
        return Found(During(_week_from(day.node.period.first)), 1 + skipped + day.taken)
    week = word in ("first", "last") and following[:2] == ["week", "of"]
    if week:
        rest, skipped = following[2:], 2
    month = month_number(rest[0]) if rest else 0
    year, taken = _year_at(rest, 1)
    if not month or not year or not (week or word in _THIRDS):
        return None
    length = dates.month_length(int(year), month)
    thirds = {1: (1, 10), 2: (11, 20), 3: (21, length)}
    begins, ends = ((1, 7) if word == "first" else (length - 6, length)) if week else thirds[_THIRDS[word]]
    start = f"{year}-{month:02d}-"
    return Found(During(Period(f"{start}{begins:02d}", f"{start}{ends:02d}")), 2 + skipped + taken)


def _week_from(day: str) -> Period:
    last = day
    for _ in range(6):
        last = next_day(last)
    return Period(day, last)


def _part_of_year(word: str, following: list[str], years: range) -> Found | None:
    """summer 2009, winter 2009/2010, q4 2009, h2 2009, first half of 2009, late 2009."""
    months, place = _named_part(word, following)
    if months is None:
        return None
    year, taken = _year_at(following, place)
    winter = _WINTER.fullmatch(following[place]) if word == "winter" and len(following) > place else None
    if winter:
        year, taken = winter.group(1), 1
    span = _months(year, *months) if year else None
    return Found(During(span), 1 + place + taken) if span else None


def _named_part(word: str, following: list[str]) -> tuple[tuple[int, int] | None, int]:
    """Return the first and last month of a part of the year and how many words beyond the first name it."""
    if word in _HALVES and following[:1] == ["half"]:
        return _HALVES[word], 1
    if word in _QUARTERS and following[:1] == ["quarter"]:
        return (3 * _QUARTERS[word] - 2, 3 * _QUARTERS[word]), 1
    if word in ("q1", "q2", "q3", "q4"):
        return (3 * int(word[1]) - 2, 3 * int(word[1])), 0
    if word in ("h1", "h2"):
        return (6 * int(word[1]) - 5, 6 * int(word[1])), 0
    if word in _THIRDS:
        return (4 * _THIRDS[word] - 3, 4 * _THIRDS[word]), 0
    return _SEASONS.get(word), 0


def _months(year: str, first: int, last: int) -> Period | None:
    end = f"{int(year) + 1:04d}-{last - 12:02d}" if last > 12 else f"{year}-{last:02d}"
    return None if dates.fault(end) else dates.period(f"{year}-{first:02d}", end)


def _year(word: str, following: list[str], years: range) -> Found | None:
    """2009, 2009 december, 2009 december 9, 2009 autumn."""
    if not _YEAR.fullmatch(word) or int(word) not in years:
        return None
    month = month_number(following[0]) if following else 0
    if month and not _year_at(following, 1)[0]:
        day = _DAY.fullmatch(following[1]) if len(following) > 1 else None
        found = _days([int(day.group(1))], month, word, 3) if day else None
        return found or Found(During(dates.period(f"{word}-{month:02d}")), 2)
    season = _SEASONS.get(following[0]) if following else None
    span = _months(word, *season) if season and not _year_at(following, 1)[0] else None
    return Found(During(span), 2) if span else Found(During(dates.period(word)), 1)


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


def backwards(said: str) -> UsageError:
    """Return the error for a range whose end is before its beginning."""
    return UsageError(f"{said} ends before it begins", "exchange the two")


def typed_range(low: str, high: str, said: str) -> Period | None:
    """Return the period of ``low..high``, either of which may be empty; None where one is no date.

    Raise UsageError, with what was ``said``, where it ends before it begins.
    """
    ends = []
    for typed in (low, high):
        if typed and (not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", typed) or dates.fault(typed)):
            return None
        ends.append(dates.period(typed) if typed else EVER)
    if ends[0].first > ends[1].last:
        raise backwards(said)
    return Period(ends[0].first, ends[1].last) if low or high else None
