"""A catalogue → its events, in a hurry: in pieces, by several processes where it is large, in bounded memory.

A catalogue is nearly always written as a heading and a block list: each event begins with ``- `` at one indentation. As
anchors, tags and second documents are refused, such an event means the same wherever it stands; so the text is cut
there and every piece read by itself. Whatever is not beyond doubt, any problem included, makes the whole catalogue be
opened anew by ``loading.Catalogue``, which alone speaks of problems and their places.
"""

import contextlib
import gc
import marshal
import os
import re
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as AnyMapping
from pathlib import Path
from typing import Any, NamedTuple

from archivecli import sources
from archivecli.catalogue import blocks, plain, reader
from archivecli.catalogue.loading import Catalogue, Root, make_event, sound_event
from archivecli.catalogue.reader import Mapping, Node, Sequence, Unreadable
from archivecli.catalogue.sound import Records
from archivecli.catalogue.validation import Checker
from archivecli.catalogue.vocabulary import Vocabulary
from archivecli.errors import CatalogueError, Problem, StartAgain
from archivecli.events import Event, Plain, Prepare, Synonyms
from archivecli.sources import Item, Known, Origin, Source

SHARED = 4_000_000
"""Bytes from which on other processes help; they take 50 ms to start."""
PIECE = 400_000
LONGEST_HEAD = 16_000_000
LONGEST_EVENT = 8_000_000
MOST_HELPERS = 8


class Piece(NamedTuple):
    """Whole events of one file: their bytes, and the indentation of the list that they stand in."""

    source: Source
    begin: int
    end: int
    indent: int


Note = Callable[[str, int, Iterable[tuple[int, int, bytes]]], None]
"""Is told where events stand: the file, the indentation of the list, and the begin, the end and the digest of each."""

NOTHING: AnyMapping[str, Known] = {}


def opened(path: Path) -> "SwiftCatalogue | None":
    """Return the catalogue at ``path`` if nothing about it is in doubt so far, else None."""
    try:
        return SwiftCatalogue(path, sources.find(path))
    except (CatalogueError, StartAgain, OSError, MemoryError):  # the careful reading names the file
        return None


def _whole(before: str, after: str, path: str) -> Root | None:
    """Return what stands around the events, None where that is nothing; raise Unreadable with the first fault."""
    node: Node | None = blocks.document(before + after)
    if node is None and (before + after).strip():
        if after:
            reader.parse(before, path)  # no quote that is open here may reach across the events
        node = reader.parse(before + after, path)
    return Root(path, node) if node is not None else None


def _without_events(node: Node) -> bool:
    return isinstance(node, Mapping) and all(key.text != "events" for key, _ in node.entries)


def _parted(text: str, path: str) -> Root | None:
    """Return what a text holds with its thesaurus in the quick form, or None where that is not beyond doubt."""
    parted = plain.parted(text)
    if parted is None:
        return None
    rest, items = parted
    node = blocks.document(rest) if _WRITTEN.search(rest) else Mapping([], 0, 0)
    if node is None or any(key.text == "thesaurus" for key, _ in node.entries):
        return None
    return Root(path, node, items)


