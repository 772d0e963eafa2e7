"""Load a catalogue: its head at once, its events in batches, those of a large one in worker processes.

A file is cut into batches of items (``readers.layout``), each of which is parsed and validated by itself. A file that cannot
be cut, or in which a batch has a syntax error, is parsed whole; if that fails, too, what can be parsed is recovered, so that
``problems`` has every problem of every file.
"""

import contextlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from archivecli import files
from archivecli.catalogue import workers
from archivecli.catalogue.events import make_event
from archivecli.catalogue.head import Head
from archivecli.catalogue.recovery import Recovered, recover
from archivecli.catalogue.references import References
from archivecli.catalogue.validator import HasProblems, TooManyProblems, Validator
from archivecli.catalogue.vocabulary import Vocabulary
from archivecli.core_schema import CORE
from archivecli.errors import MAX_PROBLEMS, CatalogueError, Problem
from archivecli.events import Event, Synonyms
from archivecli.files import Known, Source
from archivecli.readers import layout, yaml
from archivecli.readers.layout import Layout, OnBatch, Span
from archivecli.readers.yaml import ParseError
from archivecli.schema import Schema

SHARED = 4_000_000
"""Bytes from which on worker processes are used; they take 50 ms to start."""

ITEMS_AT_ONCE = 500
"""How many items of a file that was parsed whole are a batch."""

NOTHING: Mapping[str, Known] = {}

Prepare: TypeAlias = Callable[[list[Event]], Any]
"""Makes of events what the caller needs, perhaps in another process."""


class Batch(NamedTuple):
    """Some events of one file: what was made of them, the digest of the text of each, and what is wrong with others.

    ``digests`` is None if the file was parsed whole. ``size`` counts all items, the invalid ones among them; ``ids`` and
    ``related`` are the ids of all of them and of their related events.
    """

    path: str
    prepared: Any
    number: int
    digests: list[bytes] | None = None
    size: int = 0
    problems: Sequence[Problem] = ()
    ids: Sequence[str] = ()
    related: Sequence[str] = ()


class Items(NamedTuple):
    """Items of a file that was parsed whole, with their places."""

    path: str
    values: list[Any]


Unit: TypeAlias = Span | Items


class Root(NamedTuple):
    """What was parsed of a file as a whole, with places."""

    path: str
    value: Any


