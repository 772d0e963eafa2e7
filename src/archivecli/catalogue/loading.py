"""A catalogue's files → its heading, its vocabulary, its thesaurus and a stream of its events."""

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from archivecli import display, sources
from archivecli.catalogue import reader
from archivecli.catalogue.reader import Mapping, Node, Scalar, Sequence
from archivecli.catalogue.salvage import PARTS, Salvaged, salvage
from archivecli.catalogue.validation import Checker
from archivecli.catalogue.vocabulary import Vocabulary
from archivecli.errors import MAX_PROBLEMS, CatalogueError, Problem
from archivecli.events import Event, Plain, Prepare, Synonyms, Term
from archivecli.fields import CATALOGUE, RECORD, SECTIONS, TERM, TEXT, Field, many
from archivecli.sources import Source


class Root(NamedTuple):
    """What is read of a file: its path, its document, and the items of its thesaurus where that stands apart."""

    path: str
    node: Node
    thesaurus: Iterable[Synonyms | Node] = ()


# the country of a term is looked up when all sections are known
_TERM = TERM._replace(fields=tuple(f._replace(shape=TEXT) if f.name == "country" else f for f in TERM.fields))
_TEXTS = frozenset(field.name for field in _TERM.fields if field.shape is TEXT)
_LISTS = frozenset(field.name for field in _TERM.fields if field.shape == many(TEXT))


class _File(NamedTuple):
    checker: Checker
    events: list[Node]