class SwiftCatalogue:
    """A catalogue whose events are read on the way; ``prepared`` raises StartAgain where anything is in doubt."""

    def __init__(
        self, path: Path, found: list[Source], known: AnyMapping[str, Known] = NOTHING, note: Note | None = None
    ) -> None:
        """Go through the files, save those that are ``known``; tell ``note`` where each event stands in the others."""
        self.path = path
        self.sources = found
        self.digests: list[str] = []
        self.heads: list[tuple[str, bytes]] = []
        self._pieces: list[Piece] = []
        self._note = note
        heads = [self._head(source, known.get(source.path)) for source in found]
        catalogue = Catalogue(path, [head for head in heads if head is not None])
        if catalogue.problems():
            raise StartAgain
        self.about: dict[str, Any] = catalogue.about
        self.vocabulary: Vocabulary = catalogue.vocabulary
        self.thesaurus: list[Synonyms] = catalogue.thesaurus

    def problems(self) -> list[Problem]:
        """Return nothing: where there is a problem, another reader tells it."""
        return []

    def _head(self, source: Source, known: Known | None) -> Root | None:
        """Return what stands in a file beside its events, None where that is nothing."""
        digest, *head = self._scanned(source) if known is None else (known.digest, known.head, b"")
        self.digests.append(digest)
        self.heads.append((source.path, b"".join(head)))
        try:
            before, after = [reader.decode(part, source.path) for part in head]
            text = before + after
            found = _parted(text, source.path) or _whole(before, after, source.path)
        except Unreadable:
            raise StartAgain from None
        if "\n..." in text:
            raise StartAgain
        if found is not None and not _without_events(found.node):
            raise StartAgain
        return found

    def _scanned(self, source: Source) -> tuple[str, bytes, bytes]:
        """Go through a file for its pieces; return a hash of it, and what is before and after the events."""
        with contextlib.closing(_Scanner(source)) as scanner:
            for piece, data in scanner.pieces():
                self._pieces.append(piece)
                if self._note:
                    self._note(piece.source.path, piece.indent, _places(piece, data))
            return scanner.digest.hexdigest(), *scanner.head

    def choose(self, items: Iterable[Item]) -> None:
        """Let these be all the events that ``prepared`` reads, given in the order in which they stand."""
        found = {source.path: source for source in self.sources}
        self._pieces = []
        for path, indent, begin, end in items:
            last = self._pieces[-1] if self._pieces else None
            together = last and (last.source.path, last.end, last.indent) == (path, begin, indent)
            if last and together and end - last.begin <= PIECE:
                self._pieces[-1] = last._replace(end=end)
            else:
                self._pieces.append(Piece(found[path], begin, end, indent))

    def prepared(self, prepare: Prepare) -> Iterator[tuple[Plain, Origin | None]]:
        """Yield what ``prepare`` makes of the events, some at a time, in their order; raise StartAgain where in doubt."""
        processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        helpers = min(processors, MOST_HELPERS, len(self._pieces))
        size = sum(piece.end - piece.begin for piece in self._pieces)
        if helpers > 1 and size >= SHARED:
            yield from _shared(self._pieces, _Work(self.vocabulary, prepare), helpers)
        else:
            work = _Work(self.vocabulary, prepare)
            with contextlib.closing(work):
                yield from map(work, (*self._pieces, None))
        if sources.find(self.path) != self.sources:  # edited meanwhile
            raise StartAgain


# these never go back: a line of millions of blanks would take them minutes
_EVENTS = re.compile(rb"^events:[ \t]*+(?:#[^\n]*+)?\r?\n(?: *+(?:#[^\n]*+)?\r?\n)*+(?=( *+)- )", re.MULTILINE)
_LIST = re.compile(rb"(?:\xef\xbb\xbf)?(?: *+(?:#[^\n]*+)?\r?\n)*+(?=( *+)- )")
_KEY = re.compile(rb"\n[A-Za-z_]")
_WRITTEN = re.compile(r"^ *+[^ #\n]", re.MULTILINE)
"""Where a text holds more than comments."""


def _opened(path: str) -> int:
    # O_NONBLOCK: a FIFO put in the file's place must not hold us up
    return os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))


