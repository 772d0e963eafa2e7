"""What an index is made from, as the index sees it: a catalogue fits this shape, and neither room knows the other."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from archivecli.errors import Problem
from archivecli.events import Plain, Prepare, Synonyms, Term
from archivecli.sources import Item, Known, Origin, Source


class Lookup(Protocol):
    """What knows the terms behind names."""

    def term(self, section: str, name: str, /) -> Term | None:
        """Return the term that ``name`` stands for."""


class Names(Lookup, Protocol):
    """A vocabulary."""

    @property
    def sections(self) -> Mapping[str, Mapping[str, Term]]:
        """The terms, by section and key."""


class Contents(Protocol):
    """An opened catalogue, to be read once."""

    @property
    def about(self) -> dict[str, Any]:
        """What the catalogue says of itself."""

    @property
    def vocabulary(self) -> Names:
        """Its names."""

    @property
    def thesaurus(self) -> Sequence[Synonyms]:
        """Words that stand for each other."""

    @property
    def sources(self) -> Sequence[Source]:
        """The files, in the state in which they were read."""

    @property
    def digests(self) -> Sequence[str]:
        """A hash of the content of each file."""

    @property
    def heads(self) -> Sequence[tuple[str, bytes]]:
        """The files, each with what stands in it beside its events; none where the texts of events are not told apart."""

    def prepared(self, prepare: Prepare) -> Iterator[tuple[Plain, Origin | None]]:
        """Yield what ``prepare`` makes of the events, some at a time, in their order, and where they stand; then its rests.

        Raise CatalogueError at the end where there are problems; raise StartAgain as soon as a hurried reader is in doubt.
        """

    def problems(self) -> list[Problem]:
        """Return what has been found wrong so far."""


class Changed(Contents, Protocol):
    """A catalogue of which only a part was gone through."""

    def choose(self, items: Iterable[Item]) -> None:
        """Let these be all the events that ``prepared`` reads."""


Note: TypeAlias = Callable[[str, int, Iterable[tuple[int, int, bytes]]], None]
"""Is told where events stand: the file, the indentation of the list, and the begin, the end and the digest of each."""


class Opener(Protocol):
    """Opens catalogues; raises CatalogueError where one cannot be used."""

    def __call__(self, path: Path, /) -> Contents:
        """Open the catalogue at a path. Asked again, it reads with care."""

    def changed(self, path: Path, found: list[Source], known: Mapping[str, Known], note: Note, /) -> Changed:
        """Open the files that were found, and tell ``note`` of the events in those that are not ``known``.

        Raise StartAgain where anything is in doubt.
        """
