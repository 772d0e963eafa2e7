"""Parse queries into criteria. Any string is a query: invalid syntax is read as words.

corruption sofia          both words
"mutual legal assistance" the words in this order
traf*                     words with this prefix
corruption OR bribery     either; AND, NOT, -word and (brackets) too
country:serbia            a filter: year month from to on during country city kind topic body person … and, for
title:training            words of one part of the record: title topics people bodies places summary details notes
september 2009            a date
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from archivecli import text
from archivecli.query import natural_dates
from archivecli.query.criteria import (
    EVERYTHING,
    Annually,
    During,
    HasValue,
    Node,
    Not,
    Or,
    Phrase,
    Word,
    any_of,
    conjunction,
)
from archivecli.schema import CORE_FACETS

YEARS = range(1000, 3000)
"""Default range of the numbers that are years on their own."""

MINUS = "\u2212"
"""A minus sign in front of a word excludes it, as a hyphen does."""

MAX_TOKENS = 200
MAX_CHARACTERS = 10_000
"""A longer query is truncated, with a note."""

MAX_WORD = 300  # longer words are truncated

MAX_NESTING = 20

_SAME_NAME = ("title", "topics", "people", "bodies", "attendance", "places", "summary", "details")
TEXT_FIELDS = {name: name for name in _SAME_NAME} | {"notes": "asides"}
"""The fields of a query that look into one search column, and that column."""

_TOKEN = r"""(?xs)
    (?P<space>\s+)
  | (?P<minus>[-\u2212](?=["(\w]))
  | (?P<open>\()
  | (?P<close>\))
  | (?P<field>[A-Za-z_]+):(?=["\w.\-*])
  | "(?P<phrase>[^"]*)"
  | (?P<word>[^\s"()]+)
  | (?P<other>.)
    """
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‟": '"'})


class Token(NamedTuple):
    """A piece of a query: ``kind`` is one of the groups above, AND, OR or NOT."""

    kind: str
    text: str


def tokens(typed: str) -> list[Token]:
    """Split a query into its pieces."""
    found: list[Token] = []
    for match in re.finditer(_TOKEN, typed.translate(_QUOTES)):
        kind = match.lastgroup or "other"
        piece = match.group(kind)
        if kind in ("space", "other"):
            continue
        before = typed[match.start() - 1 : match.start()]
        if kind == "minus" and before not in ("", "(") and not before.isspace():
            continue
        if kind == "word" and piece in ("AND", "OR", "NOT", "&&", "||", "&", "|"):
            kind = {"&&": "AND", "&": "AND", "||": "OR", "|": "OR"}.get(piece, piece)
        found.append(Token(kind, piece[:MAX_WORD] if kind == "word" else piece))
        if len(found) == MAX_TOKENS:
            break
    return found


class Parsed(NamedTuple):
    """The criteria of a query, and notes for the user."""

    where: Node
    notes: tuple[str, ...] = ()


def parse(typed: str, years: range = YEARS) -> Parsed:
    """Return the criteria of a query; numbers in ``years`` on their own are years.

    Raise UsageError only for an invalid value of a field, such as ``month:13``, or a range that ends before it begins.
    """
    pieces = tokens(typed[:MAX_CHARACTERS].encode(errors="replace").decode())  # surrogates become ?
    where = _Parser(pieces, years).parse()
    if len(pieces) == MAX_TOKENS:
        return Parsed(where, (f"only the first {MAX_TOKENS} words were read",))
    if len(typed) > MAX_CHARACTERS:
        return Parsed(where, (f"only the first {MAX_CHARACTERS:,} characters were read",))
    return Parsed(where)


class _Parser:
    """Recursive descent; an extra bracket or an operator without operand is ignored."""

    def __init__(self, pieces: list[Token], years: range) -> None:
        self.pieces = pieces
        self.years = years
        self.at = 0
        self.depth = 0

    def parse(self) -> Node:
        parts: list[Node] = []
        while self.at < len(self.pieces):
            parts.append(self._either())
            if self._peek() == "close":
                self.at += 1
        return conjunction(*parts)

    def _peek(self) -> str:
        return self.pieces[self.at].kind if self.at < len(self.pieces) else ""

    def _either(self) -> Node:
        sides = [self._all()]
        while self._peek() == "OR":
            self.at += 1
            sides.append(self._all())
        return any_of([side for side in sides if side != EVERYTHING] or [EVERYTHING])

    def _all(self) -> Node:
        parts: list[Node] = []
        run: list[str] = []

        def flush() -> None:
            parts.extend(self._words(run))
            run.clear()

        while (kind := self._peek()) and kind not in ("OR", "close"):
            piece = self.pieces[self.at]
            self.at += 1
            if kind == "word":
                run.append(piece.text)
                continue
            flush()
            if kind == "AND":
                continue
            parts.append(self._negated() if kind in ("NOT", "minus") else self._atom(piece))
        flush()
        natural_dates.check_order(*parts)
        return conjunction(*(part for part in parts if part != EVERYTHING))

    def _negated(self) -> Node:
        while self._peek() in ("NOT", "minus", "AND"):
            self.at += 1
        if self._peek() in ("", "OR", "close"):
            return EVERYTHING
        piece = self.pieces[self.at]
        self.at += 1
        inner = self._atom(piece)
        return Not(inner) if inner != EVERYTHING else EVERYTHING

    def _atom(self, piece: Token) -> Node:
        if piece.kind == "open" and self.depth < MAX_NESTING:
            self.depth += 1
            inner = self._either()
            self.depth -= 1
            if self._peek() == "close":
                self.at += 1
            return inner
        if piece.kind == "phrase":
            return Phrase(piece.text) if text.words(piece.text) else EVERYTHING
        if piece.kind == "field":
            return self._field(piece.text)
        return conjunction(*self._words([piece.text]))

    def _field(self, name: str) -> Node:
        value = self.pieces[self.at] if self.at < len(self.pieces) else Token("word", "")
        field = text.fold(name)
        if value.kind in ("word", "phrase") and field in FIELDS:
            self.at += 1
            alternatives = tuple(filter(None, value.text.split(","))) if value.kind == "word" else ()
            return FIELDS[field](field, alternatives or (value.text,))
        return conjunction(*self._words([name]))

    def _words(self, run: list[str]) -> list[Node]:
        """Return the nodes of consecutive words: dates and words."""
        pieces = [piece for typed in run for piece in natural_dates.separate(typed)]
        nodes: list[Node] = []
        at = 0
        while at < len(pieces):
            date = natural_dates.find_date(pieces, at, self.years)
            if date:
                _add_date(nodes, date.node._replace(from_free_text=True))
                at += date.taken
                continue
            joins_dates = nodes and isinstance(nodes[-1], During) and pieces[at] in ("or", "and") and pieces[at + 1 :]
            if not joins_dates or not natural_dates.find_date(pieces, at + 1, self.years):
                nodes += _word(pieces[at])
            at += 1
        return nodes


def _add_date(nodes: list[Node], date: During | Annually) -> None:
    """Add a date; a period right after one that it does not overlap is an alternative to it."""
    last = nodes[-1:]
    earlier = last[0].parts if last and isinstance(last[0], Or) else tuple(last)
    if earlier and isinstance(date, During) and all(_apart(one, date) for one in earlier):
        nodes[-1] = Or((*earlier, date))
    else:
        nodes.append(date)


def _apart(node: Node, date: During) -> bool:
    return isinstance(node, During) and not node.period.overlaps(date.period)


def _word(typed: str, column: str = "") -> list[Node]:
    """Return the node of one bare word, none if it has no letter or digit."""
    return [Word(typed.rstrip("*"), typed.endswith("*"), column)] if text.words(typed) else []


def _each(read: Callable[[str, str], Node]) -> Callable[[str, tuple[str, ...]], Node]:
    return lambda field, values: any_of([read(value, field) for value in values])


def _in_column(field: str, values: tuple[str, ...]) -> Node:
    column = TEXT_FIELDS[field]
    found: list[Node] = []
    for value in values:
        is_phrase = len(text.words(value)) > 1 and not value.endswith("*")
        found += [Phrase(value, column)] if is_phrase else _word(value, column)
    return any_of(found) if found else EVERYTHING


FIELDS: dict[str, Callable[[str, tuple[str, ...]], Node]] = {
    "year": _each(natural_dates.year_filter),
    "month": _each(natural_dates.month_filter),
    "on": _each(natural_dates.day_filter),
    "during": _each(natural_dates.during_filter),
    "from": lambda field, values: natural_dates.from_filter(values[0], field),
    "to": lambda field, values: natural_dates.to_filter(values[0], field),
    **dict.fromkeys(CORE_FACETS, HasValue),
    **dict.fromkeys(TEXT_FIELDS, _in_column),
}
"""The fields of a query, each with the function that parses its values."""