class Catalogue:
    """An opened catalogue: its head, and its events, to be read once with ``batches``."""

    def __init__(
        self,
        path: Path,
        found: list[Source] | None = None,
        known: Mapping[str, Known] = NOTHING,
        on_batch: OnBatch | None = None,
        whole: bool = False,
    ) -> None:
        """Open the files that were found, or those at ``path``.

        Files that are ``known`` are not read; ``on_batch`` is called with each batch of the others. ``whole`` parses every
        file as a whole and keeps it in ``roots``.
        """
        self.path = path
        self.schema: Schema = CORE
        self.head = Head()
        self.problems: list[Problem] = []
        self.roots: list[Root] = []
        self.digests: list[str] = []
        self.heads: list[tuple[str, bytes]] = []
        self._units: list[Unit] = []
        self._read: list[Unit] = []
        self._references = References()
        if found is None:
            found, problems = files.survey(path)
            self._lose(*problems)
        self.sources = found
        self._validator = Validator("", self.head.vocabulary)
        for number, source in enumerate(found):
            with self._collecting(source.path):
                if whole or not self._open(source, known.get(source.path), on_batch):
                    self.sources[number] = self._open_whole(source)
        self.head.resolve_countries()

    @property
    def about(self) -> dict[str, Any]:
        """What the catalogue says of itself."""
        return self.head.about

    @property
    def vocabulary(self) -> Vocabulary:
        """Its names."""
        return self.head.vocabulary

    @property
    def thesaurus(self) -> list[Synonyms]:
        """Words that stand for each other."""
        return self.head.thesaurus

    def raise_problems(self) -> None:
        """Raise CatalogueError if there are problems."""
        if self.problems:
            raise CatalogueError(sorted(self.problems, key=lambda problem: problem[:4]))

    def check_events(self) -> int:
        """Validate all events, collecting problems, and return the number of the valid ones."""
        number = sum(batch.number for batch in self.batches(len))
        self.check_references()
        return number

    # The head

    @contextlib.contextmanager
    def _collecting(self, path: str) -> Iterator[None]:
        """Collect the problems of a file, those that keep it from being read among them."""
        self._validator.path, self._validator.problems = path, []
        try:
            yield
        except TooManyProblems:
            pass
        except CatalogueError as error:
            self._lose(*error.problems)
        except OSError as error:
            self._lose(*files.unreadable(path, error).problems)
        except MemoryError:
            self._lose(*files.too_little_memory(path).problems)
        self.problems += self._validator.problems

    def _lose(self, *problems: Problem, lost: str | None = None) -> None:
        """Report problems that keep a part of the catalogue from being read, and the text of that part if it is known."""
        self.problems += problems
        if problems:
            self.vocabulary.lose(lost)

    def _open(self, source: Source, known: Known | None, on_batch: OnBatch | None) -> bool:
        """Read the head of a file and find its events; return whether that is possible without parsing it whole."""
        found = Layout(known.digest, known.head, b"", 1, []) if known else layout.scan(source, on_batch)
        roots = _parse_head(found, source.path)
        if roots is None or (not found.batches and not known and any("events" in root for root in roots)):
            return False
        for root in roots:
            self.head.add(self._validator, root)
        self.digests.append(found.digest)
        self.heads.append((source.path, found.before + found.after))
        self._units += found.batches
        return True

    def _open_whole(self, source: Source) -> Source:
        data, source = files.read(source)
        self.digests.append(files.hashed(data).hexdigest())
        root = self._recover(data, source.path)
        if isinstance(root, list):
            self._add_items(source.path, root)
        elif isinstance(root, dict):
            self.head.add(self._validator, root)
            self._add_items(source.path, root.get("events"))
        self.roots.append(Root(source.path, root))
        return source

    def _add_items(self, path: str, values: Any) -> None:
        for at in range(0, len(values) if isinstance(values, list) else 0, ITEMS_AT_ONCE):
            self._units.append(Items(path, values[at : at + ITEMS_AT_ONCE]))

    def _recover(self, data: bytes, path: str) -> Any:
        """Return what can be parsed of a whole file, and report the rest."""
        try:
            found = recover(yaml.decode(data, path), path)
        except ParseError as error:
            found = Recovered(None, [error.problem], [data.decode(errors="replace")])
        root = found.root
        self.problems += found.faults
        for lost in found.lost:
            self.vocabulary.lose(lost)
        if not isinstance(root, list | dict):
            if not found.faults:
                line, column = (root.line, root.column) if root is not None else (1, 1)
                hint = "a catalogue has 'events:' with a list below it; 'archive init FILE' starts one"
                self._lose(Problem(path, line, column, "type", "this is no catalogue", hint), lost="")
            return None
        return root

    # The events

    def choose(self, spans: Iterable[Span]) -> None:
        """Let ``batches`` read only these items, given in the order of the files; neighbours are read together."""
        self._units = []
        for span in spans:
            last = self._units[-1] if self._units else None
            if (
                isinstance(last, Span)
                and (last.source, last.end, last.indent) == (span.source, span.begin, span.indent)
                and span.end - last.begin <= layout.BATCH
            ):
                self._units[-1] = last._replace(end=span.end)
            else:
                self._units.append(span)

    def batches(self, prepare: Prepare = list) -> Iterator[Batch]:
        """Yield the valid events in their order, as ``prepare`` returns them; collect the problems of the others.

        Raise layout.Changed if a file changes meanwhile.
        """
        reader = BatchReader(self.schema, self.vocabulary, prepare)
        done: Counter[str] = Counter()
        for unit, found in zip(self._units, self._results(reader), strict=False):
            path = _path_of(unit)
            if done[path] < 0:  # parsed whole
                continue
            units = [(unit, found)]
            if found is None:
                assert isinstance(unit, Span)
                rest = self._whole_after(unit, done[path])
                units = [(part, reader(part)) for part in rest]
                done[path] = -1
            for part, batch in units:
                assert batch is not None
                self._references.add(len(self._read), batch.ids, batch.related)
                self._read.append(part)
                done[path] += batch.size if done[path] >= 0 else 0
                self.problems += batch.problems
                yield batch
            if len(self.problems) >= MAX_PROBLEMS:
                return
        if self._units and files.survey(self.path)[0] != self.sources:
            raise layout.Changed

    def _results(self, reader: "BatchReader") -> Iterator[Batch | None]:
        """Yield what the reader returns for each unit."""
        size = sum(unit.end - unit.begin for unit in self._units if isinstance(unit, Span))
        if size >= SHARED and len(self._units) > 1 and workers.useful():
            return workers.map_ordered(reader, self._units)
        return map(reader, self._units)

    def check_references(self) -> None:
        """Report ids that several events share, and related events that do not exist, once all batches are read."""
        shared, unknown, batches = self._references.dangling()
        unknown = {event_id for event_id in unknown if not self.vocabulary.may_have_lost(event_id)}
        known = self._references.known() if unknown else []
        first: dict[str, str] = {}
        validator = self._validator
        for unit in [self._read[number] for number in batches]:
            validator.path, validator.problems = _path_of(unit), []
            with contextlib.suppress(TooManyProblems):
                for item in unit.values if isinstance(unit, Items) else _placed(unit):
                    event_id = item.get("id") if isinstance(item, dict) else None
                    if event_id in first:
                        what = f"the id {event_id} is already taken at {first[event_id]}"
                        validator.report(event_id, "duplicate-id", what, "give one of the two another ending")
                    elif event_id in shared:
                        first[event_id] = f"{validator.path}:{item.line}"
                    for related in _related(item):
                        if related in unknown:
                            hint = validator.similar(related, known)
                            validator.report(related, "unknown-event", f"no event has the id {related}", hint)
            self.problems += validator.problems

    def _whole_after(self, span: Span, done: int) -> list[Items]:
        """Parse a file whole, since a batch of it cannot be parsed; return its items after those that are ``done``."""
        data, source = files.read(span.source)
        if source != span.source:
            raise layout.Changed
        root = self._recover(data, source.path)
        values = root.get("events") if isinstance(root, dict) else root
        values = values[done:] if isinstance(values, list) else []
        return [Items(source.path, values[at : at + ITEMS_AT_ONCE]) for at in range(0, len(values), ITEMS_AT_ONCE)]


