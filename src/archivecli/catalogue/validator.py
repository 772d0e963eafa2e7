"""Validate plain values against the table of fields and turn them into records; every fault is reported with its place."""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

from archivecli import dates, display
from archivecli.catalogue.vocabulary import Vocabulary
from archivecli.errors import MAX_PROBLEMS, Problem, did_you_mean
from archivecli.readers.yaml import Ambiguous
from archivecli.schema import Field, Shape

MAX_ID = 100
"""The limit for an id, in characters."""

_DATED_ID = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}(?:-[a-z0-9]+(?:-[a-z0-9]+)*)?")
_DIGITS = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")
_MAX_NUMBER_DIGITS, _MAX_DECIMALS, _MAX_COUNT_DIGITS = 15, 6, 12
_NOT_IN_URL = re.compile(r"[\s<>\"\\^`{|}\x00-\x20\x7f-\x9f]")
_SCHEMES = ("http://", "https://", "ftp://", "mailto:")

_MAX_REMEMBERED = 20_000
"""How many different values of one field are remembered."""

Check: TypeAlias = Callable[[Any], Any]
"""Takes a plain value and returns what the record holds; raises Invalid."""


class Invalid(Exception):
    """A value that is not valid: the code of the problem, what is wrong, and what to write."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(code, message, hint)


class HasProblems(Exception):
    """A value without a place has a problem: parse it again with places, and validate that."""


class TooManyProblems(Exception):
    """There are MAX_PROBLEMS; the rest is not examined."""


class Validator:
    """Validates values of one file; ``problems`` has what is wrong with those that have places."""

    def __init__(self, path: str, vocabulary: Vocabulary) -> None:
        self.path = path
        self.vocabulary = vocabulary
        self.problems: list[Problem] = []
        self._checks: dict[tuple[int, str], tuple[Shape, Check]] = {}
        self._comparisons = 2_000_000  # of names for hints: some seconds

    def validate(self, value: Any, shape: Shape, name: str) -> Any:
        """Return what the record holds for a value, None or a part of it after reporting what is wrong.

        Raise HasProblems if something is wrong and the value has no place, TooManyProblems after MAX_PROBLEMS.
        """
        found = self._checks.get((id(shape), name))
        if found is None:
            found = self._checks[id(shape), name] = (
                shape,
                self._check(shape, name),
            )  # keeps the shape, so that its id is its own
        try:
            return found[1](value)
        except Invalid as error:
            self.report(value, *error.args)
            return None

    def report(self, value: Any, code: str, message: str, hint: str = "") -> None:
        """Report a problem at the place of a value."""
        line = getattr(value, "line", 0)
        if not line:
            raise HasProblems
        self.problems.append(Problem(self.path, line, value.column, code, message, hint))
        if len(self.problems) >= MAX_PROBLEMS:
            raise TooManyProblems

    def similar(self, word: str, known: Sequence[str]) -> str:
        """Return "did you mean …?" or nothing; nothing after comparing millions of names."""
        self._comparisons -= len(known)
        return did_you_mean(word, known) if self._comparisons > 0 else ""

    def _check(self, shape: Shape, name: str) -> Check:
        """Compile the check of a shape for the field ``name``."""
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
                return self._ref(shape.section, name)
        expected, parse = _SCALARS[shape.kind]

        def checked(value: Any) -> Any:
            return parse(_scalar(value, name, expected), name)

        return _remembered(checked, name, expected) if shape.kind in ("date", "url") else checked

    def _ref(self, section: str, name: str) -> Check:
        def resolved(value: str) -> str:
            return self._resolve(display.collapse_whitespace(_string(value, name)), section, name)

        known = _Memo(resolved).__getitem__
        return lambda value: known(value) if value.__class__ is str else resolved(value)

    def _resolve(self, name: str, section: str, field: str) -> str:
        """Return the full name that a name stands for."""
        term = self.vocabulary.term(section, name)
        if term is not None:
            return term.name
        several = self.vocabulary.candidates(section, name)
        if several:
            what = f"'{field}': '{name[:60]}' may be any of several names in vocabulary.{section}"
            names = ", ".join(f"'{other.name}'" for other in several[:5])
            raise Invalid("ambiguous-name", what, f"write the full name: {names}{' …' if several[5:] else ''}")
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
        plans = _Plans(shape.fields, checks)
        shorthand = shape.shorthand
        has_period = "start" in checks and "end" in checks

        def checked(value: Any) -> dict[str, Any]:
            if not isinstance(value, dict):
                if shorthand and isinstance(value, str):
                    return {shorthand: checks[shorthand](value)}
                names = ", ".join(field.name for field in shape.fields[:4])
                raise Invalid("type", f"'{name}' is {kind_of(value)}", f"expected a mapping with {names} …")
            plan = plans[tuple(value)]
            found = {}
            for field, check in plan.steps:
                try:
                    found[field] = check(value[field])
                except Invalid as error:
                    self.report(value[field], *error.args)
            if not plan.complete:
                self._report_names(value, plan, list(checks), name)
            if has_period and "end" in found and "start" in found:
                self._check_order(value["end"], found["start"], found["end"])
            return found

        return checked

    def _report_names(self, value: dict[str, Any], plan: "_Plan", known: list[str], name: str) -> None:
        for key in value:
            if key not in known:
                hint = unknown_key(key, known)
                self.report(key, "unknown-field", f"'{key[:60]}' is not a field of '{name}'", hint)
        for field in plan.missing if not getattr(value, "partial", False) else ():
            self.report(value, "missing", f"'{field}' is missing in '{name}'", f"add {field}:")

    def _check_order(self, value: Any, start: str, end: str) -> None:
        if dates.last_day(end) < dates.first_day(start):
            what = f"the end, {end}, is before the start, {start}"
            self.report(value, "order", what, "exchange the two, or correct one")


class _Plan(NamedTuple):
    """How to check a mapping with certain keys: its fields in the order of the table, and which are missing."""

    steps: list[tuple[str, Check]]
    missing: list[str]
    complete: bool


class _Plans(dict[tuple[str, ...], _Plan]):
    """The plan for each set of keys, since most events have the same ones."""

    def __init__(self, fields: Sequence[Field], checks: dict[str, Check]) -> None:
        self.fields = fields
        self.checks = checks

    def __missing__(self, keys: tuple[str, ...]) -> _Plan:
        if len(self) >= _MAX_REMEMBERED:
            self.clear()
        steps = [(field.name, self.checks[field.name]) for field in self.fields if field.name in keys]
        missing = [field.name for field in self.fields if field.required and field.name not in keys]
        plan = self[keys] = _Plan(steps, missing, not missing and len(steps) == len(keys))
        return plan


class _Memo(dict[Any, Any]):
    """Remembers what a function returns for each different value."""

    def __init__(self, function: Check) -> None:
        self.function = function

    def __missing__(self, value: Any) -> Any:
        if len(self) >= _MAX_REMEMBERED:
            self.clear()
        found = self[value] = self.function(value)
        return found


def _remembered(check: Check, name: str, expected: str) -> Check:
    known = _Memo(check).__getitem__

    def checked(value: Any) -> Any:
        if not isinstance(value, str):
            raise _wrong_type(value, name, expected)
        return known(value)

    return checked


# Single values


def kind_of(value: Any) -> str:
    """Return what a value is called in messages."""
    return "a list" if isinstance(value, list) else "a mapping" if isinstance(value, dict) else "a single value"


def _wrong_type(value: Any, name: str, expected: str) -> Invalid:
    return Invalid("type", f"'{name}' is {kind_of(value)}", f"expected {expected}")


def _scalar(value: Any, name: str, expected: str) -> str:
    if not isinstance(value, str):
        raise _wrong_type(value, name, expected)
    if not value.strip() or (value.__class__ is Ambiguous and value == "~"):
        raise Invalid("empty", f"'{name}' is empty", f"write {expected}, or leave the field out")
    return value


def _string(value: Any, name: str) -> str:
    found = _scalar(value, name, "text")
    if found.__class__ is Ambiguous:
        hint = f'write "{found}" in quotes if the text is meant'
        raise Invalid("implicit-type", f"'{name}': YAML reads {found} as something other than text", hint)
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
    if error:
        raise Invalid("date", f"'{name}': {error}", _date_hint(found))
    return str(found)


def _date_hint(found: str) -> str:
    match = re.fullmatch(r"([0-9]{4})-([0-9]{1,2})(?:-([0-9]{1,2}))?", found)
    if match:
        padded = "-".join([match.group(1), *(part.zfill(2) for part in match.groups()[1:] if part)])
        if padded != found and not dates.date_error(padded):
            return f"write {padded}"
    return "write a day that exists, a month or a year"


def _number(found: str, name: str) -> int | float:
    _check_number(found, name, _number_fault(found, _MAX_NUMBER_DIGITS))
    return float(found) if "." in found else int(found)


def _count(found: str, name: str) -> int:
    _check_number(found, name, _count_fault(found))
    return int(found)


def _check_number(found: str, name: str, fault: tuple[str, str] | None) -> None:
    if fault:
        raise Invalid("number", f"'{name}': '{found[:40]}' {fault[0]}", fault[1])


def _number_fault(found: str, max_digits: int) -> tuple[str, str] | None:
    """Return what keeps a string from being a number of at most ``max_digits`` digits, and what to write; or None."""
    match = _DIGITS.fullmatch(found)
    if match is None:
        return (
            "is not a number",
            "write digits only, with a full stop before decimals; put the printed form under 'printed'",
        )
    sign, whole, decimals = match.groups()
    if whole[0] == "0" and len(whole) > 1:
        bare = f"{sign}{whole.lstrip('0') or '0'}{'.' + decimals if decimals else ''}"
        hint = f"write {bare}" if len(found) <= 40 else "leave the zeros out"
        return "begins with a zero", f"{hint}; a number with a zero in front means another one in YAML"
    if len(whole) > max_digits:
        return "is too large", f"the largest number is {10**max_digits - 1:,}"
    if decimals and len(decimals) > _MAX_DECIMALS:
        return "has too many decimals", f"write {_MAX_DECIMALS} at most"
    return None


def _count_fault(found: str) -> tuple[str, str] | None:
    match = _DIGITS.fullmatch(found)
    if match is None or match[3]:
        return "is not a whole number", "write digits only"
    if match[1]:
        return "is less than zero", "write a number from 0 on"
    return _number_fault(found, _MAX_COUNT_DIGITS)


def _flag(found: str, name: str) -> bool:
    if found not in ("true", "false") or found.__class__ is not Ambiguous:
        raise Invalid("flag", f"'{name}': '{found[:40]}' is neither true nor false", "write true or false")
    return found == "true"


def _url(found: str, name: str) -> str:
    if not found.lower().startswith(_SCHEMES) or _NOT_IN_URL.search(found) or display.terminal_safe(found) != found:
        hint = "an address begins with http:// or https:// and has no spaces"
        raise Invalid("url", f"'{name}': '{found[:60]}' is not an address that can be opened", hint)
    return str(found)


def _id(found: str, name: str) -> str:
    if is_dated_id(found):
        return str(found)
    error = id_error(found)
    if error:
        hint = "an id is one word, such as 2009-12-09-conference"
        raise Invalid("id", f"'{name}': '{found[:60]}' cannot be an id: {error}", hint)
    if found.__class__ is Ambiguous:
        what = f"'{name}': YAML reads {found} as something other than text"
        raise Invalid("implicit-type", what, f'write "{found}" in quotes')
    return str(found)


_SCALARS: dict[str, tuple[str, Callable[[str, str], Any]]] = {
    "date": ("a date such as 2009-12-09, 2009-12 or 2009", _date),
    "number": ("a number", _number),
    "count": ("a whole number", _count),
    "flag": ("true or false", _flag),
    "url": ("an address", _url),
    "id": ("an id such as 2009-12-09-conference", _id),
}
"""What is expected of each kind of single value, and what checks it."""


def is_dated_id(found: str) -> bool:
    """Return whether a string is an id of the usual form: a date, then lower-case words and digits."""
    return len(found) <= MAX_ID and _DATED_ID.fullmatch(found) is not None


def id_error(found: str) -> str:
    """Return what keeps a string from being an id, or an empty string."""
    if len(found) > MAX_ID:
        return f"it is longer than {MAX_ID} characters"
    if found[:1] == "-":
        return "it begins with a hyphen, as an option does"
    if found.split() != [found]:
        return "it contains white space"
    if display.terminal_safe(found) != found or (not found.isprintable() and any(map(_is_invisible, found))):
        return "it contains a control character"
    return ""


def _is_invisible(character: str) -> bool:
    """Return whether a character cannot be seen; the joiners, which some scripts need, count as letters."""
    import unicodedata

    return unicodedata.category(character) == "Cf" and character not in "\u200c\u200d"


def unknown_key(word: str, known: Sequence[str]) -> str:
    """Return the hint for a key that is not among ``known``."""
    return did_you_mean(word, known) or f"known here: {', '.join(known)}"
