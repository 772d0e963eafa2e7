"""Validate plain values against the table of fields and convert them to records; report every problem with its position."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from archivecli import dates, display
from archivecli.catalogue.vocabulary import Vocabulary
from archivecli.errors import MAX_PROBLEMS, Problem, did_you_mean
from archivecli.readers.yaml import Ambiguous
from archivecli.schema import Shape

MAX_ID = 100  # characters

_DATED_ID = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}(?:-[a-z0-9]+(?:-[a-z0-9]+)*)?")
_DIGITS = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")
_MAX_NUMBER_DIGITS, _MAX_DECIMALS, _MAX_COUNT_DIGITS = 15, 6, 12
_NOT_IN_URL = re.compile(r"[\s<>\"\\^`{|}\x00-\x20\x7f-\x9f]")

Check: TypeAlias = Callable[[Any], Any]  # converts a plain value to one of the record; raises Invalid


class Invalid(Exception):
    """A value is not valid; carries the code of the problem, the message and the hint."""


class HasProblems(Exception):
    """A value without a position has a problem: parse it again with positions, and validate that."""


class TooManyProblems(Exception):
    """There are MAX_PROBLEMS; the rest is not validated."""


class Validator:
    """Validates the values of a file, collecting ``problems`` of those that have positions."""

    def __init__(self, path: str, vocabulary: Vocabulary) -> None:
        self.path = path
        self.vocabulary = vocabulary
        self.problems: list[Problem] = []
        self._checks: dict[tuple[int, str], tuple[Shape, Check]] = {}
        self._comparisons = 2_000_000  # left for suggestions, as these take some seconds

    def validate(self, value: Any, shape: Shape, name: str) -> Any:
        """Return the value for the record, or None or a part of it after reporting the problems.

        Raise HasProblems if the value is not valid and has no position, TooManyProblems after MAX_PROBLEMS.
        """
        key = id(shape), name
        if key not in self._checks:
            self._checks[key] = shape, self._check(shape, name)  # the shape, too, so that no other one gets its id
        try:
            return self._checks[key][1](value)
        except Invalid as error:
            self.report(value, *error.args)
            return None

    def report(self, value: Any, code: str, message: str, hint: str = "") -> None:
        """Report a problem at the position of a value."""
        line = getattr(value, "line", 0)
        if not line:
            raise HasProblems
        self.problems.append(Problem(self.path, line, value.column, code, message, hint))
        if len(self.problems) >= MAX_PROBLEMS:
            raise TooManyProblems

    def similar(self, word: str, known: Sequence[str]) -> str:
        """Return "did you mean …?", or an empty string; always empty after millions of comparisons."""
        self._comparisons -= len(known)
        return did_you_mean(word, known) if self._comparisons > 0 else ""

    def _check(self, shape: Shape, name: str) -> Check:
        match shape.kind:
            case "map":
                return self._map(shape, name)
            case "list":
                return self._list(shape, name)
            case "text":
                return _text(name)
            case "block":
                return lambda value: _string(value, name).strip()
            case "ref":
                return _cached(lambda value: self._resolve(_string(value, name), shape.section, name))
        expected, parse = _SCALARS[shape.kind]
        check: Check = lambda value: parse(_scalar(value, name, expected), name)  # noqa: E731
        return _cached(check) if shape.kind in ("date", "url") else check

    def _resolve(self, value: str, section: str, field: str) -> str:
        """Return the full name for a key or any name of a term."""
        name = display.collapse_whitespace(value)
        found = self.vocabulary.candidates(section, name)
        if len(found) == 1:
            return found[0].name
        if found:
            what = f"'{field}': '{name[:60]}' is a name of multiple terms in vocabulary.{section}"
            names = ", ".join(f"'{term.name}'" for term in found[:5])
            raise Invalid("ambiguous-name", what, f"write the full name: {names}{' …' if found[5:] else ''}")
        if self.vocabulary.is_open(section) or self.vocabulary.may_have_lost(name):
            return name
        hint = self.similar(name, self.vocabulary.known(section)) or f"add it to vocabulary.{section}"
        raise Invalid("unknown-name", f"'{field}': '{name[:60]}' is not in vocabulary.{section}", hint)

    def _list(self, shape: Shape, name: str) -> Check:
        assert shape.item is not None
        check = self._check(shape.item, name)

        def checked(value: Any) -> list[Any]:
            if not isinstance(value, list):
                hint = "expected a list: put each item on a line of its own after '- '"
                raise Invalid("type", f"'{name}' is {kind_of(value)}", hint)
            if not value and not getattr(value, "partial", False):
                raise Invalid("empty", f"'{name}' is an empty list", "leave the field out")
            found = []
            for item in value:
                try:
                    found.append(check(item))
                except Invalid as error:
                    self.report(item, *error.args)
            return found

        return checked

    def _map(self, shape: Shape, name: str) -> Check:
        checks = {field.name: self._check(field.shape, field.name) for field in shape.fields}
        required = {field.name for field in shape.fields if field.required}
        shorthand = shape.shorthand

        def checked(value: Any) -> dict[str, Any]:
            if not isinstance(value, dict):
                if shorthand and isinstance(value, str):
                    return {shorthand: checks[shorthand](value)}
                names = ", ".join(list(checks)[:4])
                raise Invalid("type", f"'{name}' is {kind_of(value)}", f"expected a mapping with {names} …")
            found = {}
            for field, check in checks.items():
                if field in value:
                    try:
                        found[field] = check(value[field])
                    except Invalid as error:
                        self.report(value[field], *error.args)
            if not required <= value.keys() <= checks.keys():
                self._report_keys(value, list(checks), required, name)
            start, end = found.get("start"), found.get("end")
            if start and end and dates.last_day(end) < dates.first_day(start):
                what = f"the end, {end}, is before the start, {start}"
                self.report(value["end"], "order", what, "exchange the two, or correct one")
            return found

        return checked

    def _report_keys(self, value: dict[str, Any], known: list[str], required: set[str], name: str) -> None:
        for key in value:
            if key not in known:
                hint = unknown_key(key, known)
                self.report(key, "unknown-field", f"'{key[:60]}' is not a field of '{name}'", hint)
        if not getattr(value, "partial", False):
            for field in known:
                if field in required and field not in value:
                    self.report(value, "missing", f"'{field}' is missing in '{name}'", f"add {field}:")


def _cached(check: Check) -> Check:
    """Cache the results of a check of strings, by class and value: most values occur in many events."""
    cached = lru_cache(20_000, typed=True)(check)
    return lambda value: cached(value) if isinstance(value, str) else check(value)


# Single values


def kind_of(value: Any) -> str:
    """Return the kind of a value, for messages."""
    return "a list" if isinstance(value, list) else "a mapping" if isinstance(value, dict) else "a single value"


def _scalar(value: Any, name: str, expected: str) -> str:
    if not isinstance(value, str):
        raise Invalid("type", f"'{name}' is {kind_of(value)}", f"expected {expected}")
    if not value.strip() or (value.__class__ is Ambiguous and value == "~"):
        raise Invalid("empty", f"'{name}' is empty", f"write {expected}, or leave the field out")
    return value


def _string(value: Any, name: str) -> str:
    found = _scalar(value, name, "text")
    if found.__class__ is Ambiguous:
        hint = f'write "{found}" in quotes if this string is meant'
        raise Invalid("implicit-type", f"'{name}': YAML reads {found} as something other than a string", hint)
    return found


def _text(name: str) -> Check:
    def checked(value: Any) -> str:
        found = value if value.__class__ is str else _string(value, name)
        if found.isascii() and found.isprintable() and "  " not in found and found.strip(" ") == found and found:
            return str(found)
        return display.collapse_whitespace(_string(found, name))

    return checked


def _date(found: str, name: str) -> str:
    error = dates.date_error(found)
    if error is None:
        return str(found)
    hint = "write a day that exists, a month or a year"
    if re.fullmatch(r"[0-9]{4}-[0-9]{1,2}(?:-[0-9]{1,2})?", found):
        padded = "-".join(part.zfill(2) for part in found.split("-"))
        hint = hint if dates.date_error(padded) else f"write {padded}"
    raise Invalid("date", f"'{name}': {error}", hint)


def _number(found: str, name: str, max_digits: int = _MAX_NUMBER_DIGITS) -> int | float:
    match = _DIGITS.fullmatch(found)
    if match is None:
        hint = "write digits only, with a full stop before decimals; put the printed form under 'printed'"
        raise _bad_number(found, name, "is not a number", hint)
    sign, whole, decimals = match.groups()
    if whole[0] == "0" and len(whole) > 1:
        bare = f"{sign}{whole.lstrip('0') or '0'}{'.' + decimals if decimals else ''}"
        hint = f"write {bare}" if len(found) <= 40 else "leave the zeros out"
        hint += "; a number with a zero in front means another one in YAML"
        raise _bad_number(found, name, "begins with a zero", hint)
    if len(whole) > max_digits:
        raise _bad_number(found, name, "is too large", f"the largest number is {10**max_digits - 1:,}")
    if len(decimals or "") > _MAX_DECIMALS:
        raise _bad_number(found, name, "has too many decimals", f"write at most {_MAX_DECIMALS}")
    return float(found) if decimals else int(found)


def _count(found: str, name: str) -> int:
    match = _DIGITS.fullmatch(found)
    if match is None or match[3]:
        raise _bad_number(found, name, "is not a whole number", "write digits only")
    if match[1]:
        raise _bad_number(found, name, "is less than zero", "write a number from 0 on")
    return int(_number(found, name, _MAX_COUNT_DIGITS))


def _bad_number(found: str, name: str, what: str, hint: str) -> Invalid:
    return Invalid("number", f"'{name}': '{found[:40]}' {what}", hint)


def _flag(found: str, name: str) -> bool:
    if found not in ("true", "false") or found.__class__ is not Ambiguous:
        raise Invalid("flag", f"'{name}': '{found[:40]}' is neither true nor false", "write true or false")
    return found == "true"


def _url(found: str, name: str) -> str:
    if (
        not found.lower().startswith(("http://", "https://", "ftp://", "mailto:"))
        or _NOT_IN_URL.search(found)
        or display.terminal_safe(found) != found
    ):
        hint = "a URL begins with http:// or https:// and has no spaces"
        raise Invalid("url", f"'{name}': '{found[:60]}' is not a valid URL", hint)
    return str(found)


def _id(found: str, name: str) -> str:
    if error := _id_error(found):
        hint = "an id is one word, such as 2009-12-09-conference"
        raise Invalid("id", f"'{name}': '{found[:60]}' cannot be an id: {error}", hint)
    if found.__class__ is Ambiguous and not _DATED_ID.fullmatch(found):
        what = f"'{name}': YAML reads {found} as something other than a string"
        raise Invalid("implicit-type", what, f'write "{found}" in quotes')
    return str(found)


# what each kind of single value is in messages, and the function that converts it
_SCALARS: dict[str, tuple[str, Callable[[str, str], Any]]] = {
    "date": ("a date such as 2009-12-09, 2009-12 or 2009", _date),
    "number": ("a number", _number),
    "count": ("a whole number", _count),
    "flag": ("true or false", _flag),
    "url": ("a URL", _url),
    "id": ("an id such as 2009-12-09-conference", _id),
}


def _id_error(found: str) -> str:
    """Return why a string is not an id, or an empty string."""
    if len(found) > MAX_ID:
        return f"it is longer than {MAX_ID} characters"
    if found[:1] == "-":
        return "it begins with a hyphen, as an option does"
    if found.split() != [found]:
        return "it contains white space"
    without_joiners = "" if found.isprintable() else re.sub("[\u200c\u200d]", "", found)  # which some scripts need
    if display.terminal_safe(found) != found or "Cf" in map(unicodedata.category, without_joiners):
        return "it contains a control character"
    return ""


def unknown_key(word: str, known: Sequence[str]) -> str:
    """Return the hint for a key that is not among ``known``."""
    return did_you_mean(word, known) or f"known here: {', '.join(known)}"
