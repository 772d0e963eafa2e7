"""Load a catalogue: its head at once, its events in batches, those of a large one in worker processes.

A file is cut into batches of items (``readers.layout``), each parsed and validated by itself. A file that cannot be cut, or
in which a batch has a syntax error, is parsed whole; if that fails, too, what can be parsed is recovered, so that ``problems``
has every problem of every file.
"""

import contextlib
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from archivecli import files
from archivecli.catalogue import workers
from archivecli.catalogue.head import Head
from archivecli.catalogue.recovery import Recovered, recover
from archivecli.catalogue.validator import HasProblems, TooManyProblems, Validator
from archivecli.catalogue.vocabulary import Vocabulary, make_event
from archivecli.core_schema import CORE
from archivecli.errors import MAX_PROBLEMS, CatalogueError, Problem
from archivecli.events import Event
from archivecli.files import Known, Source
from archivecli.readers import layout, yaml
from archivecli.readers.layout import Layout, OnBatch, Span
from archivecli.readers.yaml import List, Map, ParseError
from archivecli.schema import Schema

SHARED = 4_000_000  # bytes from which worker processes are used; they take 50 ms to start
ITEMS_AT_ONCE = 500  # in a batch of a file that was parsed whole

Prepare: TypeAlias = Callable[
    [list[Event]], Any
]  # converts events to what the caller needs, perhaps in another process


class Batch(NamedTuple):
    """The valid events of some items of one file, as ``prepare`` returned them, and the problems of the others.

    ``number`` counts the valid events, ``size`` all items. ``digests`` has one hash for each item, or is None if the file was
    parsed whole. ``ids`` and ``related`` are the ids of all items and of their related events.
    """

    path: str
    prepared: Any
    number: int
    digests: list[bytes] | None
    size: int
    problems: list[Problem]
    ids: list[str]
    related: list[str]


class Items(NamedTuple):
    """Items of a file that was parsed whole, with their positions."""

    source: Source
    values: list[Any]


Unit: TypeAlias = Span | Items


class Root(NamedTuple):
    """A file that was parsed whole: its value, with positions, and its bytes."""

    path: str
    value: Any
    data: bytes


