"""Recover what can be parsed of a file that is not valid YAML, so that one broken event hides no other problem.

The text is cut where its indentation says that parts, sections, terms and events begin. A piece that cannot be parsed is
cut again until the broken event, term or field stands alone; that one is reported and set aside.
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
_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What ends a line in YAML."""
_OTHER_LINE_END = re.compile("[\r\x85\u2028\u2029]")


Root: TypeAlias = Map | List | Text | Ambiguous | None


class Recovered(NamedTuple):
    """The value of a text with its places (None if nothing can be parsed), every fault, and the text that is left out."""

    root: Root
    faults: list[Problem]
    lost: list[str]


def recover(text: str, path: str) -> Recovered:
    """Return what can be parsed of ``text``, with every fault."""
    try:
        root, faults = yaml.parse(text, path, places=True)
    except ParseError as error:
        return _Pieces(text, path).recover(error.problem)
    if root is None or (isinstance(root, Text) and root.plain and not root):
        root = Map(1, 1)  # nothing but comments: a catalogue without events
    return Recovered(root, faults, _lost(root, faults, text, 1))


def _lost(value: Root, faults: list[Problem], text: str, first_line: int) -> list[str]:
    """Return the text that may hold names which were passed over in what begins at ``first_line``: all but the events."""
    if not faults:
        return []
    begin, end = first_line, first_line
    lines = text.split("\n")
    if isinstance(value, List):
        end += len(lines)
    elif isinstance(value, Map):
        keys = [*((str(key), line_of(key)) for key in value), ("", first_line + len(lines))]
        begin, end = next(((a, b) for (key, a), (_, b) in pairwise(keys) if key == "events"), (begin, end))
    if all(fault.code == "duplicate-key" and begin <= fault.line < end for fault in faults):
        return []
    if all(begin <= fault.line < end for fault in faults):
        return [""]
    return ["\n".join(lines[: begin - first_line] + lines[end - first_line :])]


class _Pieces:
    """Reads a text piece by piece."""

    def __init__(self, text: str, path: str) -> None:
        self.path = path
        self.lines = _LINE_END.split(text) if _OTHER_LINE_END.search(text) else text.split("\n")
        self.faults: list[Problem] = []
        self.lost: list[str] = []
        self.patience = MAX_PROBLEMS

    def recover(self, first: Problem) -> Recovered:
        """Return what can be parsed of a text, given its first problem."""
        if first.code == "documents":
            found = recover("\n".join(self.lines[: first.line - 1]), self.path)
            rest = "\n".join(self.lines[first.line - 1 :])
            return Recovered(found.root, [*found.faults, first], [*found.lost, rest])
        begin = next((number for number, line in enumerate(self.lines) if _says_something(line)), 0)
        if _MARKER.match(self.lines[begin]):
            begin = next((n for n in range(begin + 1, len(self.lines)) if _says_something(self.lines[n])), begin)
        listed = _ITEM.match(self.lines[begin].lstrip(" ")) is not None
        starts = self._starts(begin, len(self.lines), _ITEM if listed else _PART)
        if not starts:
            return Recovered(None, [first], ["\n".join(self.lines)])
        if starts[0] != begin:
            starts.insert(0, begin)
        root = self._value(starts, len(self.lines), 0, listed, first)
        if not self.faults:  # each piece can be read, but not all of them together
            self.faults.append(first)
        return Recovered(root, self.faults, self.lost)

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
        """Return the entries that begin on the lines ``starts``, without those that are broken, as ``problem`` says."""
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
                    self.faults.append(yaml.duplicate_key(self.path, key, line_of(key), column))
                else:
                    entries[key] = value[key]
        return entries

    def _parsed(self, starts: list[int], end: int, level: int, problem: Problem) -> list[Any]:
        """Return the values of the entries that begin on the lines ``starts``, some together."""
        found: list[Any] = []
        todo: list[tuple[int, int]] = []
        self._divide(todo, 0, len(starts), starts, problem)
        if not todo:  # one entry, whose problem is known
            self._isolate(found, starts[0], end, level, problem)
        while todo:
            low, high = todo.pop()
            begin, stop = starts[low], starts[high] if high < len(starts) else end
            text = "\n".join(self.lines[begin:stop])
            if self.patience <= 0:
                self.lost.append(text)
                continue
            try:
                value, faults = yaml.parse(text, self.path, begin + 1, level, places=True)
            except ParseError as error:
                if high - low > 1:
                    self._divide(todo, low, high, starts, error.problem)
                else:
                    self._isolate(found, begin, stop, level, error.problem)
                continue
            if value is not None:
                found.append(value)
                self.faults += faults
                self.lost += _lost(value, faults, text, begin + 1)
        return found

    @staticmethod
    def _divide(todo: list[tuple[int, int]], low: int, high: int, starts: list[int], problem: Problem) -> None:
        """Put in front what is before, at and after the entry with the problem, or two halves where it is the last."""
        if high - low < 2:
            return
        at = bisect_right(starts, problem.line - 1, low, high) - 1
        if low <= at < high - 1:
            parts = [(low, at), (at, at + 1), (at + 1, high)]
        else:
            parts = [(low, (low + high) // 2), ((low + high) // 2, high)]
        todo += [(begin, end) for begin, end in reversed(parts) if begin < end]

    def _isolate(self, found: list[Any], begin: int, end: int, level: int, problem: Problem) -> None:
        """Add what can be read of one broken entry, or set it aside."""
        inner = self._opened(begin, end, level, problem)
        if inner is not None:
            found.append(inner)
            return
        self.patience -= 1
        self.faults.append(problem)
        self.lost.append("\n".join(self.lines[begin:end]))

    def _opened(self, begin: int, end: int, level: int, problem: Problem) -> Map | None:
        """Return an entry whose value stands below its key, read piece by piece; None for any other."""
        head = _HEAD.match(self.lines[begin])
        first = next((number for number in range(begin + 1, end) if _says_something(self.lines[number])), end)
        if not head or level > 1 or first == end:
            return None
        listed = _ITEM.match(self.lines[first].lstrip(" ")) is not None
        if level > 0 and listed:  # a list inside a term or a field, which is lost as a whole
            return None
        starts = self._starts(first, end, _ITEM if listed else _ENTRY)
        if not starts or starts[0] != first:
            return None
        indent = _indent(self.lines[begin])
        if _indent(self.lines[first]) < indent or (_indent(self.lines[first]) == indent and not listed):
            return None
        key = Text(head[1])
        key.line, key.column, key.plain = begin + 1, indent + 1, True
        entry = Map(begin + 1, indent + 1)
        entry[key] = self._value(starts, end, level + 1, listed, problem)
        return entry


def line_of(value: Any) -> int:
    """Return the line of a value that has a place."""
    line: int = value.line
    return line


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _says_something(line: str) -> bool:
    bare = line.strip()
    return bool(bare) and bare[0] not in "#%\ufeff"