class _Scanner:
    """Goes through a file once, never holding much of it: its digest, its heading, and where its events begin."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.digest = sources.hashed()
        self.file = os.fdopen(_opened(source.path), "rb", buffering=0)
        self.buffer = b""
        self.base = 0  # where in the file the buffer begins
        self.ended = False
        self.head = b"", b""

    def close(self) -> None:
        """Close the file."""
        self.file.close()

    def _more(self) -> None:
        block = self.file.read(1_000_000)
        if block is None:  # a device that would keep us waiting
            raise StartAgain
        self.digest.update(block)
        self.buffer += block
        self.ended = not block

    def pieces(self) -> Iterator[tuple[Piece, bytes]]:
        """Yield where the events stand, and their bytes; then ``head`` is what is before and after them.

        Raise StartAgain where the file changes meanwhile.
        """
        if sources.state_of(os.fstat(self.file.fileno())) != self.source.state:
            raise StartAgain
        opening = self._opening()
        before, after = self.buffer, b""
        if opening is not None:
            before = self.buffer[: opening.start()]
            yield from self._cut(opening.end(), len(opening[1]))
            after = self.buffer
            if after and opening.re is _LIST:  # keys below a list without a key
                raise StartAgain
        self.head = before, after
        if self.base + len(self.buffer) != self.source.state.size:
            raise StartAgain

    def _opening(self) -> re.Match[bytes] | None:
        while not self.ended:
            self._more()
            match = _LIST.match(self.buffer) or _EVENTS.search(self.buffer)
            if match is not None:
                return match
            if len(self.buffer) > LONGEST_HEAD:
                raise StartAgain
        return None

    def _rest(self, begin: int) -> None:
        self.buffer, self.base = self.buffer[begin:], self.base + begin
        while not self.ended:
            if len(self.buffer) > LONGEST_HEAD:
                raise StartAgain
            self._more()

    def _cut(self, begin: int, indent: int) -> Iterator[tuple[Piece, bytes]]:
        """Yield the pieces up to the end of the list; the buffer holds in the end what follows it."""
        mark = b"\n" + b" " * indent + b"- "
        while True:
            self.buffer, self.base, begin = self.buffer[begin:], self.base + begin, 0
            at = self.buffer.find(mark, PIECE)
            while at < 0 and not self.ended:
                if len(self.buffer) > LONGEST_EVENT:
                    raise StartAgain
                self._more()
                at = self.buffer.find(mark, PIECE)
            begin = at + 1 if at >= 0 else len(self.buffer)
            other = _KEY.search(self.buffer, 0, begin)
            if other is not None:
                begin = other.start() + 1
            yield Piece(self.source, self.base, self.base + begin, indent), self.buffer[:begin]
            if other is not None or at < 0:
                self._rest(begin)
                return


class _Work:
    """Turns pieces into what ``prepare`` makes of their events; raises StartAgain where anything is in doubt."""

    def __init__(self, vocabulary: Vocabulary, prepare: Prepare) -> None:
        self.vocabulary = vocabulary
        self.prepare = prepare
        self._open: tuple[Source, int] | None = None
        self._records: Records | None = None

    def __call__(self, piece: Piece | None) -> tuple[Plain, Origin | None]:
        """Return what is made of the events of a piece, and where they stand; after all pieces, of None, the rest."""
        if piece is None:
            return self.prepare.rest(), None
        origin = Origin(piece.source.path, [])
        return self.prepare(self._events(piece, origin.digests)), origin

    def _events(self, piece: Piece, digests: list[bytes]) -> Iterator[Event]:
        """Yield the events of a piece, and add the digest of the text of each to ``digests``."""
        mark = " " * piece.indent + "- "
        try:
            data = self._bytes(piece)
            text = reader.decode(data, piece.source.path).removesuffix("\n")
            if "\n---" in text or "\n..." in text:
                raise StartAgain
            simple = blocks.is_plain(text)
            first, *others = text.split("\n" + mark)
            texts = _texts(data, piece.indent)
            if len(texts) != 1 + len(others):
                raise StartAgain
            for item, (_, digest) in zip((first, *(mark + other for other in others)), texts, strict=True):
                for event in self._sound(item, simple) or self._checked(item, piece.source.path):
                    digests.append(digest)
                    yield event
        except (Unreadable, CatalogueError, OSError, MemoryError):
            raise StartAgain from None

    def _sound(self, item: str, simple: bool) -> list[Event] | None:
        """Return the events of a text that is written plainly and is beyond doubt, else None."""
        if self._records is None:
            self._records = Records(self.vocabulary)
        found: list[Event] = []
        for value in blocks.items(item, simple) or ():
            record = self._records.record(value)
            if record is None:
                return None
            found.append(make_event(record, self.vocabulary))
        return found

    def _checked(self, item: str, path: str) -> Iterator[Event]:
        """Yield the events of a text by the full parser."""
        checker = Checker(path, self.vocabulary)
        for node in _parsed(item, path):
            event = sound_event(checker, node)
            if event is None:
                raise StartAgain
            yield event

    def close(self) -> None:
        """Close the file that is open."""
        if self._open is not None:
            os.close(self._open[1])
            self._open = None

    def _bytes(self, piece: Piece) -> bytes:
        if self._open is None or self._open[0] != piece.source:
            self.close()
            handle = _opened(piece.source.path)
            self._open = (piece.source, handle)
            if sources.state_of(os.fstat(handle)) != piece.source.state:
                raise StartAgain
        handle = self._open[1]
        os.lseek(handle, piece.begin, os.SEEK_SET)
        found = os.read(handle, piece.end - piece.begin)
        if len(found) != piece.end - piece.begin:
            raise StartAgain
        return found


def _texts(data: bytes, indent: int) -> list[tuple[int, bytes]]:
    """Return the length and the digest of the text of each event; whether it is the last of its piece makes no difference."""
    mark = b"\n" + b" " * indent + b"- "
    before, *rest = (b"\n" + data.removesuffix(b"\n")).split(mark)
    if before:
        raise StartAgain
    return [(len(mark) + len(text), sources.hashed(mark + text).digest()) for text in rest]


def _places(piece: Piece, data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield of each event of a piece where it begins and ends, the line break after it included, and its digest."""
    begin = piece.begin
    for length, digest in _texts(data, piece.indent):
        end = min(begin + length, piece.end)
        yield begin, end, digest
        begin = end