def _path_of(unit: Unit) -> str:
    return unit.path if isinstance(unit, Items) else unit.source.path


def _related(item: Any) -> Iterator[Any]:
    """Yield the ids of the related events of an item."""
    related = item.get("related") if isinstance(item, dict) else None
    for value in related if isinstance(related, list) else ():
        yield value.get("event") if isinstance(value, dict) else value


_DOCUMENT = re.compile(rb"^(?:---|\.\.\.)", re.MULTILINE)
"""Where another document begins or this one ends, which changes what the following lines mean."""


def _parse_head(found: Layout, path: str) -> list[dict[str, Any]] | None:
    """Return the mappings before and after the events; None if the file must be parsed whole."""
    if found.after and _DOCUMENT.search(found.after):
        return None
    roots: list[dict[str, Any]] = []
    for data, line in ((found.before, 1), (found.after, found.after_line)):
        try:
            root, faults = yaml.parse(yaml.decode(data, path, line), path, line, places=True)
        except ParseError:
            return None
        if root is not None:
            if faults or not isinstance(root, dict) or any(key in other for key in root for other in roots):
                return None
            roots.append(root)
    if found.batches and any("events" in root for root in roots):
        return None
    return roots


class BatchReader:
    """Parses and validates units, here or in a worker process."""

    def __init__(self, schema: Schema, vocabulary: Vocabulary, prepare: Prepare) -> None:
        self.record = schema.record
        self.vocabulary = vocabulary
        self.prepare = prepare
        self.validator = Validator("", vocabulary)

    def __call__(self, unit: Unit) -> Batch | None:
        """Return the batch of a unit; None if it has a syntax error, so that its file must be parsed whole."""
        if isinstance(unit, Items):
            return self._batch(unit.path, unit.values)
        path = unit.source.path
        data = layout.read(unit)
        digests = [digest for _, digest in layout.items(data, unit.indent)]
        try:
            values, faults = _parse_span(unit, data, places=False)
            if len(values) != len(digests):
                return None
            if not faults:
                return self._batch(path, values, digests)
        except ParseError:
            return None
        except HasProblems:
            pass
        values, faults = _parse_span(unit, data, places=True)
        batch = self._batch(path, values, digests)
        return batch._replace(problems=[*faults, *batch.problems])

    def _batch(self, path: str, values: list[Any], digests: list[bytes] | None = None) -> Batch:
        validator = self.validator
        validator.path, validator.problems = path, []
        events: list[Event] = []
        ids: list[str] = []
        related: list[str] = []
        with contextlib.suppress(TooManyProblems):
            for value in values:
                before = len(validator.problems)
                record = validator.validate(value, self.record, "event")
                if record:
                    ids += [record["id"]] if "id" in record else []
                    related += [found["event"] for found in record.get("related", ()) if "event" in found]
                if len(validator.problems) == before and not _is_partial(value):
                    events.append(make_event(record, self.vocabulary))
        prepared = self.prepare(events)
        return Batch(path, prepared, len(events), digests, len(values), validator.problems, ids, related)


def _is_partial(value: Any) -> bool:
    """Return whether something was left out of a value, or of one inside it."""
    if getattr(value, "partial", False):
        return True
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(map(_is_partial, inner))


def _parse_span(span: Span, data: bytes, places: bool) -> tuple[Any, list[Problem]]:
    path = span.source.path
    text = yaml.decode(data, path, span.line)
    value, faults = yaml.parse(text, path, span.line, depth=1, places=places)
    if not isinstance(value, list) or _DOCUMENT.search(data):
        raise ParseError(Problem(path, span.line, 1, "syntax", "not a list of events"))
    return value, faults


def _placed(span: Span) -> list[Any]:
    values: list[Any]
    values, _ = _parse_span(span, layout.read(span), places=True)
    return values


@contextlib.contextmanager
def without_gc() -> Iterator[None]:
    """Switch the cyclic garbage collector off: a catalogue has no cycles, and looking for them takes longer than parsing."""
    import gc

    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
