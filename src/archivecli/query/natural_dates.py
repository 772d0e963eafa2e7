"""Dates as people write them → periods: among the words of a query, and as the value of an option or ``field:``.

2009 · 2009-12 · 9.12.2009 · december 2009 · dec '09 · 26 june · 8-9 december 2010 · late november 2009 · q4 2009 ·
summer 2009 · first half of 2009 · october to december 2009 · march-june 2009 · 2009..2010 · since 2010 · 2000s
"""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from archivecli import dates
from archivecli.dates import EVER, MONTHS, Period
from archivecli.errors import UsageError
from archivecli.query.criteria import And, Annually, During, Node, any_of
from archivecli.text import fold

_MONTH = {name: number for number, name in enumerate(MONTHS, 1)}
_MONTH |= {name[:3]: number for name, number in _MONTH.items()} | {"sept": 9}
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (12, 14)}
_THIRDS = {"early": 1, "beginning": 1, "start": 1, "mid": 2, "middle": 2, "late": 3, "end": 3}
_HALVES = {"first": 1, "1st": 1, "second": 2, "2nd": 2}
_QUARTERS = {**_HALVES, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": 4}
_COMPARED = {
    ("later", "than"): "after",
    ("earlier", "than"): "before",
    ("prior", "to"): "before",
    ("up", "to"): "until",
}
_NTH = "(?:st|nd|rd|th)?"
_DAYS = rf"(0?[1-9]|[12][0-9]|3[01]){_NTH}|([0-9]{{1,2}}){_NTH}[-–/]([0-9]{{1,2}}){_NTH}"
_ISO = r"[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?"
_NUMERIC = r"([0-9]{1,2})[./]([0-9]{1,2})[./]([0-9]{4})"
_YEAR_MONTH = r"([0-9]{4})[./]([0-9]{1,2})(?:[./]([0-9]{1,2}))?|([0-9]{1,2})[./]([0-9]{4})"
_DECADE = r"([12][0-9]{2})0s"
_WINTER = r"([0-9]{4})[-–—/](?:[0-9]{2})?[0-9]{2}"
_JOINED = r"(\.\.|[-–—/])"
_SHORT_YEAR = r"['’][0-9]{2}"
_YEARS = r"([0-9]{4})[-–—/]([0-9]{4})"
_YEAR = r"[12][0-9]{3}"
_JOINERS = frozenset({"to", "-", "–", "—", "..", "until", "till", "through", "and"})
# Months that are also other words, or look like them: dates only where a day, a year or another date is next to them.
_AMBIGUOUS = frozenset({"may", "march", "mar", "sep", "jan", "dec", "oct", "nov", "jun", "jul", "apr", "aug", "feb"})
_ALL_YEARS = range(1, 10000)


class Found(NamedTuple):
    """A date found among words: ``taken`` is how many words it takes."""

    node: During | Annually
    taken: int


def month_number(word: str) -> int:
    """Return 1 to 12 for the English name of a month or its first three letters, else 0."""
    return _MONTH.get(fold(word).rstrip("."), 0)


# Dates among the words of a query


def separate(typed: str) -> list[str]:
    """Split a word in which dates are joined: ``march-june`` → march - june, ``mid-november`` → mid november."""
    pieces = [piece for piece in re.split(_JOINED, typed) if piece]
    if len(pieces) < 3 or not any(month_number(piece) for piece in pieces):
        return [typed]
    if fold(pieces[0]) in _THIRDS:
        return [pieces[0], *pieces[2:]]
    return ["-" if re.fullmatch(_JOINED, piece) else piece for piece in pieces]


def find_date(words: Sequence[str], at: int, years: range) -> Found | None:
    """Return the longest date that begins at ``words[at]``; a bare number is a year if it is in ``years``."""
    word, following = fold(words[at]), fold(words[at + 1]) if at + 1 < len(words) else ""
    if (word, following) in _COMPARED:
        found = _open_ended([_COMPARED[word, following], *words[at + 2 :]], 0, years)
        return found._replace(taken=found.taken + 1) if found else None
    if word in ("since", "after", "before", "until", "till"):
        return _open_ended(words, at, years) if following else None
    if following and word in ("from", "between") and (found := _range(words, at + 1, years)):
        return _as_typed(found.node, words[at : at + found.taken + 1])
    if following and word in ("in", "on", "during", "of"):
        found = _range(words, at + 1, years) or _single_date(words, at + 1, years)
        return found._replace(taken=found.taken + 1) if found else None
    return _range(words, at, years) or _single_date(words, at, years)


def _as_typed(node: During | Annually, words: Sequence[str]) -> Found:
    return Found(node._replace(typed=" ".join(words)), len(words))


def _range(words: Sequence[str], at: int, years: range) -> Found | None:
    """Two dates with a word between them; the first may borrow the year of the second."""
    if ".." in words[at]:
        low, _, high = words[at].partition("..")
        span = _typed_range(low, high, words[at])
        return Found(During(span, words[at]), 1) if span else None
    left = _single_date(words, at, years)
    if left is None or at + left.taken + 1 >= len(words) or fold(words[at + left.taken]) not in _JOINERS:
        return None
    right = _single_date(words, at + left.taken + 1, years)
    if right is None or not isinstance(right.node, During):
        return None
    typed = words[at : at + left.taken + 1 + right.taken]
    last = right.node.period.last
    if isinstance(left.node, During):
        first = left.node.period.first
    else:
        first = dates.first_day(dates.make(dates.year_of(last), left.node.month, left.node.day))
    if first > last:
        if isinstance(left.node, During) and fold(words[at + left.taken]) != "and":
            raise _reversed(f"'{' '.join(typed)}'")
        return None
    return _as_typed(During(Period(first, last)), typed)


def _open_ended(words: Sequence[str], at: int, years: range) -> Found | None:
    date = _single_date(words, at + 1, years)
    if date is None or not isinstance(date.node, During):
        return None
    first, last = date.node.period
    match fold(words[at]):
        case "since":
            period = Period(first, EVER.last)
        case "after":
            period = Period(dates.add_days(last, 1), EVER.last)
        case "before":
            period = Period(EVER.first, dates.add_days(first, -1))
        case _:
            period = Period(EVER.first, last)
    return _as_typed(During(period), words[at : at + 1 + date.taken])


def _single_date(words: Sequence[str], at: int, years: range) -> Found | None:
    """Return the one date, not a range, that begins at ``words[at]``."""
    word = fold(words[at]).rstrip(",")
    following = [_full_year(fold(other).rstrip(",")) for other in words[at + 1 : at + 6]]
    for read in (_numeric, _day_first, _month_first, _part_of_month, _part_of_year, _year_first):
        found = read(word, following, years)
        if found:
            return _as_typed(found.node, words[at : at + found.taken])
    if word in ("year", "month") and following:
        skipped = 2 if following[0] == "of" and len(following) > 1 else 1
        found = _single_date(words, at + skipped, years)
        return found._replace(taken=found.taken + skipped) if found else None
    return None


def _full_year(word: str) -> str:
    """Return ``'09`` as 2009, ``'86`` as 1986."""
    return ("20" if int(word[1:]) < 50 else "19") + word[1:] if re.fullmatch(_SHORT_YEAR, word) else word


def _numeric(word: str, following: list[str], years: range) -> Found | None:
    """2009-12, 2009-12-09, 9.12.2009, 12/2009, 2009/12/09, 2000s, 2009-2011."""
    if re.fullmatch(_ISO, word):
        return None if dates.date_error(word) else Found(During(dates.period(word)), 1)
    if match := re.fullmatch(_NUMERIC, word):
        day, month, year = match.groups()
        return _valid_date(f"{year}-{month:0>2}-{day:0>2}", years)
    if match := re.fullmatch(_YEAR_MONTH, word):
        year, month, day, month_before_year, year_last = match.groups()
        date = f"{year or year_last}-{month or month_before_year:0>2}"
        return _valid_date(f"{date}-{day:0>2}" if day else date, years)
    if match := re.fullmatch(_DECADE, word):
        return Found(During(dates.period(f"{match[1]}0", f"{match[1]}9")), 1)
    if match := re.fullmatch(_YEARS, word):
        first, last = match.groups()
        if first > last and int(first) in years and int(last) in years:
            raise _reversed(f"'{word}'")
        if "0000" < first < last:
            return Found(During(dates.period(first, last), literal=True), 1)
    return None


def _valid_date(date: str, years: range) -> Found | None:
    return None if dates.date_error(date) or dates.year_of(date) not in years else Found(During(dates.period(date)), 1)


def _year_at(following: list[str], place: int) -> tuple[str, int]:
    """Return the year at ``place``, perhaps after "of", and how many words it takes; or an empty string and 0."""
    skipped = 1 if following[place : place + 1] == ["of"] else 0
    year = "".join(following[place + skipped : place + skipped + 1])
    return (year, skipped + 1) if re.fullmatch(_YEAR, year) else ("", 0)


def _day_numbers(words: list[str]) -> list[int]:
    """Return the day or the two days that the first word gives: ``26th``, ``8-9``."""
    match = re.fullmatch(_DAYS, words[0]) if words else None
    return [int(number) for number in match.groups() if number] if match else []


def _day_first(word: str, following: list[str], years: range) -> Found | None:
    """26 june [2009], 8-9 december 2010."""
    skip = 1 if following[:1] == ["of"] else 0
    month = month_number(following[skip]) if len(following) > skip else 0
    numbers = _day_numbers([word])
    if not month or not numbers:
        return None
    year, taken = _year_at(following, skip + 1)
    return _days(numbers, month, year, 2 + skip + taken)


def _days(numbers: list[int], month: int, year: str, taken: int) -> Found | None:
    if any(not 1 <= n <= 31 for n in numbers) or numbers != sorted(numbers):
        return None
    if not year:
        return Found(Annually(month, numbers[0]), taken) if len(numbers) == 1 else None
    days = [dates.make(int(year), month, n) for n in numbers]
    return None if any(map(dates.date_error, days)) else Found(During(dates.period(days[0], days[-1])), taken)


def _month_first(word: str, following: list[str], years: range) -> Found | None:
    """june [26] [2009], december; a month that is misspelt only where a year follows."""
    year, taken = _year_at(following, 0)
    month = month_number(word) or (_similar_month(word) if year else 0)
    if not month:
        return None
    if numbers := _day_numbers(following):
        year, taken = _year_at(following, 1)
        return _days(numbers, month, year, 2 + taken)
    if year:
        return Found(During(dates.period(dates.make(int(year), month))), 1 + taken)
    if word in _AMBIGUOUS and following and following[0] not in _JOINERS:
        return None
    return Found(Annually(month), 1)


def _similar_month(word: str) -> int:
    similar = get_close_matches(word, MONTHS, 1, 0.8) if len(word) > 4 else []
    return _MONTH[similar[0]] if similar else 0


def _part_of_month(word: str, following: list[str], years: range) -> Found | None:
    """late november 2009, end of june 2010, first week of december 2009, week of 14 june 2010."""
    skipped = 1 if following[:1] == ["of"] else 0
    rest = following[skipped:]
    if word == "week" and rest:
        day = _day_first(rest[0], rest[1:], years) or _month_first(rest[0], rest[1:], years)
        if day is None or not isinstance(day.node, During) or day.node.period.days() > 1:
            return None
        first = day.node.period.first
        return Found(During(Period(first, dates.add_days(first, 6))), 1 + skipped + day.taken)
    week = word in ("first", "last") and following[:2] == ["week", "of"]
    if week:
        rest, skipped = following[2:], 2
    month = month_number(rest[0]) if rest else 0
    year, taken = _year_at(rest, 1)
    if not month or not year or not (week or word in _THIRDS):
        return None
    length = dates.month_length(int(year), month)
    weeks = {"first": (1, 7), "last": (length - 6, length)}
    days = weeks[word] if week else ((1, 10), (11, 20), (21, length))[_THIRDS[word] - 1]
    span = Period(*(dates.make(int(year), month, day) for day in days))
    return Found(During(span), 2 + skipped + taken)


def _part_of_year(word: str, following: list[str], years: range) -> Found | None:
    """summer 2009, winter 2009/2010, q4 2009, h2 2009, first half of 2009, late 2009."""
    months, place = _named_part(word, following)
    if months is None:
        return None
    year, taken = _year_at(following, place)
    if word == "winter" and following and (winter := re.fullmatch(_WINTER, following[0])):
        year, taken = winter[1], 1
    span = _months(year, *months) if year else None
    return Found(During(span), 1 + place + taken) if span else None


def _named_part(word: str, following: list[str]) -> tuple[tuple[int, int] | None, int]:
    """Return the first and last month of a part of the year, and how many words after the first name it."""
    if word in _HALVES and following[:1] == ["half"]:
        return _nth(_HALVES[word], 6), 1
    if word in _QUARTERS and following[:1] == ["quarter"]:
        return _nth(_QUARTERS[word], 3), 1
    if word in ("q1", "q2", "q3", "q4"):
        return _nth(int(word[1]), 3), 0
    if word in ("h1", "h2"):
        return _nth(int(word[1]), 6), 0
    if word in _THIRDS:
        return _nth(_THIRDS[word], 4), 0
    return _SEASONS.get(word), 0


def _nth(number: int, length: int) -> tuple[int, int]:
    return (number - 1) * length + 1, number * length


def _months(year: str, first: int, last: int) -> Period | None:
    begin = dates.make(int(year), first)
    end = dates.add_months(begin, last - first)
    return None if dates.date_error(end) else dates.period(begin, end)


def _year_first(word: str, following: list[str], years: range) -> Found | None:
    """2009, 2009 december, 2009 december 9, 2009 autumn."""
    if not re.fullmatch(_YEAR, word) or int(word) not in years:
        return None
    another_year = bool(_year_at(following, 1)[0])
    if following and not another_year and (month := month_number(following[0])):
        days = _day_numbers(following[1:])
        found = _days(days, month, word, 3) if days else None
        return found or Found(During(dates.period(dates.make(int(word), month))), 2)
    season = _SEASONS.get(following[0]) if following and not another_year else None
    span = _months(word, *season) if season else None
    return Found(During(span), 2) if span else Found(During(dates.period(word)), 1)


# The values of options and fields


def _reversed(typed: str) -> UsageError:
    return UsageError(f"{typed} ends before it begins", "exchange the two")


def _typed_range(low: str, high: str, typed: str) -> Period | None:
    """Return the period of ``low..high``, either of which may be empty; None if one is not a date."""
    ends = [end for end in (low, high) if end]
    if not ends or any(map(dates.date_error, ends)):
        return None
    span = Period(dates.first_day(low) if low else EVER.first, dates.last_day(high) if high else EVER.last)
    if span.first > span.last:
        raise _reversed(typed)
    return span


def period_value(typed: str, option: str) -> Period:
    """Return the period of one date: 2009, 2009-12, 2009-12-09, "december 2009", "26 june 2009"."""
    found = _whole_date(typed)
    if isinstance(found, During):
        return found.period
    if re.fullmatch(r"[0-9]{4}", typed) and not dates.date_error(typed):
        return dates.period(typed)
    wrong = dates.date_error(typed) if re.fullmatch(r"[0-9-]+", typed) else f"'{typed[:40]}' is not a date"
    raise UsageError(f"{option}: {wrong}", 'write 2009, 2009-12, 2009-12-09 or "26 june 2009"')


def _whole_date(typed: str) -> During | Annually | None:
    words = typed.split()
    found = _single_date(words, 0, _ALL_YEARS) if words else None
    return found.node if found and found.taken == len(words) else None


def year_filter(typed: str, option: str = "--year") -> Node:
    """Return the criterion for 2009, or 2009..2010."""
    low, dots, high = typed.partition("..")
    well_formed = all(re.fullmatch(r"[0-9]{4}|", end) for end in (low, high))
    span = _typed_range(low, high if dots else low, f"{option}: {typed}") if well_formed else None
    if span is None:
        raise UsageError(f"{option}: '{typed[:40]}' is not a year", "write 2009, or 2009..2010")
    return During(span, typed)


def month_filter(typed: str, option: str = "--month") -> Node:
    """Return the criterion for 12, dec, december (in any year), 2009-12, "december 2009"."""
    number = int(typed) if re.fullmatch(r"0?[1-9]|1[0-2]", typed) else month_number(typed)
    if number:
        return Annually(number, 0, typed)
    try:
        return During(period_value(typed, option), typed)
    except UsageError:
        hint = "write 12, dec, december or 2009-12"
        raise UsageError(f"{option}: '{typed[:40]}' is not a month", hint) from None


def day_filter(typed: str, option: str = "--on") -> Node:
    """Return the criterion for 26-06, "26 june" (in any year), or a whole date."""
    match = re.fullmatch(r"([0-9]{1,2})[-./]([0-9]{1,2})\.?", typed)
    if match:
        day, month = int(match[1]), int(match[2])
        if 1 <= month <= 12 and 1 <= day <= dates.month_length(2000, month):
            return Annually(month, day, typed)
        raise UsageError(f"{option}: there is no day {typed}", "write day and month: 26-06")
    found = _whole_date(typed)
    if found is None:
        raise UsageError(f"{option}: '{typed[:40]}' is not a day", 'write 26-06, "26 june" or 2009-06-26')
    return found


def during_filter(typed: str, option: str) -> Node:
    """Return the criterion for one date, or for 2009-10..2010-03."""
    low, dots, high = typed.partition("..")
    span = _typed_range(low, high, f"{option}: {typed}") if dots else period_value(typed, option)
    if span is None:
        raise UsageError(f"{option}: '{typed[:40]}' is not a period", "write 2009-10..2010-03")
    return During(span, typed)


def from_filter(typed: str, option: str = "from") -> During:
    """Return the criterion for a date and what comes after it."""
    return During(Period(period_value(typed, option).first, EVER.last), f"from:{typed}")


def to_filter(typed: str, option: str = "to") -> During:
    """Return the criterion for a date and what comes before it."""
    return During(Period(EVER.first, period_value(typed, option).last), f"to:{typed}")


def check_order(*parts: Node) -> None:
    """Raise UsageError if a ``from`` is after a ``to``, whether they come from options or from the query."""
    flat = [one for part in parts for one in (part.parts if isinstance(part, And) else (part,))]
    typed = [part for part in flat if isinstance(part, During) and not part.from_free_text]
    for low in (part for part in typed if part.period.last == EVER.last):
        for high in (part for part in typed if part.period.first == EVER.first):
            if low.period.first > high.period.last:
                raise UsageError(f"{low.typed} is after {high.typed}", "exchange the two")


def date_filters(
    years: Iterable[str], months: Iterable[str], days: Iterable[str], low: str | None, high: str | None
) -> list[Node]:
    """Return the criteria for the values of ``--year``, ``--month``, ``--on``, ``--from`` and ``--to``."""
    found: list[Node] = []
    for values, read in ((years, year_filter), (months, month_filter), (days, day_filter)):
        alternatives = [read(value) for value in values]
        if alternatives:
            found.append(any_of(alternatives))
    bounds = [from_filter(low, "--from")] if low else []
    bounds += [to_filter(high, "--to")] if high else []
    check_order(*bounds)
    if bounds:
        span = Period(max(one.period.first for one in bounds), min(one.period.last for one in bounds))
        found.append(During(span, " ".join(one.typed for one in bounds)))
    return found
