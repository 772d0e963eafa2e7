"""The plain part of YAML in which catalogues are nearly always written, read line by line: three times as fast.

``items`` returns exactly what ``reader.parse`` returns, save the places, or None for whatever is not beyond doubt: then the
full parser decides. A test compares the two on made-up, mutated and hostile texts.
"""

import re

from archivecli.catalogue.reader import MAX_TEXT, Mapping, Node, Scalar, Sequence
from archivecli.patterns import lazily

_ODD = lazily("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
_LINE = re.compile(r"^( *)(- )?(?:([A-Za-z_][A-Za-z0-9_-]*):(?: +(.*))?|(.*))$", re.MULTILINE)
_FLOW = re.compile(r"""\[([^][{}#&*!|>%@`:?\\]*)\]""")
_FLOW_MAP = re.compile(r"""\{([^{}#&*!|>%@`?\\]*)\}""")
_PAIR = re.compile(r" *([A-Za-z_][A-Za-z0-9_-]*): +(?:(\[[^][]*\])|([^][,:]*[^][,: ])) *(?:,|\Z)")
_BREAKS = re.compile(r"\n+")
_QUOTED = re.compile(r'"([^"\\]*)"|' + r"'([^']*)'")
_DEEPEST = 12

_Line = tuple[str, str, str, str, str]
"""Of a line: the indentation, the dash, and a key with what follows it, or else the rest."""


_EMPTY: _Line = ("", "", "", "", "")


class _Doubt(Exception):
    """Something that only the full parser may judge."""


def items(text: str) -> list[Node] | None:
    """Return the items of a block sequence (``- `` at one indentation), or None where the full parser has to read it."""
    if _is_odd(text):
        return None
    indent = len(text) - len(text.lstrip(" "))
    # comments that stand no deeper than the item end whatever is above them
    read = _Reader(re.sub(rf"(?:\n {{0,{indent}}}(?:#.*)?)+\Z", "", text))
    try:
        found = read.sequence(len(read.lines[0][0]), 0)
    except (_Doubt, IndexError):
        return None
    return found if read.at == len(read.lines) else None


def document(text: str) -> Mapping | None:
    """Return the keys and values of a text that is a mapping, or None where the full parser has to read it."""
    if _is_odd(text):
        return None
    read = _Reader(text)
    try:
        read.skip()
        found = read.mapping(0, 0)
    except (_Doubt, IndexError):
        return None
    return found if found.entries and read.at == len(read.lines) else None


def _is_odd(text: str) -> bool:
    """Tell whether anything in a text needs the full parser: a value may be too long, a document end, a character be rare."""
    if len(text) > MAX_TEXT or text.startswith(("---", "...")) or "\n---" in text or "\n..." in text:
        return True
    return not text.replace("\n", "").isprintable() and _ODD.search(text) is not None


class _Reader:
    """Reads lines from the top; ``at`` is the next one."""

    def __init__(self, text: str) -> None:
        self.text = text.rstrip("\n")
        self.lines: list[_Line] = _LINE.findall(self.text)
        self.at = 0
        self.raw: list[str] = []

    def sequence(self, indent: int, depth: int) -> list[Node]:
        """Return the items at ``indent``."""
        lines = self.lines
        found: list[Node] = []
        while self.at < len(lines):
            margin, dash, key, value, rest = lines[self.at]
            if len(margin) != indent or not dash:
                break
            if key:
                lines[self.at] = (margin + "  ", "", key, value, rest)
                found.append(self.mapping(indent + 2, depth + 1))
            else:
                found.append(self.value(rest, indent))
        return found

    def mapping(self, indent: int, depth: int) -> Mapping:
        """Return the keys at ``indent`` with their values."""
        if depth > _DEEPEST:
            raise _Doubt
        lines = self.lines
        entries: list[tuple[Scalar, Node]] = []
        seen = set()
        while self.at < len(lines):
            margin, dash, key, value, _ = lines[self.at]
            if len(margin) != indent or dash or not key:
                break
            if key in seen:
                raise _Doubt
            seen.add(key)
            entries.append(
                (Scalar(key, True, 0, 0), self.value(value, indent) if value else self._below(indent, depth))
            )
        return Mapping(entries, 0, 0)

    def _below(self, indent: int, depth: int) -> Node:
        """Return what stands below a key."""
        self.at += 1
        self.skip()
        margin, dash, key, _, _ = self.lines[self.at]
        inner = len(margin)
        if dash and inner >= indent:
            return Sequence(self.sequence(inner, depth + 1), 0, 0)
        if inner <= indent or not key:
            raise _Doubt
        return self.mapping(inner, depth + 1)

    def value(self, written: str, indent: int) -> Node:
        """Return the value that stands on the rest of a line; ``indent`` is that of the mapping or list around it."""
        self.at += 1
        first = written[:1]
        if first.isalnum():
            if ": " in written or " #" in written or written[-1] in ": ":
                raise _Doubt
            node: Node = Scalar(written, True, 0, 0)
        elif first in (">", "|"):
            node = self._block(written, indent)
        else:
            node = _inline(self._closed(written, indent) if first in ("[", "{") else written)
        self.skip()
        if self.at < len(self.lines) and len(self.lines[self.at][0]) > indent:  # the value goes on
            raise _Doubt
        return node

    def _closed(self, written: str, indent: int) -> str:
        """Return a list in brackets or a mapping in braces with the lines in which it goes on."""
        closing = "]" if written[0] == "[" else "}"
        while written[-1] != closing:
            self.raw = self.raw or self.text.split("\n")
            more = self.raw[self.at].strip(" ")
            if not more or len(self.lines[self.at][0]) <= indent:
                raise _Doubt
            written = f"{written} {more}"
            self.at += 1
        return written

    def skip(self) -> None:
        """Go past empty lines and comments."""
        lines = self.lines
        while self.at < len(lines) and not lines[self.at][1] and not lines[self.at][2]:
            if lines[self.at] != _EMPTY and lines[self.at][4][:1] != "#":
                raise _Doubt
            self.at += 1

    def _block(self, written: str, indent: int) -> Scalar:
        """Return a folded or literal block whose lines are indented alike."""
        style, chomping = written[0], written[1:]
        margin = self.lines[self.at][0]
        if chomping not in ("", "-") or len(margin) <= indent:
            raise _Doubt
        self.raw = self.raw or self.text.split("\n")
        begin = self.at
        while self.at < len(self.lines) and (self.lines[self.at][0] == margin or not self.raw[self.at]):
            self.at += 1
        text = "\n".join(line[len(margin) :] for line in self.raw[begin : self.at]).rstrip("\n")
        if any(not line.strip(" ") for line in self.raw[begin : self.at] if line):
            raise _Doubt
        if self.at < len(self.lines) and len(self.lines[self.at][0]) > indent:
            raise _Doubt
        if style == ">":
            text = _BREAKS.sub(_folded, text)
        return Scalar(text if chomping else f"{text}\n", False, 0, 0)


def _folded(match: re.Match[str]) -> str:
    return match.group()[1:] or " "


def _inline(written: str) -> Node:
    """Return a quoted text or a list in brackets that is written without any art."""
    if match := _FLOW.fullmatch(written):
        return _parts(match[1])
    if match := _FLOW_MAP.fullmatch(written):
        return _pairs(match[1])
    if match := _QUOTED.fullmatch(written):
        return Scalar(match[1] if match[1] is not None else match[2], False, 0, 0)
    raise _Doubt


def _parts(written: str) -> Sequence:
    """Return what stands between brackets: simple values."""
    parts = [part.strip(" ") for part in written.split(",")]
    if not all(part[:1].isalnum() for part in parts):
        raise _Doubt
    return Sequence([Scalar(part, True, 0, 0) for part in parts], 0, 0)


def _pairs(written: str) -> Mapping:
    """Return what stands between braces: keys with simple values, or lists of such."""
    entries: list[tuple[Scalar, Node]] = []
    at = 0
    while match := _PAIR.match(written, at):
        key, several, value = match.groups()
        if several:
            entries.append((Scalar(key, True, 0, 0), _inline(several)))
        elif value[:1].isalnum():
            entries.append((Scalar(key, True, 0, 0), Scalar(value, True, 0, 0)))
        else:
            raise _Doubt
        at = match.end()
        if at == len(written):
            break
    if at < len(written) or written.endswith(",") or len({key.text for key, _ in entries}) < len(entries):
        raise _Doubt
    return Mapping(entries, 0, 0)
