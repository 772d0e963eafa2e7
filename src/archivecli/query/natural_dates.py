"""Parse dates as people write them, among the words of a query and as the value of an option or ``field:``.

2009 · 2009-12 · 9.12.2009 · december 2009 · dec '09 · 26 june · 8-9 december 2010 · late november 2009 · q4 2009 ·
summer 2009 · first half of 2009 · october to december 2009 · march-june 2009 · 2009..2010 · since 2010 · 2000s
"""

import re
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from typing import NamedTuple, TypeAlias

from archivecli import dates
from archivecli.dates import EVER, MONTHS, Period
from archivecli.errors import UsageError
from archivecli.query.criteria import Annually, During, Node, any_of, conjuncts
from archivecli.text import fold

Date = During | Annually
_Read: TypeAlias = Callable[[re.Match[str], range], Date | None]

_MONTHS = {name: number for number, name in enumerate(MONTHS, 1)}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9}
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (12, 14)}
_THIRDS = {"early": 1, "beginning": 1, "start": 1, "mid": 2, "middle": 2, "late": 3, "end": 3}
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": 4}
# Parts of a year, with their first and last month
_PARTS = (
    _SEASONS
    | {name: (4 * third - 3, 4 * third) for name, third in _THIRDS.items()}
    | {f"{name} quarter": (3 * number - 2, 3 * number) for name, number in _ORDINALS.items()}
    | {f"{name} half": (6 * number - 5, 6 * number) for name, number in _ORDINALS.items() if number <= 2}
    | {f"q{number}": (3 * number - 2, 3 * number) for number in (1, 2, 3, 4)}
    | {f"h{number}": (6 * number - 5, 6 * number) for number in (1, 2)}
)
_COMPARISONS = {"later than": "after", "earlier than": "before", "prior to": "before", "up to": "until"}
_JOINERS = frozenset({"to", "-", "..", "until", "till", "through", "and"})
# Months that are also other words, or look like them: dates only if a day, a year or another date is next to them
_AMBIGUOUS = frozenset({"may", "march", "mar", "sep", "jan", "dec", "oct", "nov", "jun", "jul", "apr", "aug", "feb"})
_ALL_YEARS = range(1, 10000)
_SEPARATOR = r"(\.\.|[-–—/])"


class Found(NamedTuple):
    """A date found among words; ``taken`` is its number of words."""

    node: Date
    taken: int


def month_number(word: str) -> int:
    """Return 1 to 12 for the English name of a month or its first three letters, else 0."""
    return _MONTHS.get(fold(word).rstrip("."), 0)


# Dates among the words of a query


def separate(typed: str) -> list[str]:
    """Split a word in which dates are joined: ``march-june`` → march - june, ``mid-november`` → mid november."""
    pieces = [piece for piece in re.split(_SEPARATOR, typed) if piece]
    if len(pieces) < 3 or not any(month_number(piece) for piece in pieces):
        return [typed]
    if fold(pieces[0]) in _THIRDS:
        return [pieces[0], *pieces[2:]]
    return ["-" if re.fullmatch(_SEPARATOR, piece) else piece for piece in pieces]


def find_date(words: Sequence[str], at: int, years: range) -> Found | None:
    """Return the longest date that begins at ``words[at]``; a bare number is a year if it is in ``years``."""
    word, following = fold(words[at]), fold(words[at + 1]) if at + 1 < len(words) else ""
    if comparison := _COMPARISONS.get(f"{word} {following}"):
        found = _open_ended([comparison, *words[at + 2 :]], 0, years)
        return found._replace(taken=found.taken + 1) if found else None
    if word in ("since", "after", "before", "until", "till"):
        return _open_ended(words, at, years) if following else None
    if following and word in ("from", "between") and (found := _range(words, at + 1, years)):
        return _as_typed(found.node, words[at : at + found.taken + 1])
    if following and word in ("in", "on", "during", "of"):
        found = _range(words, at + 1, years) or _single_date(words, at + 1, years)
        return found._replace(taken=found.taken + 1) if found else None
    return _range(words, at, years) or _single_date(words, at, years)


def _as_typed(node: Date, words: Sequence[str]) -> Found:
    return Found(node._replace(typed=" ".join(words)), len(words))


def _range(words: Sequence[str], at: int, years: range) -> Found | None:
    """Return two dates with a word between them; the first may take the year of the second."""
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
        if first > last and fold(words[at + left.taken]) != "and":
            raise _reversed(f"'{' '.join(typed)}'")
    else:
        first = dates.first_day(dates.make(dates.year_of(last), left.node.month, left.node.day))
    return _as_typed(During(Period(first, last)), typed) if first <= last else None