class Catalogue:
    """An open catalogue: what is beside the events, and the events themselves, to be read once with ``batches``."""

    def __init__(
        self,
        path: Path,
        found: list[Source] | None = None,
        known: Mapping[str, Known] | None = None,
        on_batch: OnBatch | None = None,
        whole: bool = False,
    ) -> None:
        """Open the files ``found``, or those at ``path``.

        Files that are ``known`` are not read; ``on_batch`` is called with each batch of the others. With ``whole``, every file
        is parsed whole and kept in ``roots``.
        """
        self.path = path
        self.schema: Schema = CORE
        problems: list[Problem] = []
        if found is None:
            found, problems = files.survey(path)
        try:
            self._open_all(list(found), problems, known or {}, on_batch, whole, places=False)
        except HasProblems:
            self._open_all(list(found), problems, known or {}, on_batch, whole, places=True)

    def _open_all(
        self,
        found: list[Source],
        problems: list[Problem],
        known: Mapping[str, Known],
        on_batch: OnBatch | None,
        whole: bool,
        places: bool,
    ) -> None:
        """Open all files; raise HasProblems if there is something to report and values have no ``places``."""
        self._head = Head()
        self.about = self._head.about
        self.vocabulary = self._head.vocabulary
        self.thesaurus = self._head.thesaurus
        self.problems: list[Problem] = []
        self.roots: list[Root] = []
        self.digests: list[str] = []
        self.heads: list[tuple[str, bytes]] = []
        self._units: list[Unit] = []
        self._last_batches: set[Span] = set()  # those before other keys
        self._read: list[Unit] = []
        self._references = _References()
        self._lose(*problems)
        self.sources = found
        self._validator = Validator("", self.vocabulary)
        for number, source in enumerate(found):
            with self._collecting(source.path):
                if whole or not self._open(source, known.get(source.path), on_batch, places):
                    self.sources[number] = self._open_whole(source)
        self._head.resolve_countries()

    def raise_problems(self) -> None:
        """Raise CatalogueError if there are problems."""
        if self.problems:
            raise CatalogueError(sorted(self.problems, key=lambda problem: problem[:4]))

    # Opening

    @contextlib.contextmanager
    def _collecting(self, path: str) -> Iterator[None]:
        """Collect the problems of a file, including those that keep it from being read."""
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
        """Add problems because of which a part of the catalogue cannot be read; ``lost`` is its text, if known."""
        self.problems += problems
        if problems:
            self.vocabulary.lose(lost)

    def _open(self, source: Source, known: Known | None, on_batch: OnBatch | None, places: bool) -> bool:
        """Read the head of a file and find its batches; return False if the file must be parsed whole."""
        found = Layout(known.digest, known.head, b"", 1, []) if known else layout.scan(source, on_batch)
        roots = _parse_head(found, source.path, places)
        if roots is None:
            return False
        if found.after:
            self._last_batches.add(found.batches[-1])
        for root in roots:
            self._head.add(self._validator, root)
        self.digests.append(found.digest)
        self.heads.append((source.path, found.before + found.after))
        self._units += found.batches
        return True

    def _open_whole(self, source: Source) -> Source:
        """Parse a file whole; return it with its state while it was read."""
        data, source = files.read(source)
        self.digests.append(files.hashed(data).hexdigest())
        root = self._recover(data, source.path)
        if isinstance(root, dict):
            self._head.add(self._validator, root)
        self._units += _split(source, root)
        self.roots.append(Root(source.path, root, data))
        return source

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
        if isinstance(root, list | dict):
            return root
        if not found.faults:
            line, column = (root.line, root.column) if root is not None else (1, 1)
            hint = "a catalogue has 'events:' with a list below it; 'archive init FILE' starts one"
            self._lose(Problem(path, line, column, "type", "this is not a catalogue", hint), lost="")
        return None

    # Events

    def choose(self, spans: Iterable[Span]) -> None:
        """Let ``batches`` read only these items, given in the order of the files; adjacent ones are read together."""
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
        """Yield all batches in order, collecting their problems, until there are MAX_PROBLEMS.

        Raise layout.Changed if a file changes meanwhile.
        """
        for unit, batch in self._results(BatchReader(self.schema, self.vocabulary, prepare)):
            self._references.add(len(self._read), batch)
            self._read.append(unit)
            self.problems += batch.problems
            yield batch
            if len(self.problems) >= MAX_PROBLEMS:
                return

    def _results(self, reader: "BatchReader") -> Iterator[tuple[Unit, Batch]]:
        """Yield each unit with its batch; a file is parsed whole from the first syntax error on."""
        size = sum(unit.end - unit.begin for unit in self._units if isinstance(unit, Span))
        in_processes = size >= SHARED and len(self._units) > 1 and workers.processors() > 1
        results = workers.map_ordered(reader, self._units) if in_processes else map(reader, self._units)
        done: Counter[str] = Counter()
        parsed_whole: set[str] = set()
        for unit, batch in zip(self._units, results, strict=False):
            path = unit.source.path
            if path in parsed_whole:
                continue
            if batch is not None:
                done[path] += batch.size
                yield unit, batch
                continue
            if unit in self._last_batches:  # perhaps a quote that holds a line like a key
                raise layout.CannotCut
            parsed_whole.add(path)
            root = None
            with self._collecting(path):
                root = self._recover(layout.read_whole(unit.source), path)
            for items in _split(unit.source, root, done[path]):
                yield items, reader.batch(items, items.values)

    def check_references(self) -> None:
        """Report ids that multiple events share, and related events that do not exist, once all batches are read."""
        shared, unknown, batches = self._references.dangling()
        unknown = {event_id for event_id in unknown if not self.vocabulary.may_have_lost(event_id)}
        known = self._references.known() if unknown else []
        first: dict[str, str] = {}
        validator = self._validator
        for unit in [self._read[number] for number in batches]:
            validator.path, validator.problems = unit.source.path, []
            with contextlib.suppress(TooManyProblems):
                for item in unit.values if isinstance(unit, Items) else _parse_span(unit, layout.read(unit), True)[0]:
                    event_id, *related_ids = _ids(item)
                    if event_id in first:
                        what = f"the id {event_id} is already taken at {first[event_id]}"
                        validator.report(event_id, "duplicate-id", what, "give one of the two another ending")
                    elif event_id in shared:
                        first[event_id] = f"{validator.path}:{item.line}"
                    for related in related_ids:
                        if related in unknown:
                            hint = validator.similar(related, known)
                            validator.report(related, "unknown-event", f"no event has the id {related}", hint)
            self.problems += validator.problems


