"""Warn of what is valid and yet deserves a look: duplicates, similar names, unused terms, odd dates and texts."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from archivecli import dates, display, text
from archivecli.catalogue import raw_text
from archivecli.catalogue.invisible import unneeded
from archivecli.catalogue.loader import Catalogue
from archivecli.catalogue.vocabulary import Vocabulary
from archivecli.core_schema import CATALOGUE, TERM
from archivecli.errors import Problem
from archivecli.readers.yaml import Map, Value
from archivecli.schema import Field, Schema, Shape

LONGEST = timedelta(days=366)
FUTURE = timedelta(days=731)
LONELY = 15
"""How many years from any other event are far."""
ALIKE = 92
"""The similarity (0 to 100) from which on two titles are nearly the same."""
NEIGHBOURS = 5
"""With how many titles after it in the alphabet each is compared, so that a crowded day costs no more than a quiet one."""

_SAYS_NOTHING = re.compile(r"[-–—−.…?!_*/\\\s]*(?:(?:todo|tbd|tba|tbc|n/?a|null|xxx+|fixme)[.…?!\s]*)?", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_BREAKING = re.compile(r"[^\S \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
"""White space other than spaces of some width: tabs and line breaks."""


class _Place(NamedTuple):
    path: str
    line: int
    column: int


class _Fact(NamedTuple):
    """What the comparison of events needs to know of one."""

    id: str
    title: str
    where: frozenset[str]
    period: dates.Period
    start: str
    at: _Place
    titled_at: _Place
    id_at: _Place


def lint(catalogue: Catalogue, today: date) -> list[Problem]:
    """Return the warnings for a catalogue that was parsed whole, in the order of files, lines and columns."""
    found = _Linter(catalogue.schema, catalogue.vocabulary, today)
    for root in catalogue.roots:
        found.add_file(root.path, root.value)
    return sorted(found.finish(str(catalogue.path)), key=lambda problem: problem[:4])


class _Linter:
    def __init__(self, schema: Schema, vocabulary: Vocabulary, today: date) -> None:
        self.schema = schema
        self.vocabulary = vocabulary
        self.today = today
        self.problems: list[Problem] = []
        self.facts: list[_Fact] = []
        self.terms: dict[tuple[str, str], _Place] = {}
        self.used: set[tuple[str, str]] = set()
        self.spellings: dict[tuple[str, str], tuple[str, _Place]] = {}
        self.told: set[tuple[str, str]] = set()
        self.known: dict[str, dict[str, list[str]]] = {}
        self.content: str | None = None
        self.lines: list[str] | None = None
        self.path = ""
        self.any = False

    def add_file(self, path: str, root: Any) -> None:
        self.path, self.content, self.lines = path, None, None
        self._dropped(root)
        if isinstance(root, list):
            self._add_events(root)
        elif isinstance(root, dict):
            for key, value in root.items():
                if key == "events":
                    self._add_events(value)
                elif key == "vocabulary" and isinstance(value, dict):
                    self._add_vocabulary(value)
                elif key == "catalogue":
                    self._look_through(value, Shape("map", fields=CATALOGUE))

    def finish(self, path: str) -> list[Problem]:
        self._unused_terms()
        self._undated_ids()
        self._doubles()
        self._dates()
        if not self.any and self.vocabulary.complete:
            self.warn(_Place(path, 1, 1), "no-events", "the catalogue has no events", "add one below 'events:'")
        return self.problems

    def warn(self, at: _Place, code: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(*at, code, message, hint, "warning"))

    # Each file

    def _add_events(self, events: Any) -> None:
        for value in events if isinstance(events, list) else []:
            self.any = True
            self._look_through(value, self.schema.record)
            if isinstance(value, Map):
                self._add_fact(value)

    def _add_fact(self, values: Map) -> None:
        start, title, event_id = (_said(values.get(name)) for name in ("start", "title", "id"))
        end = _said(values.get("end")) or start
        if not start or not title or dates.date_error(start) or dates.date_error(end):
            return
        where = frozenset(
            text.key(found)
            for found, _, name in _scalars(values.get("places"), self.schema.by_name["places"].shape)
            if name in ("venue", "city", "country")
        )
        period = dates.period(start, end)
        at = [self._place(values.get(name, values)) for name in ("start", "title", "id")]
        self.facts.append(_Fact(event_id, text.key(title), where, period, start, *at))

    def _add_vocabulary(self, vocabulary: dict[str, Any]) -> None:
        for section, terms in vocabulary.items():
            aliases: dict[str, str] = {}
            for key, term in terms.items() if isinstance(terms, dict) else []:
                self.terms[section, key] = self._place(key)
                self._look_through(term, TERM)
                self._compare_names(section, key, aliases)

    def _compare_names(self, section: str, key: str, aliases: dict[str, str]) -> None:
        """Warn where a name of a term is, case and accents apart, already one of another term's."""
        term = self.vocabulary.sections.get(section, {}).get(key)
        for name in term.names() if term else ():
            other = aliases.setdefault(text.key(name), key)
            if other != key:
                what = f"'{name}' also names '{other}' of vocabulary.{section}"
                self.warn(self._place(key), "similar-name", what, "give each name to one term")

    def _look_through(self, value: Any, shape: Shape) -> None:
        """Look at every string inside a value, and at the lists that hold them."""
        for scalar, inner, _ in _scalars(value, shape):
            if inner.kind in ("text", "block", "ref"):
                self._text(scalar, inner.kind)
            if inner.kind == "ref":
                self._reference(scalar, inner.section)
        for items in _lists(value):
            seen: set[str] = set()
            for item in items:
                value = unicodedata.normalize("NFC", item)
                if value in seen:
                    said = f"'{item[:60]}' appears twice in one list"
                    self.warn(self._place(item), "repeated-value", said, "keep one")
                seen.add(value)

    def _text(self, said: str, kind: str) -> None:
        if _SAYS_NOTHING.fullmatch(said) and said.strip():
            hint = "write what is known, or leave the field out"
            self.warn(
                self._place(said), "empty-text", f"the text '{display.escape_controls(said)[:40]}' says nothing", hint
            )
        if said.isprintable() and said.isascii():
            return
        mixed = [
            (
                at,
                f"'{word}' mixes Latin letters with others that look like them",
                f"write '{meant}' in Latin letters" if meant else "write the word in one script",
            )
            for at, word, meant in text.mixed_words(said)
        ]
        self._warn_within(said, "mixed-script", mixed)
        if not said.isprintable():
            self._warn_within(said, "invisible-character", [_unseen(said, at) for at in unneeded(said)])
            self._warn_within(said, "white-space", list(_lost_space(said, kind)))

    def _warn_within(self, scalar: Any, code: str, found: list[tuple[int, str, str]]) -> None:
        """Warn of something at some places inside a value: the index of each, what it is, and a suggestion."""
        if not found:
            return
        placed = raw_text.places(self._lines(), scalar, [at for at, *_ in found])
        for (line, column), (_, what, hint) in zip(placed, found, strict=True):
            self.warn(_Place(self.path, line, column), code, what, hint)

    def _reference(self, scalar: str, section: str) -> None:
        said = " ".join(scalar.split())
        term = self.vocabulary.term(section, said)
        if term is not None:
            self.used.add((section, term.name))
            return
        if not self.vocabulary.is_open(section) or (section, said) in self.told:
            return
        spelled = (section, text.key(said))
        other = next((name for name in self._names(section).get(spelled[1], ()) if name != said), "")
        if other:
            self.told.add((section, said))
            what = f"{_difference(said, other)} '{other}' of vocabulary.{section}"
            self.warn(self._place(scalar), "similar-name", what, f"write {other}")
            return
        first, place = self.spellings.setdefault(spelled, (said, self._place(scalar)))
        if first != said and spelled[1]:
            self.told.add((section, said))
            what = f"{_difference(said, first)} '{first}' at {place.path}:{place.line}"
            self.warn(self._place(scalar), "similar-name", what, "write both alike")

    def _names(self, section: str) -> dict[str, list[str]]:
        cached = self.known.get(section)
        if cached is None:
            cached = self.known[section] = {}
            for term in self.vocabulary.sections.get(section, {}).values():
                for name in term.names():
                    cached.setdefault(text.key(name), []).append(name)
        return cached

    def _place(self, value: Any) -> _Place:
        return _Place(self.path, value.line, value.column)

    def _content(self) -> str:
        """Return the text of the file that is looked at; none where it cannot be read again."""
        if self.content is None:
            try:
                self.content = Path(self.path).read_bytes().decode("utf-8-sig", "replace")
            except OSError:
                self.content = ""
        return self.content

    def _lines(self) -> list[str]:
        if self.lines is None:
            self.lines = raw_text.lines_in(self._content())
        return self.lines

    def _dropped(self, root: Any) -> None:
        """Warn of what YAML drops: comments that may be part of a value, signs before one, an old line break."""
        if raw_text.may_drop(self._content()):
            for line, column, sign in raw_text.dropped(self._lines(), root):
                what, hint = DROPPED[sign]
                self.warn(_Place(self.path, line, column), "dropped-text", what, hint)
        if "\x85" in self._content():
            for line, column in raw_text.old_breaks(self._content()):
                what, hint = "the character U+0085 is a line break to YAML", "write a blank, or \\N in double quotes"
                self.warn(_Place(self.path, line, column), "white-space", what, hint)

    # All files together

    def _unused_terms(self) -> None:
        if not self.vocabulary.complete:
            return
        sections = self.vocabulary.sections
        countries = {term.country for terms in sections.values() for term in terms.values()}
        for (section, key), place in self.terms.items():
            term = sections.get(section, {}).get(key)
            if term is None or (section, term.name) in self.used:
                continue
            if section != "countries" or term.name not in countries:
                what = f"nothing uses '{key}' of vocabulary.{section}"
                self.warn(place, "unused-term", what, "take it out, unless events to come will use it")

    def _undated_ids(self) -> None:
        """Warn of ids that do not begin with the date; once, where most of them follow another custom."""
        undated = [fact for fact in self.facts if fact.id and not fact.id.startswith(fact.start)]
        custom = len(undated) > 5 and 2 * len(undated) > len(self.facts)
        for fact in undated[:1] if custom else undated:
            more = f"; nor do the ids of {len(undated) - 1:,} other events" if custom else ""
            what = f"the id {fact.id} does not begin with the date {fact.start}{more}"
            hint = "an id that begins with the date is easier to find; keep one that others refer to"
            self.warn(fact.id_at, "undated-id", what, hint)

    def _doubles(self) -> None:
        from rapidfuzz import fuzz  # 20 ms, of which nothing else here has need

        days: dict[str, list[_Fact]] = {}
        for fact in self.facts:
            days.setdefault(fact.period.first, []).append(fact)
        pairs: set[tuple[_Fact, _Fact]] = set()
        for facts in days.values():
            for order in (lambda fact: fact.title, lambda fact: " ".join(sorted(fact.title.split()))):
                ordered = sorted(facts, key=order)
                for number, fact in enumerate(ordered):
                    for other in ordered[number + 1 : number + 1 + NEIGHBOURS]:
                        one, two = sorted((fact, other), key=lambda found: found.at)
                        if _same_place(one, two) and fuzz.token_sort_ratio(one.title, two.title) >= ALIKE:
                            pairs.add((one, two))
        for one, two in pairs:
            what = f"{two.id} is nearly the same as {one.id} at {one.at.path}:{one.at.line}"
            self.warn(two.titled_at, "near-duplicate", what, "keep one of the two, or tell them apart in the title")

    def _dates(self) -> None:
        for fact in self.facts:
            first, last = (date.fromisoformat(day) for day in fact.period)
            if len(fact.start) == 10 and last - first > LONGEST:
                what = f"{fact.id} lasts {(last - first).days + 1:,} days"
                self.warn(fact.at, "long-event", what, "check the start and the end")
            if first > self.today + FUTURE:
                what = f"{fact.id} lies {first.year - self.today.year} years in the future"
                self.warn(fact.at, "far-future", what, "check the year")
        self._lone_years()

    def _lone_years(self) -> None:
        """Warn of the few events whose years stand far from those of nearly all."""
        years = Counter(int(fact.period.first[:4]) for fact in self.facts)
        groups: list[list[int]] = []
        for year in sorted(years):
            if groups and year - groups[-1][-1] < LONELY:
                groups[-1].append(year)
            else:
                groups.append([year])
        sizes = [sum(years[year] for year in group) for group in groups]
        few = max(1, len(self.facts) // 50)
        lone = {year for group, size in zip(groups, sizes, strict=True) if size <= few for year in group}
        if max(sizes, default=0) < 5 * few:
            return
        for fact in self.facts:
            year = int(fact.period.first[:4])
            if year in lone:
                nearest = min(years.keys() - lone, key=lambda other: (abs(other - year), other))
                what = f"{fact.id} stands alone in {year}; the nearest other events are of {nearest}"
                self.warn(fact.at, "lone-year", what, "check the year")


def _difference(said: str, other: str) -> str:
    """Return how a name differs from one that means the same."""
    if unicodedata.normalize("NFC", said) == unicodedata.normalize("NFC", other):
        return f"'{said}' has the same letters, but stores an accent in another way (composed or apart) than"
    return f"'{said}' differs only in case, accents or punctuation from"


def _same_place(one: _Fact, two: _Fact) -> bool:
    if not one.where or not two.where:
        return True
    return bool(one.where & two.where) and not _different(one, two)


def _different(one: _Fact, two: _Fact) -> bool:
    """Tell whether each of the two names a place that the other does not: two cities of one country."""
    return bool(one.where - two.where) and bool(two.where - one.where)


def _unseen(said: str, at: int) -> tuple[int, str, str]:
    """Return what to say of an invisible character: where it is, what it is, and a suggestion."""
    name = f"U+{ord(said[at]):04X}"
    if unicodedata.category(said[at]) == "Cc":
        hint = "take it out; in double quotes a backslash is written twice"
        return at, f"the control character {name} cannot be seen", hint
    return at, f"the character {name} cannot be seen", "take it out"


def _lost_space(said: str, kind: str) -> Iterator[tuple[int, str, str]]:
    """Yield the white space that a value loses when it is read: where, what is lost, and a suggestion.

    Only paragraphs keep tabs and line breaks; no value keeps anything at its ends. Blanks, of which one is as good as
    several, and the break at the end of a block are no loss.
    """
    for match in _SPACE.finditer(said):
        run, at = match.group(), match.start()
        if at == 0 or match.end() == len(said):
            lost = run.strip(" \n")
            end = "the beginning" if at == 0 else "the end"
            if lost:
                yield at + run.index(lost[0]), f"{_space_name(lost[0])} at {end} of the text is dropped", "take it out"
        elif kind != "block" and (breaking := _BREAKING.search(run)):
            what = f"{_space_name(breaking.group())} in text of one line is read as a blank"
            yield at + breaking.start(), what, "write a blank; in double quotes a backslash is written twice"


def _space_name(character: str) -> str:
    names = {"\t": "a tab", "\n": "a line break", "\u00a0": "a no-break space (U+00A0)"}
    return names.get(character, f"the white space U+{ord(character):04X}")


DROPPED = {
    "#": (
        "to YAML the rest of the line is a comment, and the value ends before it",
        "quote the value if this belongs to it; a comment has two blanks before its # and one after it",
    ),
    "!": ("YAML drops the ! before the value", "quote the value if the ! belongs to it, or take it out"),
}
"""What to say of what YAML drops, by the sign that makes it do so."""


def _said(value: Value | None) -> str:
    return value if isinstance(value, str) else ""


def _scalars(value: Value | None, shape: Shape, name: str = "") -> Iterator[tuple[str, Shape, str]]:
    """Yield the strings inside a value that are where the table of fields expects them, with shape and field name."""
    if isinstance(value, str):
        inner = _field(shape, shape.shorthand)
        if inner is not None:
            yield from _scalars(value, inner.shape, inner.name)
        elif shape.kind not in ("map", "list"):
            yield value, shape, name
    elif isinstance(value, list) and shape.item is not None:
        for item in value:
            yield from _scalars(item, shape.item, name)
    elif isinstance(value, dict) and shape.kind == "map":
        for key, inner_value in value.items():
            field = _field(shape, key)
            if field is not None:
                yield from _scalars(inner_value, field.shape, field.name)


_known: dict[int, dict[str, Field]] = {}
"""The fields of each shape by name; the shapes are constants, so that their addresses never change."""


def _field(shape: Shape, name: str) -> Field | None:
    fields = _known.get(id(shape.fields))
    if fields is None:
        fields = _known[id(shape.fields)] = {field.name: field for field in shape.fields}
    return fields.get(name)


def _lists(value: Value) -> Iterator[list[str]]:
    """Yield every list of single values inside a value."""
    if isinstance(value, list):
        yield [item for item in value if isinstance(item, str)]
        for item in value:
            yield from _lists(item)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _lists(inner)
