"""Recover what can be parsed of a file that is not valid YAML, so that one broken event hides no other problem.

The text is cut where, by its indentation, parts, sections, terms and events begin. A piece that cannot be parsed is cut again
until only the broken event, term or field is left; that one is reported and left out.
"""

import re
from bisect import bisect_right
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

from archivecli.catalogue.head import PARTS
from archivecli.errors import MAX_PROBLEMS, Problem
from archivecli.readers import yaml
from archivecli.readers.yaml import Ambiguous, List, Map, ParseError, Text

_PART = re.compile(rf"(?:{'|'.join(PARTS)})[ \t]*:(?:[ \t]|$)")
_ENTRY = re.compile(r"[^\s#-][^:]*:(?:[ \t]|$)|-[^\s:#][^:]*:(?:[ \t]|$)")
_ITEM = re.compile(r"-(?:[ \t]|$)")
_HEAD = re.compile(r"[ ]*([^\s#\-\"'{\[][^:#]*?)[ \t]*:[ \t]*(?:#.*)?$")
_MARKER = re.compile(r"---[ \t]*(?:#.*)?$")

Root: TypeAlias = Map | List | Text | Ambiguous | None


class Recovered(NamedTuple):
    """The value of a text, with positions, or None if nothing can be parsed; every problem; the text that was left out."""

    root: Root
    faults: list[Problem]
    lost: list[str]


def recover(text: str, path: str) -> Recovered:
    """Return what can be parsed of ``text``, and every problem."""
    try:
        root, faults = yaml.parse(text, path, places=True)
    except ParseError as error:
        return _Recovery(text, path).recover(error.problem)
    if root is None or (isinstance(root, Text) and root.plain and not root):
        root = Map(1, 1)  # nothing but comments: a catalogue without events
    return Recovered(root, faults, _lost(root, faults, text, 1))


def _lost(value: Root, faults: list[Problem], text: str, first_line: int) -> list[str]:
    """Return the text in which names may have been lost, if anything but a part of the events was left out."""
    if not faults:
        return []
    begin, end = first_line, first_line
    lines = text.split("\n")
    if isinstance(value, List):
        end += len(lines)
    elif isinstance(value, Map):
        keys = [*((key, key.line) for key in value), ("", first_line + len(lines))]
        begin, end = next(((a, b) for (key, a), (_, b) in pairwise(keys) if key == "events"), (begin, end))
    if all(begin <= fault.line < end for fault in faults):
        return [] if all(fault.code == "duplicate-key" for fault in faults) else [""]
    return ["\n".join(lines[: begin - first_line] + lines[end - first_line :])]


class _Recovery:
    def __init__(self, text: str, path: str) -> None:
        self.path = path
        self.lines = yaml.LINE_BREAK.split(text)
        self.faults: list[Problem] = []
        self.lost: list[str] = []
        self.errors_left = MAX_PROBLEMS

    def recover(self, first: Problem) -> Recovered:
        """Return what can be parsed of a text, given its first problem."""
        if first.code == "documents":
            found = recover("\n".join(self.lines[: first.line - 1]), self.path)
            rest = "\n".join(self.lines[first.line - 1 :])
            return Recovered(found.root, [*found.faults, first], [*found.lost, rest])
        begin = next((number for number, line in enumerate(self.lines) if _has_content(line)), 0)
        if _MARKER.match(self.lines[begin]):
            begin = next((n for n in range(begin + 1, len(self.lines)) if _has_content(self.lines[n])), begin)
        listed = self._is_item(begin)
        starts = self._starts(begin, len(self.lines), _ITEM if listed else _PART)
        if not starts:
            return Recovered(None, [first], ["\n".join(self.lines)])
        if starts[0] != begin:
            starts.insert(0, begin)
        root = self._value(starts, len(self.lines), 0, listed, first)
        if not self.faults:  # each piece can be read, but not all of them together
            self.faults.append(first)
        return Recovered(root, self.faults, self.lost)

    def _is_item(self, number: int) -> bool:
        return _ITEM.match(self.lines[number].lstrip(" ")) is not None

    def _starts(self, begin: int, end: int, pattern: re.Pattern[str]) -> list[int]:
        """Return the lines at the indentation of the line ``begin`` at which an entry begins."""
        indent = _indent(self.lines[begin])
        margin = " " * indent
        return [
            number
            for number, line in enumerate(self.lines[begin:end], begin)
            if line.startswith(margin) and pattern.match(line, indent)
        ]

    def _value(self, starts: list[int], end: int, level: int, listed: bool, problem: Problem) -> List | Map:
        """Return the entries that begin on the lines ``starts`` without the broken ones; ``problem`` is the first."""
        line, column = starts[0] + 1, _indent(self.lines[starts[0]]) + 1
        if listed:
            items = List(line, column)
            for value in self._parsed(starts, end, level, problem):
                items += value if isinstance(value, List) else []
            return items
        entries = Map(line, column)
        for value in self._parsed(starts, end, level, problem):
            for key in value if isinstance(value, Map) else ():
                if key in entries:
                    self.faults.append(yaml.duplicate_key(self.path, key, key.line, column))
                else:
                    entries[key] = value[key]
        return entries

    def _parsed(self, starts: list[int], end: int, level: int, first: Problem) -> list[Any]:
        """Return the values of the entries that begin on the lines ``starts``, of which some are parsed together."""
        found: list[Any] = []
        todo: list[tuple[int, int, Problem | None]] = [(0, len(starts), first)]  # with its problem, if that is known
        while todo:
            low, high, problem = todo.pop()
            begin, stop = starts[low], starts[high] if high < len(starts) else end
            text = "\n".join(self.lines[begin:stop])
            if self.errors_left <= 0:
                self.lost.append(text)
                continue
            if problem is None:
                try:
                    value, faults = yaml.parse(text, self.path, begin + 1, level, places=True)
                except ParseError as error:
                    problem = error.problem
                else:
                    found += [value] if value is not None else []
                    self.faults += faults
                    self.lost += _lost(value, faults, text, begin + 1)
                    continue
            if high - low > 1:
                broken = bisect_right(starts, problem.line - 1, low, high) - 1
                cuts = [broken, broken + 1] if low <= broken < high - 1 else [(low + high) // 2]
                parts = pairwise([low, *cuts, high])
                todo += [(*part, None) for part in reversed(list(parts)) if part[0] < part[1]]
            elif (inner := self._nested(begin, stop, level, problem)) is not None:
                found.append(inner)
            else:
                self.errors_left -= 1
                self.faults.append(problem)
                self.lost.append(text)
        return found

    def _nested(self, begin: int, end: int, level: int, problem: Problem) -> Map | None:
        """Return what can be parsed of an entry whose value is below its key; None for any other entry."""
        head = _HEAD.match(self.lines[begin])
        first = next((number for number in range(begin + 1, end) if _has_content(self.lines[number])), end)
        if not head or level > 1 or first == end:
            return None
        listed = self._is_item(first)
        indent = _indent(self.lines[begin])
        starts = self._starts(first, end, _ITEM if listed else _ENTRY)
        if (
            (level > 0 and listed)  # a list inside a term or a field, which is lost as a whole
            or starts[:1] != [first]
            or _indent(self.lines[first]) < indent + (not listed)
        ):
            return None
        key = Text(head[1])
        key.line, key.column, key.plain = begin + 1, indent + 1, True
        entry = Map(begin + 1, indent + 1)
        entry[key] = self._value(starts, end, level + 1, listed, problem)
        return entry


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _has_content(line: str) -> bool:
    bare = line.strip()
    return bool(bare) and bare[0] not in "#%\ufeff"