def _open_ended(words: Sequence[str], at: int, years: range) -> Found | None:
    date = _single_date(words, at + 1, years)
    if date is None or not isinstance(date.node, During):
        return None
    first, last = date.node.period
    match fold(words[at]):
        case "since":
            last = EVER.last
        case "after":
            first, last = dates.add_days(last, 1), EVER.last
        case "before":
            first, last = EVER.first, dates.add_days(first, -1)
        case _:
            first = EVER.first
    return _as_typed(During(Period(first, last)), words[at : at + 1 + date.taken])


def _single_date(words: Sequence[str], at: int, years: range) -> Found | None:
    """Return the one date, not a range, that begins at ``words[at]``."""
    text = " ".join(_plain(word, position > at) for position, word in enumerate(words[at : at + 6], at))
    may_be_date = re.search("[0-9]", text) or month_number(text.partition(" ")[0])  # the patterns take 3 ms to compile
    for pattern, read in _PATTERNS if may_be_date else ():
        match = re.match(rf"(?:{pattern})(?!\S)", text)
        if match and (node := read(match, years)):
            return _as_typed(node, words[at : at + match.group().count(" ") + 1])
    if match := re.match(r"(year|month) (of (?=\S))?", text):
        skipped = match.group().count(" ")
        found = _single_date(words, at + skipped, years)
        return found._replace(taken=found.taken + skipped) if found else None
    return None


def _plain(word: str, is_later: bool) -> str:
    """Return a word folded, without comma; after the first one, ``'09`` becomes 2009, ``'86`` 1986."""
    plain = fold(word).rstrip(",").replace(" ", "_")
    if is_later and re.fullmatch("'[0-9]{2}", plain):
        return ("20" if int(plain[1:]) < 50 else "19") + plain[1:]
    return plain


def _numeric(match: re.Match[str], years: range) -> Date | None:
    """2009-12, 2009-12-09, 9.12.2009, 12/2009, 2009/12/09."""
    parts = match.groupdict()
    date = "-".join(parts[name].zfill(2) for name in ("year", "month", "day") if parts.get(name))
    if dates.date_error(date) or (date != match.group() and dates.year_of(date) not in years):
        return None
    return During(dates.period(date))


def _years(match: re.Match[str], years: range) -> Date | None:
    first, last = match.groups()
    if first > last and int(first) in years and int(last) in years:
        raise _reversed(f"'{match.group()}'")
    return During(dates.period(first, last), literal=True) if "0000" < first < last else None


def _day(match: re.Match[str], years: range) -> Date | None:
    """26 june [2009], 8-9 december 2010, 2009 december 9."""
    month = month_number(match["month"])
    numbers = [int(number) for number in match.group("day", "first", "last") if number]
    if not month or numbers != sorted(numbers) or not 1 <= numbers[0] <= numbers[-1] <= 31:
        return None
    if not match["year"]:
        return Annually(month, numbers[0]) if len(numbers) == 1 else None
    days = [dates.make(int(match["year"]), month, number) for number in numbers]
    return None if any(map(dates.date_error, days)) else During(dates.period(days[0], days[-1]))


def _month(match: re.Match[str], years: range) -> Date | None:
    """june [26] [2009], december; a month that is misspelt only if a year follows."""
    if match["day"] or match["first"]:
        return _day(match, years)
    word, year = match["month"], match["year"]
    month = month_number(word)
    if not month and year and len(word) > 4:
        month = next((_MONTHS[name] for name in get_close_matches(word, MONTHS, 1, 0.8)), 0)
    if not month:
        return None
    if year:
        return During(dates.period(dates.make(int(year), month)))
    following = match.string[match.end() :].split()
    return None if word in _AMBIGUOUS and following and following[0] not in _JOINERS else Annually(month)


def _named_months(match: re.Match[str], years: range) -> Date | None:
    """2009 december, 2009 autumn."""
    month = month_number(match["name"])
    return _months(match["year"], (month, month) if month else _SEASONS.get(match["name"]))


def _week(match: re.Match[str], years: range) -> Date | None:
    """Week of 14 june 2010."""
    day = _day(match, years)
    if not isinstance(day, During) or day.period.days() > 1:
        return None
    return During(Period(day.period.first, dates.add_days(day.period.first, 6)))