class Catalogue:
    """An opened catalogue. ``events()`` checks as it goes and raises CatalogueError at the end, with every problem."""

    def __init__(self, path: Path, read: list[Root] | None = None) -> None:
        """Open the files at ``path``, or what has been ``read`` of them already."""
        self.path = path
        self.about: dict[str, Any] = {}
        self.vocabulary = Vocabulary()
        self.thesaurus: list[Synonyms] = []
        self.sources: list[Source] = []
        self.digests: list[str] = []
        self.heads: list[tuple[str, bytes]] = []
        self._files: list[_File] = []
        self._stopped: list[Problem] = []
        if read is None:
            read = list(self._read_all())
        self.roots = read
        for root in read:
            self._open(root)
        self._name_countries()

    def _read_all(self) -> Iterator[Root]:
        """Yield what can be read of each file; a file that cannot be read hides nothing of the others."""
        found, problems = sources.survey(self.path)
        for problem in problems:
            self._stop(problem)
        for source in found:
            try:
                root = self._read(source)
            except MemoryError:
                root = None
                self._stop(*sources.too_little_memory(source.path).problems)
            if root is not None:
                yield Root(source.path, root)

    def _stop(self, *problems: Problem, lost: str | None = None) -> None:
        """Note problems that keep a part of the catalogue from being read, and the text of that part if it is known."""
        self._stopped += problems
        self.vocabulary.lose(lost)

    def _read(self, source: Source) -> Node | None:
        try:
            data, actual = sources.read(source)
        except CatalogueError as error:
            self._stop(*error.problems)
            return None
        self.sources.append(actual)
        self.digests.append(sources.hashed(data).hexdigest())
        try:
            found = salvage(reader.decode(data, source.path), source.path)
        except reader.Unreadable as error:
            found = Salvaged(None, [error.problem], [data.decode(errors="replace")])
        self._stopped += found.faults
        for lost in found.lost:
            self.vocabulary.lose(lost)
        if found.root is None or isinstance(found.root, Scalar):
            if not found.faults:
                line, column = (found.root.line, found.root.column) if found.root else (1, 1)
                hint = "a catalogue has 'events:' with a list below it; 'archive init FILE' starts one"
                self._stop(Problem(source.path, line, column, "type", "this is no catalogue", hint), lost="")
            return None
        return found.root

    def _open(self, root: Root) -> None:
        checker = Checker(root.path, self.vocabulary)
        file = _File(checker, [])
        self._files.append(file)
        if isinstance(root.node, Sequence):
            file.events.extend(root.node.items)
            return
        assert isinstance(root.node, Mapping)
        self._add_synonyms(checker, root.thesaurus)
        for key, node in root.node.entries:
            if key.text == "events":
                if isinstance(node, Sequence):
                    file.events.extend(node.items)
                elif not (isinstance(node, Scalar) and not node.text):
                    checker.fault(node, "type", "'events' is not a list", "put each event after '- '")
            elif key.text == "catalogue":
                self.about.update(checker.record(node, CATALOGUE, "catalogue") or {})
            elif key.text == "vocabulary":
                self._add_vocabulary(checker, node)
            elif key.text == "thesaurus":
                self._add_thesaurus(checker, node)
            else:
                hint = reader.unknown_key(key.text, list(PARTS))
                checker.fault(key, "unknown-field", f"'{key.text[:60]}' is not a part of a catalogue", hint)

    def _add_vocabulary(self, checker: Checker, node: Node) -> None:
        if not isinstance(node, Mapping):
            checker.fault(node, "type", "'vocabulary' is not a mapping", f"its sections are {', '.join(SECTIONS)}")
            return
        for section, terms in node.entries:
            if section.text not in SECTIONS:
                hint = reader.unknown_key(section.text, list(SECTIONS))
                checker.fault(section, "unknown-field", f"'{section.text[:60]}' is not a section", hint)
            elif not isinstance(terms, Mapping):
                checker.fault(terms, "type", f"'{section.text}' is not a mapping", "write 'key: Name' below it")
            else:
                self.vocabulary.declare(section.text)
                for key, value in terms.entries:
                    self._add_term(checker, section.text, key, value)

    def _add_term(self, checker: Checker, section: str, key: Scalar, node: Node) -> None:
        if reader.ambiguous(key):
            hint = f'write "{key.text}" in quotes'
            checker.fault(key, "implicit-type", f"YAML reads the key {key.text} as something other than text", hint)
        found = _plain_term(node) or checker.value(node, _TERM, key.text) or {}
        found.setdefault(
            "name", display.collapse_whitespace(key.text)
        )  # so that whoever uses a faulty term is not at fault, too
        if key.text in self.vocabulary.sections.get(section, {}):
            checker.fault(key, "duplicate-key", f"'{key.text}' stands twice in vocabulary.{section}", "keep one")
            return
        values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in found.items()}
        term = Term(**values)
        other = self.vocabulary.add(section, key.text, term)
        if other:
            hint = "two terms of a section cannot share a name; tell them apart, or keep one"
            checker.fault(key, "duplicate-name", f"'{term.name}' is already the name of '{other}'", hint)

    def _name_countries(self) -> None:
        """Replace the country of each term, which may be a key, by its name."""
        for terms in self.vocabulary.sections.values():
            for key, term in terms.items():
                country = self.vocabulary.term("countries", term.country) if term.country else None
                if country is not None and country.name != term.country:
                    terms[key] = term._replace(country=country.name)

    def _add_thesaurus(self, checker: Checker, node: Node) -> None:
        if not isinstance(node, Sequence):
            hint = "each item is [words, that, mean, the, same] or {typed: [words], means: [words]}"
            checker.fault(node, "type", "'thesaurus' is not a list", hint)
            return
        self._add_synonyms(checker, node.items)

    def _add_synonyms(self, checker: Checker, items: Iterable[Synonyms | Node]) -> None:
        words = many(TEXT)
        for item in items:
            if isinstance(item, Synonyms):
                self.thesaurus.append(item)
            elif isinstance(item, Sequence):
                group = checker.value(item, words, "thesaurus") or []
                if len(group) > 1:
                    self.thesaurus.append(Synonyms("\n".join(group), "\n".join(group)))
            else:
                pair = checker.record(item, _SYNONYMS, "thesaurus")
                if pair and len(pair) == 2:
                    self.thesaurus.append(Synonyms("\n".join(pair["typed"]), "\n".join(pair["means"])))

    def events(self) -> Iterator[Event]:
        """Yield the events that are sound, in the order of the files; raise CatalogueError after the last, if need be."""
        places: dict[str, tuple[str, int]] = {}
        mentions: list[tuple[Checker, Scalar, str]] = []
        for checker, nodes in self._files:
            for node in nodes:
                if self._count_problems() >= MAX_PROBLEMS:
                    break
                before = len(checker.problems), checker.partial
                record = _record(checker, node)
                event_id = record.get("id")
                if event_id in places:
                    path, line = places[event_id]
                    what = f"the id {event_id} is already taken at {path}:{line}"
                    checker.fault(_child(node, "id"), "duplicate-id", what, "give one of the two another ending")
                elif event_id is not None:
                    places[event_id] = (checker.path, node.line)
                for related in record.get("related", ()):
                    if "event" in related:
                        mentions.append((checker, _mention(node, related["event"]), related["event"]))
                if (len(checker.problems), checker.partial) == before:
                    yield make_event(record, self.vocabulary)
        for checker, at, target in mentions:
            known = target in places or self.vocabulary.may_have_lost(target)
            if not known and self._count_problems() < MAX_PROBLEMS:
                hint = checker.near(target, list(places))
                checker.fault(at, "unknown-event", f"no event has the id {target}", hint)
        if problems := self.problems():
            raise CatalogueError(problems)

    def problems(self) -> list[Problem]:
        """Return what has been found wrong so far, in the order of files, lines and columns."""
        found = [*self._stopped, *(problem for file in self._files for problem in file.checker.problems)]
        return sorted(found, key=lambda problem: problem[:4])

    def _count_problems(self) -> int:
        return len(self._stopped) + sum(len(file.checker.problems) for file in self._files)

    def prepared(self, prepare: Prepare) -> Iterator[tuple[Plain, None]]:
        """Yield what ``prepare`` makes of the events, some at a time, in their order; raise as ``events`` does."""
        events = self.events()
        while some := list(itertools.islice(events, 500)):
            yield prepare(some), None
        yield prepare.rest(), None