class _References:
    """The ids of all events and of their related events, in a temporary database since there may be millions."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect("", isolation_level=None)
        self.connection.executescript(
            "PRAGMA journal_mode = OFF; CREATE TABLE ids (id TEXT, batch INTEGER);"
            "CREATE TABLE related (id TEXT, batch INTEGER); BEGIN"
        )

    def add(self, number: int, batch: Batch) -> None:
        self.connection.executemany("INSERT INTO ids VALUES (?,?)", ((found, number) for found in batch.ids))
        self.connection.executemany("INSERT INTO related VALUES (?,?)", ((found, number) for found in batch.related))

    def known(self) -> list[str]:
        """Return ids of events, for suggestions."""
        return [event_id for (event_id,) in self.connection.execute("SELECT id FROM ids LIMIT 100000")]

    def dangling(self) -> tuple[set[str], set[str], list[int]]:
        """Return ids that multiple events share, related ids of no event, and the numbers of the batches with either."""
        execute = self.connection.execute
        execute("CREATE INDEX by_id ON ids (id)")
        counted = "SELECT id, batch FROM ids WHERE id IN (SELECT id FROM ids GROUP BY id HAVING count(*) > 1)"
        shared = execute(counted).fetchall()
        missing = "SELECT id, batch FROM related r WHERE NOT EXISTS (SELECT 1 FROM ids WHERE ids.id = r.id)"
        unknown = execute(missing).fetchall()
        batches = sorted({batch for _, batch in shared + unknown})
        return {event_id for event_id, _ in shared}, {event_id for event_id, _ in unknown}, batches


def _ids(item: Any) -> list[Any]:
    """Return the id of an item and of its related events, each None if it is not valid."""
    values = item if isinstance(item, dict) else {}
    related = values.get("related")
    events = related if isinstance(related, list) else ()
    found = [values.get("id"), *(event.get("event") if isinstance(event, dict) else event for event in events)]
    return [value if isinstance(value, str) else None for value in found]


def _split(source: Source, root: Any, skip: int = 0) -> Iterator[Items]:
    """Yield the events of a file that was parsed whole, without the first ``skip``."""
    found = root.get("events") if isinstance(root, dict) else root
    values = found if isinstance(found, list) else []
    for at in range(skip, len(values), ITEMS_AT_ONCE):
        yield Items(source, values[at : at + ITEMS_AT_ONCE])


# where another document begins or this one ends, which changes what the following lines mean
_DOCUMENT = re.compile(rb"^(?:---|\.\.\.)", re.MULTILINE)


def _parse_head(found: Layout, path: str, places: bool) -> list[dict[str, Any]] | None:
    """Return the mappings before and after the events; None if the file must be parsed whole."""
    if found.after and _DOCUMENT.search(found.after):
        return None
    roots: list[dict[str, Any]] = []
    for data, line in ((found.before, 1), (found.after, found.after_line)):
        try:
            root, faults = yaml.parse(yaml.decode(data, path, line), path, line, places=places)
        except ParseError:
            return None
        if root is not None:
            if faults or not isinstance(root, dict) or any(key in other for key in root for other in roots):
                return None
            roots.append(root)
    return None if any("events" in root for root in roots) else roots


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
            return self.batch(unit, unit.values)
        data = layout.read(unit)
        digests = [digest for _, digest in layout.items(data, unit.indent)]
        try:
            values, faults = _parse_span(unit, data, places=False)
            if len(values) != len(digests):
                return None
            if not faults:
                return self.batch(unit, values, digests)
        except ParseError:
            return None
        except HasProblems:
            pass
        values, faults = _parse_span(unit, data, places=True)
        batch = self.batch(unit, values, digests)
        return batch._replace(problems=faults + batch.problems)

    def batch(self, unit: Unit, values: list[Any], digests: list[bytes] | None = None) -> Batch:
        """Return the batch of a unit that is parsed already."""
        validator = self.validator
        validator.path, validator.problems = unit.source.path, []
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
        return Batch(validator.path, prepared, len(events), digests, len(values), validator.problems, ids, related)


def _is_partial(value: Any) -> bool:
    """Return whether something was left out of a value, or of one inside it."""
    if not isinstance(value, List | Map):
        return False
    return value.partial or any(map(_is_partial, value.values() if isinstance(value, Map) else value))


def _parse_span(span: Span, data: bytes, places: bool) -> tuple[list[Any], list[Problem]]:
    path = span.source.path
    text = yaml.decode(data, path, span.line)
    value, faults = yaml.parse(text, path, span.line, depth=1, places=places)
    if not isinstance(value, list) or _DOCUMENT.search(data):
        raise ParseError(Problem(path, span.line, 1, "syntax", "not a list of events"))
    return value, faults


@contextlib.contextmanager
def without_gc() -> Iterator[None]:
    """Turn the garbage collector off: a catalogue has no cycles, and looking for them takes longer than parsing."""
    import gc

    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
