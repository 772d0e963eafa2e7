"""Nodes → records: each value is checked against the table of fields, and every fault is told, with its place."""

import re
from collections.abc import Callable
from typing import Any

from archivecli import dates, display
from archivecli.catalogue.reader import Mapping, Node, Scalar, Sequence, ambiguous, unknown_key
from archivecli.catalogue.vocabulary import Vocabulary
from archivecli.errors import MAX_PROBLEMS, CatalogueError, Problem, did_you_mean
from archivecli.fields import Field, Shape

_DATED_ID = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}(?:-[a-z0-9]+(?:-[a-z0-9]+)*)?")
MAX_ID = 100
"""How many characters an id may have."""

_DIGITS = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?")
_NUMBER_DIGITS, _DECIMALS, _COUNT_DIGITS = 15, 6, 12
_NO_ADDRESS = re.compile(r"[\s<>\"\\^`{|}\x00-\x20\x7f-\x9f]")
_SCHEMES = ("http://", "https://", "ftp://", "mailto:")
_NAMES = {Scalar: "a single value", Sequence: "a list", Mapping: "a mapping"}


class Checker:
    """Check nodes of one file against shapes and turn them into plain values; faults gather in ``problems``."""

    def __init__(self, path: str, vocabulary: Vocabulary) -> None:
        self.path = path
        self.vocabulary = vocabulary
        self.problems: list[Problem] = []
        self.partial = 0
        """How many of the lists and mappings that were checked lack a part that could not be read."""
        self._patience = 2_000_000  # names that may be compared for hints: some seconds
        self._kept: dict[int, tuple[tuple[Field, ...], dict[str, Field], list[str]]] = {}
        self._checks: dict[str, Callable[[Node, Shape, str], Any]] = {
            "text": self._text,
            "block": self._block,
            "date": self._date,
            "number": self._number,
            "count": self._count,
            "flag": self._flag,
            "url": self._url,
            "id": self._id,
            "ref": self._ref,
            "list": self._list,
            "map": self._map,
        }

    def fault(self, node: Node, code: str, message: str, hint: str = "") -> None:
        """Note one problem at the place of ``node``; raise CatalogueError where there are too many to go on."""
        self.problems.append(Problem(self.path, node.line, node.column, code, message, hint))
        if len(self.problems) >= MAX_PROBLEMS:
            raise CatalogueError(self.problems)

    def near(self, word: str, known: list[str]) -> str:
        """Return "did you mean …?" or nothing; after many questions to long lists, nothing."""
        self._patience -= len(known)
        return did_you_mean(word, known) if self._patience > 0 else ""

    def value(self, node: Node, shape: Shape, name: str) -> Any:
        """Return the plain value of ``node``, or None after noting what is wrong with it."""
        return self._checks[shape.kind](node, shape, name)

    def record(self, node: Node, fields: tuple[Field, ...], name: str) -> dict[str, Any] | None:
        """Return a mapping of ``fields`` as a dict in the order of the table, or None where it is no mapping."""
        value: dict[str, Any] | None = self._map(node, Shape("map", fields=fields), name)
        return value

    def _scalar(self, node: Node, name: str, expected: str) -> str | None:
        if not isinstance(node, Scalar):
            self.fault(node, "type", f"'{name}' is {_NAMES[type(node)]}", f"expected {expected}")
            return None
        if not node.text.strip() or (node.text == "~" and node.plain):
            self.fault(node, "empty", f"'{name}' is empty", f"write {expected}, or leave the field out")
            return None
        return node.text

    def _text(self, node: Node, shape: Shape, name: str) -> str | None:
        found = self._block(node, shape, name)
        return display.collapse_whitespace(found) if found is not None else None

    def _block(self, node: Node, shape: Shape, name: str) -> str | None:
        found = self._scalar(node, name, "text")
        if found is not None and isinstance(node, Scalar) and ambiguous(node):
            hint = f'write "{found}" in quotes if the text is meant'
            self.fault(node, "implicit-type", f"'{name}': YAML reads {found} as something other than text", hint)
            return None
        return found.strip() if found is not None else None

    def _date(self, node: Node, shape: Shape, name: str) -> str | None:
        found = self._scalar(node, name, "a date such as 2009-12-09, 2009-12 or 2009")
        wrong = dates.date_error(found) if found is not None else None
        if wrong:
            self.fault(node, "date", f"'{name}': {wrong}", _date_hint(found or ""))
            return None
        return found

    def _number(self, node: Node, shape: Shape, name: str) -> int | float | None:
        found = self._scalar(node, name, "a number")
        if found is None:
            return None
        wrong = _number_fault(found, _NUMBER_DIGITS)
        if wrong:
            self.fault(node, "number", f"'{name}': '{found[:40]}' {wrong[0]}", wrong[1])
            return None
        return float(found) if "." in found else int(found)

    def _count(self, node: Node, shape: Shape, name: str) -> int | None:
        found = self._scalar(node, name, "a whole number")
        if found is None:
            return None
        wrong = _count_fault(found)
        if wrong:
            self.fault(node, "number", f"'{name}': '{found[:40]}' {wrong[0]}", wrong[1])
            return None
        return int(found)

    def _flag(self, node: Node, shape: Shape, name: str) -> bool | None:
        found = self._scalar(node, name, "true or false")
        if found is None:
            return None
        if found not in ("true", "false") or (isinstance(node, Scalar) and not node.plain):
            self.fault(node, "flag", f"'{name}': '{found[:40]}' is neither true nor false", "write true or false")
            return None
        return found == "true"

    def _url(self, node: Node, shape: Shape, name: str) -> str | None:
        found = self._scalar(node, name, "an address")
        if found is None:
            return None
        safe = (
            found.lower().startswith(_SCHEMES)
            and not _NO_ADDRESS.search(found)
            and display.terminal_safe(found) == found
        )
        if not safe:
            hint = "an address begins with http:// or https:// and has no blanks"
            self.fault(node, "url", f"'{name}': '{found[:60]}' is not an address that can be opened", hint)
            return None
        return found

    def _id(self, node: Node, shape: Shape, name: str) -> str | None:
        found = self._scalar(node, name, "an id such as 2009-12-09-conference")
        if found is None:
            return None
        wrong = id_fault(found)
        if wrong:
            hint = "an id is one word, such as 2009-12-09-conference"
            self.fault(node, "id", f"'{name}': '{found[:60]}' cannot be an id: {wrong}", hint)
            return None
        if isinstance(node, Scalar) and ambiguous(node) and not _DATED_ID.fullmatch(found):
            hint = f'write "{found}" in quotes'
            self.fault(node, "implicit-type", f"'{name}': YAML reads {found} as something other than text", hint)
            return None
        return found

    def _ref(self, node: Node, shape: Shape, name: str) -> str | None:
        found = self._text(node, shape, name)
        if found is None:
            return None
        term = self.vocabulary.term(shape.section, found)
        if term is not None:
            return term.name
        several = self.vocabulary.candidates(shape.section, found)
        if several:
            what = f"'{name}': '{found[:60]}' may be any of several names in vocabulary.{shape.section}"
            names = ", ".join(f"'{other.name}'" for other in several[:5])
            self.fault(node, "ambiguous-name", what, f"write the full name: {names}{' …' if several[5:] else ''}")
            return None
        if self.vocabulary.is_open(shape.section) or self.vocabulary.may_have_lost(found):
            return found
        known = self.vocabulary.known(shape.section)
        hint = self.near(found, known) or f"add it to vocabulary.{shape.section}"
        self.fault(node, "unknown-name", f"'{name}': '{found[:60]}' is not in vocabulary.{shape.section}", hint)
        return None

    def _list(self, node: Node, shape: Shape, name: str) -> list[Any] | None:
        if not isinstance(node, Sequence):
            hint = "expected a list: put each item on a line of its own after '- '"
            self.fault(node, "type", f"'{name}' is {_NAMES[type(node)]}", hint)
            return None
        self.partial += node.partial
        if not node.items and not node.partial:
            self.fault(node, "empty", f"'{name}' is an empty list", "leave the field out")
            return None
        assert shape.item is not None
        return [value for item in node.items if (value := self.value(item, shape.item, name)) is not None]

    def _map(self, node: Node, shape: Shape, name: str) -> dict[str, Any] | None:
        if isinstance(node, Scalar) and shape.shorthand:
            inner = next(field for field in shape.fields if field.name == shape.shorthand)
            value = self.value(node, inner.shape, name)
            return None if value is None else {shape.shorthand: value}
        if not isinstance(node, Mapping):
            names = ", ".join(field.name for field in shape.fields[:4])
            self.fault(node, "type", f"'{name}' is {_NAMES[type(node)]}", f"expected a mapping with {names} …")
            return None
        self.partial += node.partial
        known, required = self._known(shape.fields)
        found: dict[str, Any] = {}
        missing = required.copy()
        for key, inner_node in node.entries:
            field = known.get(key.text)
            if field is None:
                hint = unknown_key(key.text, list(known))
                self.fault(key, "unknown-field", f"'{key.text[:60]}' is not a field of '{name}'", hint)
                continue
            if field.required:
                missing.remove(field.name)
            value = self.value(inner_node, field.shape, field.name)
            if value is not None:
                found[field.name] = value
        for field_name in missing if not node.partial else ():
            self.fault(node, "missing", f"'{field_name}' is missing in '{name}'", f"add {field_name}:")
        if "start" in found and "end" in found:
            self._order(node, found)
        return {field.name: found[field.name] for field in shape.fields if field.name in found} if found else None

    def _known(self, fields: tuple[Field, ...]) -> tuple[dict[str, Field], list[str]]:
        """Return fields by name, and the names of those that are required; kept, as the same fields come for every event."""
        kept = self._kept.get(id(fields))
        if kept is None or kept[0] is not fields:
            known = {field.name: field for field in fields}
            kept = (fields, known, [field.name for field in fields if field.required])
            self._kept[id(fields)] = kept
        return kept[1], kept[2]

    def _order(self, node: Mapping, found: dict[str, Any]) -> None:
        if dates.last_day(found["end"]) < dates.first_day(found["start"]):
            place = next(value for key, value in node.entries if key.text == "end")
            what = f"the end, {found['end']}, is before the start, {found['start']}"
            self.fault(place, "order", what, "exchange the two, or correct one")