def _part_of_month(match: re.Match[str], years: range) -> Date | None:
    """Late november 2009, end of june 2010, first week of december 2009."""
    year, month, part = int(match["year"]), month_number(match["month"]), match["part"]
    if not month or not (part in _THIRDS or part.endswith(" week of")):
        return None
    length = dates.month_length(year, month)
    weeks = {"first week of": (1, 7), "last week of": (length - 6, length)}
    days = weeks.get(part) or ((1, 10), (11, 20), (21, length))[_THIRDS[part] - 1]
    return During(Period(*(dates.make(year, month, day) for day in days)))


def _part_of_year(match: re.Match[str], years: range) -> Date | None:
    """Summer 2009, winter 2009/2010, q4 2009, first half of 2009, late 2009."""
    return _months(match["year"], _PARTS.get(match["part"]))


def _months(year: str, months: tuple[int, int] | None) -> Date | None:
    if months is None:
        return None
    begin = dates.make(int(year), months[0])
    end = dates.add_months(begin, months[1] - months[0])
    return None if dates.date_error(end) else During(dates.period(begin, end))


def _if_year(read: _Read) -> _Read:
    return lambda match, years: read(match, years) if int(match["year"]) in years else None


_NTH = "(?:st|nd|rd|th)?"
_DAYS = rf"(?:(?P<day>0?[1-9]|[12][0-9]|3[01]){_NTH}|(?P<first>[0-9]{{1,2}}){_NTH}[-/](?P<last>[0-9]{{1,2}}){_NTH})"
_YEAR = r"(?P<year>[12][0-9]{3})"
_OF_YEAR = rf"(?:of )?{_YEAR}"
_MONTH = r"(?P<month>\S+)"
_PATTERNS: tuple[tuple[str, _Read], ...] = (
    (r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?", _numeric),
    (r"(?P<day>[0-9]{1,2})[./](?P<month>[0-9]{1,2})[./](?P<year>[0-9]{4})", _numeric),
    (r"(?P<year>[0-9]{4})[./](?P<month>[0-9]{1,2})(?:[./](?P<day>[0-9]{1,2}))?", _numeric),
    (r"(?P<month>[0-9]{1,2})[./](?P<year>[0-9]{4})", _numeric),
    (r"([12][0-9]{2})0s", lambda match, years: During(dates.period(f"{match[1]}0", f"{match[1]}9"))),
    (r"([0-9]{4})[-/]([0-9]{4})", _years),
    (rf"{_DAYS} (?:of )?{_MONTH}(?: {_OF_YEAR})?", _day),
    (rf"{_MONTH}(?: {_DAYS})?(?: {_OF_YEAR})?", _month),
    (rf"week (?:of )?{_DAYS} (?:of )?{_MONTH} {_OF_YEAR}", _week),
    (rf"week (?:of )?{_MONTH} {_DAYS} {_OF_YEAR}", _week),
    (rf"(?P<part>(?:first|last) week of) {_MONTH} {_OF_YEAR}", _part_of_month),
    (rf"(?P<part>\S+) (?:of )?{_MONTH} {_OF_YEAR}", _part_of_month),
    (r"(?P<part>winter) (?P<year>[0-9]{4})[-/](?:[0-9]{2})?[0-9]{2}", _part_of_year),
    (rf"(?P<part>\S+(?: half| quarter)?) {_OF_YEAR}", _part_of_year),
    (rf"{_YEAR} {_MONTH} {_DAYS}", _if_year(_day)),
    (rf"{_YEAR} (?P<name>\S+)(?! (?:of )?[12][0-9]{{3}}(?!\S))", _if_year(_named_months)),
    (_YEAR, _if_year(lambda match, years: During(dates.period(match["year"])))),
)


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
    if number := int(typed) if re.fullmatch(r"0?[1-9]|1[0-2]", typed) else month_number(typed):
        return Annually(number, 0, typed)
    try:
        return During(period_value(typed, option), typed)
    except UsageError:
        hint = "write 12, dec, december or 2009-12"
        raise UsageError(f"{option}: '{typed[:40]}' is not a month", hint) from None


def day_filter(typed: str, option: str = "--on") -> Node:
    """Return the criterion for 26-06, "26 june" (in any year), or a whole date."""
    if match := re.fullmatch(r"([0-9]{1,2})[-./]([0-9]{1,2})\.?", typed):
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
    flat = [one for part in parts for one in conjuncts(part)]
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
        if alternatives := [read(value) for value in values]:
            found.append(any_of(alternatives))
    bounds = [from_filter(low, "--from")] if low else []
    bounds += [to_filter(high, "--to")] if high else []
    check_order(*bounds)
    if bounds:
        span = Period(max(one.period.first for one in bounds), min(one.period.last for one in bounds))
        found.append(During(span, " ".join(one.typed for one in bounds)))
    return found