def _plain_term(node: Node) -> dict[str, Any] | None:
    """Return what the checker returns for a term of texts that cannot be wrong, and None for any other: half the time."""
    if isinstance(node, Scalar):
        return {"name": found} if (found := _plain_text(node)) else None
    if not isinstance(node, Mapping):
        return None
    record: dict[str, Any] = {}
    for key, value in node.entries:
        if isinstance(value, Scalar) and key.text in _TEXTS:
            record[key.text] = _plain_text(value)
        elif isinstance(value, Sequence) and key.text in _LISTS and value.items:
            texts = [_plain_text(item) if isinstance(item, Scalar) else "" for item in value.items]
            record[key.text] = texts if all(texts) else ""
        if not record.get(key.text):
            return None
    return record if "name" in record else None


def _plain_text(node: Scalar) -> str:
    return "" if reader.ambiguous(node) else display.collapse_whitespace(node.text)


def sound_event(checker: Checker, node: Node) -> Event | None:
    """Return the event of a node, or None where ``checker`` has noted problems with it."""
    before = len(checker.problems)
    record = _record(checker, node)
    return make_event(record, checker.vocabulary) if len(checker.problems) == before else None


def _record(checker: Checker, node: Node) -> dict[str, Any]:
    """Return what is sound of an event; the faults of the rest are noted."""
    record = checker.record(node, RECORD, "event") or {}
    fill(record, checker.vocabulary)
    return record


def fill(record: dict[str, Any], vocabulary: Vocabulary) -> None:
    """Add to a checked record what the vocabulary knows of the things that it names."""
    if "links" in record:
        _fill_links(record, vocabulary)
    if "places" in record:
        _fill_countries(record, vocabulary)


def _fill_links(record: dict[str, Any], vocabulary: Vocabulary) -> None:
    """Give a link that names a page of the vocabulary the address and name that stand there."""
    for link in record["links"]:
        term = vocabulary.term("pages", link.get("page", ""))
        if term is not None and term.url:
            link.setdefault("url", term.url)


def _fill_countries(record: dict[str, Any], vocabulary: Vocabulary) -> None:
    """Give a place that names only its city the country that the vocabulary gives the city."""
    for place in record["places"]:
        term = vocabulary.term("cities", place.get("city", "")) if "country" not in place else None
        if term is not None and term.country:
            note = {"note": place.pop("note")} if "note" in place else {}
            place.update({"country": term.country, **note})


_SYNONYMS = (
    Field("typed", many(TEXT), "words of a query", required=True),
    Field("means", many(TEXT), "the words of the archive that they find", required=True),
)


def make_event(record: dict[str, Any], vocabulary: Vocabulary) -> Event:
    """Return the event of a checked record; ``place`` is where it was held, in short names."""
    places = dict.fromkeys(_place(place, vocabulary) for place in record.get("places", ()))
    return Event(
        id=record["id"],
        title=record["title"],
        start=record["start"],
        end=record.get("end", ""),
        kind=_short(vocabulary, "kinds", record["kind"]) if "kind" in record else "",
        place="; ".join(place for place in places if place),
        record=record,
    )


def _place(place: dict[str, str], vocabulary: Vocabulary) -> str:
    parts = [("cities", place.get("city")), ("countries", place.get("country"))]
    shown = [_short(vocabulary, section, name) for section, name in parts if name]
    return ", ".join(shown) or place.get("venue", "")


def _short(vocabulary: Vocabulary, section: str, name: str) -> str:
    term = vocabulary.term(section, name)
    return (term.short or term.name) if term else name


def _child(node: Node, name: str) -> Node:
    if isinstance(node, Mapping):
        return next((value for key, value in node.entries if key.text == name), node)
    return node


def _mention(node: Node, target: str) -> Scalar:
    """Return the scalar below ``related`` that names the event ``target``."""
    related = _child(node, "related")
    found = related
    if isinstance(related, Sequence):
        for item in related.items:
            inner = _child(item, "event")
            if isinstance(inner, Scalar) and inner.text == target:
                found = inner
    return Scalar(target, True, found.line, found.column)