def is_dated_id(found: str) -> bool:
    """Tell whether a text is an id of the usual form: a date, then lower-case words and figures."""
    return len(found) <= MAX_ID and _DATED_ID.fullmatch(found) is not None


def id_fault(found: str) -> str:
    """Return what keeps a text from being an id, or an empty text."""
    if len(found) > MAX_ID:
        return f"it is longer than {MAX_ID} characters"
    if found[:1] == "-":
        return "it begins with a hyphen, as an option does"
    if found.split() != [found]:
        return "it contains white space"
    if display.terminal_safe(found) != found or (not found.isprintable() and any(map(_is_unseen, found))):
        return "it contains a control character"
    return ""


def _is_unseen(character: str) -> bool:
    """Tell whether a character is one that nobody sees; the joiners, which some scripts need, are letters."""
    import unicodedata

    return unicodedata.category(character) == "Cf" and character not in "\u200c\u200d"


def _number_fault(found: str, most: int) -> tuple[str, str] | None:
    """Return what keeps a text from being a number of at most ``most`` digits, and what to write."""
    match = _DIGITS.fullmatch(found)
    if match is None:
        hint = "write digits only, with a full stop before decimals; put the printed form under 'printed'"
        return "is not a number", hint
    sign, whole, decimals = match.groups()
    if whole[0] == "0" and len(whole) > 1:
        bare = whole.lstrip("0") or "0"
        written = (
            f"write {sign}{bare}{'.' + decimals if decimals else ''}" if len(found) <= 40 else "leave the zeros out"
        )
        return "begins with a zero", f"{written}; a number with a zero in front means another one in YAML"
    if len(whole) > most:
        return "is too large", f"the largest number is {10**most - 1:,}"
    if decimals and len(decimals) > _DECIMALS:
        return "has too many decimals", f"write {_DECIMALS} at most"
    return None


def _count_fault(found: str) -> tuple[str, str] | None:
    """Return what keeps a text from being a whole number, and what to write."""
    match = _DIGITS.fullmatch(found)
    if match is None or match[3]:
        return "is not a whole number", "write digits only"
    if match[1]:
        return "is less than zero", "write a number from 0 on"
    return _number_fault(found, _COUNT_DIGITS)


def _date_hint(found: str) -> str:
    match = re.fullmatch(r"([0-9]{4})-([0-9]{1,2})(?:-([0-9]{1,2}))?", found)
    if match and match.group(2).isdigit():
        parts = [match.group(1), *(part.zfill(2) for part in match.groups()[1:] if part)]
        padded = "-".join(parts)
        if padded != found and not dates.date_error(padded):
            return f"write {padded}"
    return "write a day that exists, a month or a year"
