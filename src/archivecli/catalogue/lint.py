"""Warn of what is valid but suspicious: duplicates, similar names, unused terms, odd dates and strings."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple, TypeAlias

from archivecli import dates, display, text
from archivecli.catalogue import raw_text
from archivecli.catalogue.loader import Catalogue, Root
from archivecli.core_schema import CATALOGUE, TERM
from archivecli.errors import Problem
from archivecli.readers.yaml import LINE_BREAK, Map, Value
from archivecli.schema import Shape, mapping

LONG = timedelta(days=366)
FAR_FUTURE = timedelta(days=731)
LONE_YEARS = 15  # from any other event
NEARLY_EQUAL = 92  # the similarity of two titles, 0 to 100
NEIGHBOURS = 5  # titles after it in the alphabet that each is compared with, so that a crowded day is no slower

_PLACEHOLDER = re.compile(r"[-–—−.…?!_*/\\\s]*(?:(?:todo|tbd|tba|tbc|n/?a|null|xxx+|fixme)[.…?!\s]*)?", re.IGNORECASE)
_BREAKING = re.compile(r"[^\S \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")  # tabs and line breaks

_Inside: TypeAlias = tuple[int, str, str]  # a finding inside a value: its index, the message and the hint


class _Position(NamedTuple):
    path: str
    line: int
    column: int


class _EventInfo(NamedTuple):
    """An event, as far as it is compared with others; its title is folded, its places are venues, cities, countries."""

    id: str
    title: str
    places: frozenset[str]
    period: dates.Period
    start: str
    start_at: _Position
    title_at: _Position
    id_at: _Position


def lint(catalogue: Catalogue, today: date) -> list[Problem]:
    """Return the warnings for a catalogue that was parsed whole, in the order of files, lines and columns."""
    linter = _Linter(catalogue, today)
    for root in catalogue.roots:
        linter.add_file(root)
    linter.compare()
    return sorted(linter.problems, key=lambda problem: problem[:4])


class _Linter:
    def __init__(self, catalogue: Catalogue, today: date) -> None:
        self.catalogue = catalogue
        self.schema = catalogue.schema
        self.vocabulary = catalogue.vocabulary
        self.today = today
        self.problems: list[Problem] = []
        self.path = ""
        self.lines: list[str] = []
        self.has_events = False
        self.events: list[_EventInfo] = []
        self.terms: dict[tuple[str, str], _Position] = {}
        self.used: set[tuple[str, str]] = set()  # names of terms, by section
        self.unlisted: dict[tuple[str, str], tuple[str, _Position]] = {}  # first spelling of names, by section and key
        self.reported: set[tuple[str, str]] = set()

    def add_file(self, root: Root) -> None:
        self.path = root.path
        content = root.data.decode("utf-8-sig", "replace")
        self.lines = LINE_BREAK.split(content)
        self._dropped(content, root.value)
        parts = {"events": root.value} if isinstance(root.value, list) else root.value or {}
        for key, value in parts.items():
            if key == "events" and isinstance(value, list):
                self.has_events = self.has_events or bool(value)
                for event in value:
                    self._look_through(event, self.schema.record)
                    if isinstance(event, Map):
                        self._add_event(event)
            elif key == "vocabulary" and isinstance(value, dict):
                for section, terms in value.items():
                    self._add_terms(section, terms if isinstance(terms, dict) else {})
            elif key == "catalogue":
                self._look_through(value, mapping(*CATALOGUE))

    def compare(self) -> None:
        """Add the warnings that need all files."""
        self._unused_terms()
        self._undated_ids()
        self._near_duplicates()
        self._odd_dates()
        self._lone_years()
        if not self.has_events and self.vocabulary.complete:
            at = _Position(str(self.catalogue.path), 1, 1)
            self._warn(at, "no-events", "the catalogue has no events", "add one below 'events:'")

    def _warn(self, at: _Position, code: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(*at, code, message, hint, "warning"))

    def _position(self, value: Any) -> _Position:
        return _Position(self.path, value.line, value.column)

    # Each file

    def _add_event(self, values: Map) -> None:
        given = (values.get(name) for name in ("id", "title", "start", "end"))
        event_id, title, start, end = (value if isinstance(value, str) else "" for value in given)
        end = end or start
        if not start or not title or dates.date_error(start) or dates.date_error(end):
            return
        places = frozenset(
            text.key(found)
            for found, _, name in _scalars(values.get("places"), self.schema.by_name["places"].shape)
            if name in ("venue", "city", "country")
        )
        at = [self._position(values.get(name, values)) for name in ("start", "title", "id")]
        self.events.append(_EventInfo(event_id, text.key(title), places, dates.period(start, end), start, *at))

    def _add_terms(self, section: str, terms: dict[str, Any]) -> None:
        keys: dict[str, str] = {}  # by name, ignoring case and accents
        for key, value in terms.items():
            self.terms[section, key] = self._position(key)
            self._look_through(value, TERM)
            term = self.vocabulary.sections.get(section, {}).get(key)
            for name in term.names() if term else ():
                other = keys.setdefault(text.key(name), key)
                if other != key:
                    what = f"'{name}' also names '{other}' of vocabulary.{section}"
                    self._warn(self._position(key), "similar-name", what, "give each name to one term")

    def _look_through(self, value: Any, shape: Shape) -> None:
        """Check every string inside a value, and the lists that hold them."""
        for scalar, inner, _ in _scalars(value, shape):
            if inner.kind in ("text", "block", "ref"):
                self._check_text(scalar, inner.kind)
            if inner.kind == "ref":
                self._check_name(scalar, inner.section)
        for items in _lists(value):
            seen: set[str] = set()
            for item in items:
                composed = text.composed(item)
                if composed in seen:
                    what = f"'{item[:60]}' appears twice in one list"
                    self._warn(self._position(item), "repeated-value", what, "keep one")
                seen.add(composed)

    def _check_text(self, value: Any, kind: str) -> None:
        if _PLACEHOLDER.fullmatch(value) and value.strip():
            what = f"the text '{display.escape_controls(value)[:40]}' says nothing"
            self._warn(self._position(value), "empty-text", what, "write what is known, or leave the field out")
        if value.isprintable() and value.isascii():
            return
        self._warn_within(value, "mixed-script", map(_mixed_word, text.mixed_words(value)))
        if not value.isprintable():
            self._warn_within(value, "invisible-character", (_invisible(value, at) for at in raw_text.invisible(value)))
            self._warn_within(value, "white-space", _lost_space(value, kind))

    def _warn_within(self, value: Any, code: str, found: Iterable[_Inside]) -> None:
        found = list(found)
        positions = raw_text.positions(self.lines, value, [index for index, *_ in found])
        for position, (_, what, hint) in zip(positions, found, strict=True):
            self._warn(_Position(self.path, *position), code, what, hint)

    def _check_name(self, value: str, section: str) -> None:
        """Warn if a name is spelled differently elsewhere, and note which terms are used."""
        name = display.collapse_whitespace(value)
        term = self.vocabulary.term(section, name)
        if term is not None:
            self.used.add((section, term.name))
            return
        if not self.vocabulary.is_open(section) or (section, name) in self.reported:
            return
        key = text.key(name)
        names = (other for found in self.vocabulary.candidates(section, name) for other in found.names())
        other = next((other for other in names if other != name and text.key(other) == key), "")
        first, position = self.unlisted.setdefault((section, key), (name, self._position(value)))
        if other:
            what, hint = f"{_difference(name, other)} '{other}' of vocabulary.{section}", f"write {other}"
        elif first != name and key:
            what, hint = f"{_difference(name, first)} '{first}' at {position.path}:{position.line}", "write both alike"
        else:
            return
        self.reported.add((section, name))
        self._warn(self._position(value), "similar-name", what, hint)

    def _dropped(self, content: str, root: Any) -> None:
        """Warn of what YAML drops: comments that may be part of a value, a ! before one, an old line break."""
        for line, column, sign in raw_text.dropped(content, self.lines, root):
            self._warn(_Position(self.path, line, column), "dropped-text", *_DROPPED[sign])
        if "\x85" in content:
            for line, column in raw_text.old_breaks(content):
                what, hint = "the character U+0085 is a line break to YAML", "write a space, or \\N in double quotes"
                self._warn(_Position(self.path, line, column), "white-space", what, hint)

    # All files together

    def _unused_terms(self) -> None:
        if not self.vocabulary.complete:
            return
        sections = self.vocabulary.sections
        used = self.used | {("countries", term.country) for terms in sections.values() for term in terms.values()}
        for (section, key), position in self.terms.items():
            term = sections.get(section, {}).get(key)
            if term is not None and (section, term.name) not in used:
                what = f"nothing uses '{key}' of vocabulary.{section}"
                self._warn(position, "unused-term", what, "remove it, unless future events will use it")

    def _undated_ids(self) -> None:
        """Warn of ids that do not begin with the date, but only once if most of them do not."""
        undated = [event for event in self.events if event.id and not event.id.startswith(event.start)]
        usual = len(undated) > 5 and 2 * len(undated) > len(self.events)
        for event in undated[:1] if usual else undated:
            more = f"; nor do the ids of {len(undated) - 1:,} other events" if usual else ""
            what = f"the id {event.id} does not begin with the date {event.start}{more}"
            hint = "an id that begins with the date is easier to find; keep one that others refer to"
            self._warn(event.id_at, "undated-id", what, hint)

    def _near_duplicates(self) -> None:
        from rapidfuzz import fuzz  # 20 ms, needed only here

        days: defaultdict[str, list[_EventInfo]] = defaultdict(list)
        for event in self.events:
            days[event.period.first].append(event)
        pairs: set[tuple[_EventInfo, _EventInfo]] = set()
        for events in days.values():
            for order in (lambda event: event.title, lambda event: " ".join(sorted(event.title.split()))):
                ordered = sorted(events, key=order)
                for number, event in enumerate(ordered):
                    for other in ordered[number + 1 : number + 1 + NEIGHBOURS]:
                        one, two = sorted((event, other), key=lambda found: found.start_at)
                        if _same_place(one, two) and fuzz.token_sort_ratio(one.title, two.title) >= NEARLY_EQUAL:
                            pairs.add((one, two))
        for one, two in pairs:
            what = f"{two.id} is nearly the same as {one.id} at {one.start_at.path}:{one.start_at.line}"
            self._warn(two.title_at, "near-duplicate", what, "keep one of the two, or tell them apart in the title")

    def _odd_dates(self) -> None:
        for event in self.events:
            first, last = (date.fromisoformat(day) for day in event.period)
            if dates.precision(event.start) == "day" and last - first > LONG:
                what = f"{event.id} lasts {(last - first).days + 1:,} days"
                self._warn(event.start_at, "long-event", what, "check the start and the end")
            if first > self.today + FAR_FUTURE:
                what = f"{event.id} is {first.year - self.today.year} years in the future"
                self._warn(event.start_at, "far-future", what, "check the year")

    def _lone_years(self) -> None:
        """Warn of the few events whose years are far from those of nearly all."""
        years = Counter(dates.year_of(event.start) for event in self.events)
        groups: list[list[int]] = []
        for year in sorted(years):
            if not groups or year - groups[-1][-1] >= LONE_YEARS:
                groups.append([])
            groups[-1].append(year)
        sizes = [sum(years[year] for year in group) for group in groups]
        few = max(1, len(self.events) // 50)
        if max(sizes, default=0) < 5 * few:
            return
        lone = {year for group, size in zip(groups, sizes, strict=True) if size <= few for year in group}
        for event in self.events:
            year = dates.year_of(event.start)
            if year in lone:
                nearest = min(years.keys() - lone, key=lambda other: (abs(other - year), other))
                what = f"{event.id} is alone in {year}; the nearest other events are of {nearest}"
                self._warn(event.start_at, "lone-year", what, "check the year")


def _difference(name: str, other: str) -> str:
    """Return how a name differs from one with the same key."""
    if text.composed(name) == text.composed(other):
        return f"'{name}' has the same letters, but stores an accent in another way (composed or decomposed) than"
    return f"'{name}' differs only in case, accents or punctuation from"


def _same_place(one: _EventInfo, two: _EventInfo) -> bool:
    """Return whether two events may be at one place; two cities of one country are not."""
    return one.places <= two.places or two.places <= one.places


def _mixed_word(found: tuple[int, str, str]) -> _Inside:
    at, word, latin = found
    hint = f"write '{latin}' in Latin letters" if latin else "write the word in one script"
    return at, f"'{word}' mixes Latin letters with others that look like them", hint


def _invisible(value: str, at: int) -> _Inside:
    is_control = unicodedata.category(value[at]) == "Cc"
    what = f"the {'control ' if is_control else ''}character U+{ord(value[at]):04X} is invisible"
    return at, what, "remove it; in double quotes a backslash is written twice" if is_control else "remove it"


def _lost_space(value: str, kind: str) -> Iterator[_Inside]:
    """Yield the index, message and hint of white space that a value loses when it is read.

    Only paragraphs keep tabs and line breaks, and no value keeps anything at its ends. Repeated spaces, and the line break
    at the end of a block, are no loss.
    """
    for match in re.finditer(r"\s+", value):
        run, at = match.group(), match.start()
        if at == 0 or match.end() == len(value):
            end = "the beginning" if at == 0 else "the end"
            if lost := run.strip(" \n"):
                yield at + run.index(lost[0]), f"{_space_name(lost[0])} at {end} of the text is dropped", "remove it"
        elif kind != "block" and (breaking := _BREAKING.search(run)):
            what = f"{_space_name(breaking.group())} in text of one line is read as a space"
            yield at + breaking.start(), what, "write a space; in double quotes a backslash is written twice"


def _space_name(character: str) -> str:
    names = {"\t": "a tab", "\n": "a line break", "\u00a0": "a no-break space (U+00A0)"}
    return names.get(character, f"the white space U+{ord(character):04X}")


# message and hint, by the character that makes YAML drop text
_DROPPED = {
    "#": (
        "to YAML the rest of the line is a comment, and the value ends before it",
        "quote the value if this belongs to it; a comment has two spaces before its # and one after it",
    ),
    "!": ("YAML drops the ! before the value", "quote the value if the ! belongs to it, or remove it"),
}


def _scalars(value: Value | None, shape: Shape, name: str = "") -> Iterator[tuple[str, Shape, str]]:
    """Yield each string inside a value that is in a known field, with its shape and the name of the field."""
    if isinstance(value, str):
        if shape.shorthand:
            yield from _scalars({shape.shorthand: value}, shape)
        elif shape.kind not in ("map", "list"):
            yield value, shape, name
    elif isinstance(value, list) and shape.item is not None:
        for item in value:
            yield from _scalars(item, shape.item, name)
    elif isinstance(value, dict) and shape.kind == "map":
        shapes = {field.name: field.shape for field in shape.fields}
        for key, inner in value.items():
            if key in shapes:
                yield from _scalars(inner, shapes[key], key)


def _lists(value: Value) -> Iterator[list[str]]:
    """Yield the strings of every list inside a value."""
    if isinstance(value, list):
        yield [item for item in value if isinstance(item, str)]
        for item in value:
            yield from _lists(item)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _lists(inner)