def _parsed(item: str, path: str) -> list[Any]:
    """Return the events of a text by the full parser, at the depth at which they stand in the file."""
    root = reader.parse(f"events:\n{item}\n", path)
    if not isinstance(root, Mapping) or len(root.entries) != 1 or not isinstance(root.entries[0][1], Sequence):
        raise StartAgain
    return root.entries[0][1].items


class _Helper(NamedTuple):
    """Another process: where it is asked, where it answers."""

    process: Any
    questions: Any
    answers: Any


def _shared(pieces: list[Piece], work: _Work, helpers: int) -> Iterator[tuple[Plain, Origin | None]]:
    """Yield what other processes make of the pieces, in order: each has two to do, so that none ever waits."""
    started: list[_Helper] = []
    try:
        for _ in range(helpers):
            started.append(_start(work, started))
        asked: deque[_Helper] = deque()
        for number, piece in enumerate(pieces):
            helper = started[number % helpers]
            helper.questions.send(piece)
            asked.append(helper)
            if len(asked) == 2 * helpers:
                yield _answer(asked.popleft())
        while asked:
            yield _answer(asked.popleft())
        for helper in started:
            helper.questions.send(None)
            yield _answer(helper)
    except (OSError, EOFError):  # a helper is gone
        raise StartAgain from None
    finally:
        for helper in started:
            helper.questions.close()
            helper.answers.close()
            helper.process.terminate()
            helper.process.join()


def _start(work: _Work, others: list[_Helper]) -> _Helper:
    import multiprocessing  # 15 ms

    kind = "fork" if "fork" in multiprocessing.get_all_start_methods() and os.uname().sysname == "Linux" else "spawn"
    context: Any = multiprocessing.get_context(kind)
    asked, questions = context.Pipe(duplex=False)
    answers, answering = context.Pipe(duplex=False)
    _widen(answering)
    inherited = [end for other in others for end in other[1:]] + [questions, answers] if kind == "fork" else []
    process = context.Process(target=_help, args=(asked, answering, inherited, work), daemon=True)
    process.start()
    asked.close()
    answering.close()
    return _Helper(process, questions, answers)


def _widen(pipe: Any) -> None:
    """Let a pipe hold an answer, so that nobody waits until it is fetched; where that is impossible it is only slower."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, 1024 * 1024)


def _answer(helper: _Helper) -> tuple[Plain, Origin | None]:
    data = helper.answers.recv_bytes()
    if not data:
        raise StartAgain
    found, origin = marshal.loads(data)
    return found, Origin(*origin) if origin else None


def _help(asked: Any, answering: Any, inherited: list[Any], work: _Work) -> None:
    """Answer pieces until nobody asks any more."""
    for other in inherited:
        other.close()
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process; the one that asks decides
    gc.disable()  # nothing here refers to itself in circles, and looking for circles is half the time
    try:
        while True:
            piece: Piece | None = asked.recv()
            try:
                prepared, origin = work(piece)
                found = marshal.dumps((tuple(prepared), tuple(origin or ())))
            except StartAgain:
                found = b""
            answering.send_bytes(found)
    except (OSError, EOFError):
        pass
    os._exit(0)
