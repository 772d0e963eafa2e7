"""Find the items of the list of events in a YAML file, without parsing it.

A catalogue is nearly always a head and a block list: each event begins with ``- `` at one indentation. As aliases, tags and
second documents are not allowed, such an item means the same anywhere, so the file can be cut there and each batch of items
parsed by itself. A cut inside a quote or a bracket leaves that open, which is a syntax error in the batch before it; then
the whole file must be parsed.
"""

import contextlib
import os
import re
from collections.abc import Callable, Iterator
from typing import IO, NamedTuple

from archivecli import files
from archivecli.files import Source

BATCH = 400_000  # the minimum size of a batch in bytes, but for the last one
MAX_HEAD = 16_000_000  # the limit for the text beside the events, in bytes; a file with more is parsed whole
MAX_ITEM = 8_000_000  # the same for one event
_BLOCK = 1_000_000

# possessive quantifiers, since with backtracking a line of millions of spaces would take minutes
_EVENTS = re.compile(rb"^events:[ \t]*+(?:#[^\n]*+)?\r?\n(?: *+(?:#[^\n]*+)?\r?\n)*+(?=( *+)- )", re.MULTILINE)
_LIST = re.compile(rb"(?:\xef\xbb\xbf)?(?: *+(?:#[^\n]*+)?\r?\n)*+(?=( *+)- )")
_KEY = re.compile(rb"\n(?:[^\s#-]|-(?![ \r\n]))")  # a line of the mapping around the list, which begins in column 1


class Span(NamedTuple):
    """Adjacent items of one file: their bytes, their first line, and the indentation of their list."""

    source: Source
    begin: int
    end: int
    line: int
    indent: int


class Layout(NamedTuple):
    """The parts of a file: the text before and after the items, the batches of items, a hash of all bytes.

    ``after_line`` is the first line of the text after the items. ``batches`` is empty if there are no items, or if the file
    must be parsed whole; then ``before`` is the whole file.
    """

    digest: str
    before: bytes
    after: bytes
    after_line: int
    batches: list[Span]


OnBatch = Callable[[Span, bytes], None]  # called with each batch and its bytes


class Changed(Exception):
    """The file has changed while it was read."""


class CannotCut(Changed):
    """The list of events may end elsewhere than it seems, so the file must be parsed whole."""


@contextlib.contextmanager
def _opened(source: Source) -> Iterator[IO[bytes]]:
    """Open a file; raise Changed if it differs from its state before or after the reading."""
    with open(files.open_binary(source.path), "rb", buffering=0) as file:
        if files.state_of(os.fstat(file.fileno())) != source.state:
            raise Changed
        yield file
        if files.state_of(os.fstat(file.fileno())) != source.state:
            raise Changed


def scan(source: Source, on_batch: OnBatch | None = None) -> Layout:
    """Find the items of a file in bounded memory; raise Changed if it changes meanwhile, or OSError."""
    with _opened(source) as file:
        return _Scanner(source, file, on_batch).scan()


class _Scanner:
    def __init__(self, source: Source, file: IO[bytes], on_batch: OnBatch | None) -> None:
        self.source, self.file, self.on_batch = source, file, on_batch
        self.digest = files.hashed()
        self.buffer = b""
        self.base = 0  # the offset of the buffer in the file
        self.line = 1  # the first line of the buffer
        self.ended = False

    def scan(self) -> Layout:
        opening = self._opening()
        if opening is not None:
            before = self.buffer[: opening.start()]
            self._advance(opening.end())
            batches = self._batches(len(opening[1]))
            keys_below_list = self.buffer and opening.re is _LIST
            if batches is not None and not keys_below_list:
                return Layout(self.digest.hexdigest(), before, self.buffer, self.line, batches)
        data = read_whole(self.source)
        return Layout(files.hashed(data).hexdigest(), data, b"", 1, [])

    def _more(self) -> None:
        block = self.file.read(_BLOCK)
        if block is None:  # a device without data
            raise Changed
        self.digest.update(block)
        self.buffer += block
        self.ended = not block

    def _advance(self, size: int) -> None:
        """Remove the first bytes of the buffer."""
        self.line += self.buffer.count(b"\n", 0, size)
        self.buffer, self.base = self.buffer[size:], self.base + size

    def _opening(self) -> re.Match[bytes] | None:
        """Read up to the first item; return None if there is none."""
        while not self.ended and len(self.buffer) <= MAX_HEAD:
            self._more()
            match = _LIST.match(self.buffer) or _EVENTS.search(self.buffer)
            if match is not None:
                return match
        return None

    def _batches(self, indent: int) -> list[Span] | None:
        """Return the batches, leaving what follows the list in the buffer; None if that or an item is too long."""
        mark = b"\n" + b" " * indent + b"- "
        found: list[Span] = []
        while True:
            at = self.buffer.find(mark, BATCH)
            while at < 0 and not self.ended:
                if len(self.buffer) > MAX_ITEM:
                    return None
                self._more()
                at = self.buffer.find(mark, BATCH)
            size = at + 1 if at >= 0 else len(self.buffer)
            key = _KEY.search(self.buffer, 0, size)
            if key is not None:
                size = key.start() + 1
            span = Span(self.source, self.base, self.base + size, self.line, indent)
            found.append(span)
            if self.on_batch:
                self.on_batch(span, self.buffer[:size])
            self._advance(size)
            if key is not None or at < 0:
                while not self.ended:
                    if len(self.buffer) > MAX_HEAD:
                        return None
                    self._more()
                return found


def items(data: bytes, indent: int) -> list[tuple[int, bytes]]:
    """Return the length and the digest of each item of a batch, the same whether or not it is the last."""
    mark = b"\n" + b" " * indent + b"- "
    _, *rest = (b"\n" + data.removesuffix(b"\n")).split(mark)
    return [(len(mark) + len(text), files.hashed(mark + text).digest()) for text in rest]


def item_spans(span: Span, data: bytes) -> Iterator[tuple[Span, bytes]]:
    """Yield each item of a batch, including the line break after it, and its digest."""
    begin, line = span.begin, span.line
    for length, digest in items(data, span.indent):
        end = min(begin + length, span.end)
        yield span._replace(begin=begin, end=end, line=line), digest
        line += data.count(b"\n", begin - span.begin, end - span.begin)
        begin = end


def read_whole(source: Source) -> bytes:
    """Return the bytes of a file; raise Changed if it is not as it was."""
    data, found = files.read(source)
    if found != source:
        raise Changed
    return data


def read(span: Span) -> bytes:
    """Return the bytes of a span; raise Changed if its file is not as it was, or OSError."""
    with _opened(span.source) as file:
        file.seek(span.begin)
        return file.read(span.end - span.begin)
