"""Bare values → records, in a hurry: what ``validation`` finds sound, or nothing where it might find a fault.

Each shape of the table of fields becomes one function, and each different name, date or figure is judged once. A test
holds that the records are those of ``validation``, which alone speaks of problems.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from archivecli import dates, display
from archivecli.catalogue import reader
from archivecli.catalogue.blocks import Quoted, Value
from archivecli.catalogue.loading import fill
from archivecli.catalogue.reader import Scalar
from archivecli.catalogue.validation import Checker, is_dated_id
from archivecli.catalogue.vocabulary import Vocabulary
from archivecli.fields import RECORD, Shape

Check: TypeAlias = Callable[[Any], Any]
"""Takes a bare value and returns what the record holds; raises Doubt, or TypeError where it is of the wrong kind."""

ENOUGH = 20_000
"""How many different values of one kind are remembered."""


class Doubt(Exception):
    """A value that may be faulty."""


class Records:
    """Makes records with the names of one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._checker = Checker("", vocabulary)
        self._record = self._map(Shape("map", fields=RECORD))

    def record(self, value: Value) -> dict[str, Any] | None:
        """Return the record of a value, its names resolved, or None where ``validation`` has to look at it."""
        try:
            found: dict[str, Any] = self._record(value)
        except (Doubt, TypeError):  # TypeError: a list or a mapping where a text is expected
            return None
        fill(found, self._checker.vocabulary)
        return found

    def _check(self, shape: Shape) -> Check:
        match shape.kind:
            case "map":
                return self._map(shape)
            case "list":
                assert shape.item is not None
                return _list(self._check(shape.item))
            case "text":
                return _text
            case "block":
                return _block
        known = _Known(lambda scalar: self._judged(scalar, shape)).__getitem__
        match shape.kind:
            case "id":
                return _or(_id, known)
            case "number" | "count":
                return _or(_digits, known)
        return known

    def _judged(self, scalar: Scalar, shape: Shape) -> Any:
        """Return what ``validation`` makes of a single value."""
        found = self._checker.value(scalar, shape, "")
        if found is None:
            self._checker.problems.clear()
            raise Doubt
        return found

    def _map(self, shape: Shape) -> Check:
        fields = {field.name: self._check(field.shape) for field in shape.fields}
        plans = _Plans(fields, {field.name for field in shape.fields if field.required})
        shorthand = shape.shorthand
        periodic = "start" in fields and "end" in fields

        def check(value: Any) -> dict[str, Any]:
            if type(value) is not dict:
                if shorthand and type(value) is not list:
                    return {shorthand: fields[shorthand](value)}
                raise Doubt
            found = {name: checked(value[name]) for name, checked in plans[tuple(value)]}
            if periodic and "end" in found and "start" in found and _turned(found):
                raise Doubt
            return found

        return check


def _turned(found: dict[str, Any]) -> bool:
    return dates.last_day(found["end"]) < dates.first_day(found["start"])


class _Plans(dict[tuple[str, ...], list[tuple[str, Check]]]):
    """For the names that stand in a mapping: what to check, in the order of the table of fields."""

    def __init__(self, fields: dict[str, Check], required: set[str]) -> None:
        self.fields = fields
        self.required = required

    def __missing__(self, names: tuple[str, ...]) -> list[tuple[str, Check]]:
        if not self.required <= set(names) <= self.fields.keys():
            raise Doubt
        if len(self) >= ENOUGH:
            self.clear()
        found = self[names] = [(name, check) for name, check in self.fields.items() if name in names]
        return found


class _Known(dict[Any, Any]):
    """What each different single value stands for."""

    def __init__(self, judge: Callable[[Scalar], Any]) -> None:
        self.judge = judge

    def __missing__(self, value: Any) -> Any:
        if isinstance(value, Quoted):
            return self.judge(Scalar(value.text, False, 0, 0))
        if len(self) >= ENOUGH:
            self.clear()
        found = self[value] = self.judge(Scalar(value, True, 0, 0))
        return found


def _or(quickly: Callable[[str], Any], known: Check) -> Check:
    """Return the check that asks ``known`` only where ``quickly`` has no answer: for values that rarely come again."""

    def checked(value: Any) -> Any:
        found = quickly(value) if type(value) is str else None
        return known(value) if found is None else found

    return checked


def _id(value: str) -> str | None:
    return value if is_dated_id(value) else None


def _digits(value: str) -> int | None:
    return int(value) if len(value) < 12 and value.isascii() and value.isdigit() and value[0] != "0" else None


def _list(check: Check) -> Check:
    def checked(value: list[Any]) -> list[Any]:
        if type(value) is not list or not value:
            raise Doubt
        return [check(item) for item in value]

    return checked


def _text(value: Any) -> str:
    if type(value) is not str:
        return display.collapse_whitespace(_block(value))
    if reader.implicit(value):
        raise Doubt
    return value if value.isascii() and "  " not in value else display.collapse_whitespace(value)


def _block(value: Any) -> str:
    if type(value) is str:
        found = value
        if reader.implicit(value):
            raise Doubt
    elif isinstance(value, Quoted):
        found = value.text
    else:
        raise Doubt
    found = found.strip()
    if not found:
        raise Doubt
    return found
