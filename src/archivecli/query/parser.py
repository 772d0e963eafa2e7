"""What people type in a query → criteria. Any text is a query: odd syntax is read as words.

corruption sofia          both words
"mutual legal assistance" the words in this order
traf*                     words that begin so
corruption OR bribery     either; AND, NOT, -word and (brackets) too
country:serbia            a filter: year month from to on during country city kind topic body person … and, for
title:training            words of one part of the record: title topics people bodies places summary details notes
september 2009            a date
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from archivecli import text
from archivecli.dates import EVER, Period
from archivecli.errors import UsageError
from archivecli.patterns import lazily
from archivecli.query import spoken, when
from archivecli.query.criteria import EVERYTHING, During, Is, Node, Not, Or, Phrase, Recurs, Word, conjunction
from archivecli.query.facets import BY_NAME

YEARS = range(1000, 3000)
"""Default range of the numbers that are years where they stand alone."""

MINUS = "\u2212"
"""A minus sign in front of a word excludes it, as a hyphen does."""

MAX_TOKENS = 200
"""A query of more words is cut, and said to be."""

MAX_CHARACTERS, LONGEST_WORD = 10_000, 300
"""So is one of more characters; a single word is cut without a word: nothing is that long."""

TEXT_FIELDS = {
    "title": "title",
    "topics": "topics",
    "people": "people",
    "bodies": "bodies",
    "attendance": "attendance",
    "places": "places",
    "summary": "summary",
    "details": "details",
    "notes": "asides",
}

_TOKEN = lazily(
    r"""
    (?P<space>\s+)
  | (?P<minus>[-\u2212](?=["(\w]))
  | (?P<open>\()
  | (?P<close>\))
  | (?P<field>[A-Za-z_]+):(?=["\w.\-*])
  | "(?P<phrase>[^"]*)"
  | (?P<word>[^\s"()]+)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‟": '"'})


class Token(NamedTuple):
    """A piece of a query: ``kind`` is one of the groups above, AND, OR or NOT."""

    kind: str
    text: str


def tokens(typed: str) -> list[Token]:
    """Split a query into its pieces."""
    found: list[Token] = []
    for match in _TOKEN.finditer(typed.translate(_QUOTES)):
        kind = match.lastgroup or "other"
        piece = match.group(kind)
        if kind in ("space", "other"):
            continue
        if (
            kind == "minus"
            and match.start()
            and not typed[match.start() - 1].isspace()
            and typed[match.start() - 1] != "("
        ):
            continue
        if kind == "word" and piece in ("AND", "OR", "NOT", "&&", "||", "&", "|"):
            kind = {"&&": "AND", "&": "AND", "||": "OR", "|": "OR"}.get(piece, piece)
        found.append(Token(kind, piece[:LONGEST_WORD] if kind == "word" else piece))
        if len(found) == MAX_TOKENS:
            break
    return found


class Parsed(NamedTuple):
    """The criteria of a query and what should be said about how it was read."""

    where: Node
    remarks: tuple[str, ...] = ()


def parse(typed: str, years: range = YEARS) -> Parsed:
    """Return the criteria that ``typed`` asks for; numbers inside ``years`` that stand alone are years.

    Raise UsageError only for what cannot be right: a field's value such as ``month:13``, or a range that runs backwards.
    """
    pieces = tokens(typed[:MAX_CHARACTERS].encode(errors="replace").decode())  # bytes that are no text become ?
    if len(pieces) == MAX_TOKENS:
        remarks: tuple[str, ...] = (f"only the first {MAX_TOKENS} words were read",)
    else:
        remarks = (f"only the first {MAX_CHARACTERS:,} characters were read",) if len(typed) > MAX_CHARACTERS else ()
    return Parsed(_Parser(pieces, years).parse(), remarks)


class _Parser:
    """Recursive descent; a bracket too many or an operator without a side is passed over."""

    MAX_NESTING = 20

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
        return conjunction(*parts) if parts else EVERYTHING

    def _peek(self) -> str:
        return self.pieces[self.at].kind if self.at < len(self.pieces) else ""

    def _either(self) -> Node:
        sides = [self._all()]
        while self._peek() == "OR":
            self.at += 1
            sides.append(self._all())
        sides = [side for side in sides if side != EVERYTHING] or [EVERYTHING]
        return sides[0] if len(sides) == 1 else Or(tuple(sides))

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
            if kind in ("NOT", "minus"):
                parts.append(self._negated())
            else:
                parts.append(self._atom(piece))
        flush()
        _check_ends(parts)
        return conjunction(*(part for part in parts if part != EVERYTHING)) if parts else EVERYTHING

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
        if piece.kind == "open" and self.depth < self.MAX_NESTING:
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
        found = self._words([piece.text])
        return conjunction(*found) if found else EVERYTHING

    def _field(self, name: str) -> Node:
        value = self.pieces[self.at] if self.at < len(self.pieces) else Token("word", "")
        wanted = value.kind in ("word", "phrase")
        field = text.fold(name)
        if wanted and field in FIELDS:
            self.at += 1
            alternatives = (value.text,) if value.kind == "phrase" else tuple(v for v in value.text.split(",") if v)
            return FIELDS[field](field, alternatives or (value.text,))
        found = self._words([name])
        return conjunction(*found) if found else EVERYTHING

    def _words(self, run: list[str]) -> list[Node]:
        """Return the nodes of consecutive bare words: dates are dates, the rest are words."""
        pieces = [piece for typed in run for piece in spoken.separate(typed)]
        nodes: list[Node] = []
        at = 0
        while at < len(pieces):
            date = spoken.find_date(pieces, at, self.years)
            if date:
                _add_date(nodes, date.node._replace(spoken=True))
                at += date.taken
            elif nodes and isinstance(nodes[-1], During) and self._another_date(pieces, at):
                at += 1
            else:
                nodes.extend(word(pieces[at]))
                at += 1
        return nodes

    def _another_date(self, pieces: list[str], at: int) -> bool:
        """Tell whether a small "or" or "and" joins the date before it to one after it."""
        if pieces[at] not in ("or", "and") or at + 1 == len(pieces):
            return False
        return spoken.find_date(pieces, at + 1, self.years) is not None


def _add_date(nodes: list[Node], date: During | Recurs) -> None:
    """Add a date to the words before it; one right after another that it does not overlap is an alternative to it."""
    last = nodes[-1] if nodes else None
    earlier = last.parts if isinstance(last, Or) else (last,)
    apart = [
        d for d in earlier if isinstance(d, During) and isinstance(date, During) and not d.period.overlaps(date.period)
    ]
    if last is not None and len(apart) == len(earlier):
        nodes[-1] = Or((*apart, date))
    else:
        nodes.append(date)


def word(typed: str, column: str = "") -> list[Node]:
    """Return the node of one bare word: none where it holds no letter or figure, a phrase where it is a compound."""
    found = text.words(typed)
    if not found:
        return []
    return [Word(typed.rstrip("*"), typed.endswith("*"), column)]


def _named(facet: str, values: tuple[str, ...]) -> Node:
    return Is(facet, values)


def _dated(read: Callable[[str, str], Node]) -> Callable[[str, tuple[str, ...]], Node]:
    def node(field: str, values: tuple[str, ...]) -> Node:
        found = tuple(read(value, field) for value in values)
        return found[0] if len(found) == 1 else Or(found)

    return node


def _from(field: str, values: tuple[str, ...]) -> Node:
    return During(Period(when.typed_period(values[0], field).first, EVER.last), f"from {values[0]}")


def _to(field: str, values: tuple[str, ...]) -> Node:
    return During(Period(EVER.first, when.typed_period(values[0], field).last), f"to {values[0]}")


def _check_ends(parts: Sequence[Node]) -> None:
    """Raise UsageError where ``from:`` is after ``to:``."""
    times = [part for part in parts if isinstance(part, During) and part.said.startswith(("from ", "to "))]
    for low in times:
        for high in times:
            if low.said.startswith("from ") and high.said.startswith("to ") and low.period.first > high.period.last:
                raise when.backwards(f"{low.said.replace(' ', ':', 1)} {high.said.replace(' ', ':', 1)}")


def _during(value: str, field: str) -> Node:
    low, dots, high = value.partition("..")
    span = when.typed_range(low, high, f"{field}: {value}") if dots else when.typed_period(value, field)
    if span is None:
        raise UsageError(f"{field}: '{value[:40]}' is not a period", "write 2009-10..2010-03")
    return During(span, value)


def _in_column(field: str, values: tuple[str, ...]) -> Node:
    column = TEXT_FIELDS[field]
    found: list[Node] = []
    for value in values:
        count = len(text.words(value))
        if count > 1 and not value.endswith("*"):
            found.append(Phrase(value, column))
        else:
            found.extend(word(value, column))
    return found[0] if len(found) == 1 else Or(tuple(found)) if found else EVERYTHING


FIELDS: dict[str, Callable[[str, tuple[str, ...]], Node]] = {
    "year": _dated(when.year_filter),
    "month": _dated(when.month_filter),
    "on": _dated(when.day_filter),
    "during": _dated(_during),
    "from": _from,
    "to": _to,
    **dict.fromkeys(BY_NAME, _named),
    **dict.fromkeys(TEXT_FIELDS, _in_column),
}
"""Every ``field:`` that a query may hold, and how its values are read."""
