"""What the views have in common: words and filters → a selection of events, and commands that lead on from it."""

import os
import shlex
from typing import NamedTuple

from archivecli.archive import Archive
from archivecli.cli.options import Asked, Common
from archivecli.cli.output import Output
from archivecli.cli.remarks import nothing_found
from archivecli.index.selection import Selection
from archivecli.query.criteria import Node, Query, conjunction
from archivecli.query.parser import parse


class Question(NamedTuple):
    """A selection of events, where it came from, and where it leads on."""

    archive: Archive
    out: Output
    query: Query
    selection: Selection
    total: int
    onward: "Onward"

    def remark_if_empty(self, fail: bool = False) -> None:
        """Say so where no event fits, and why; ``fail`` ends with exit code 1 then."""
        if not self.total:
            nothing_found(self.out, self.archive, self.query, fail=fail)


class Onward(NamedTuple):
    """Builds the commands that list a part of what a view shows: the words and filters of the view, and one more."""

    words: tuple[str, ...]
    asked: Asked
    catalogue: str = ""

    def listing(self, *more: str) -> str:
        """Return the command that lists the events of the view narrowed by options: ``--month 2009-12``."""
        verb = ["search", *self.words] if self.words else ["list"]
        return self._command(*verb, *self._filters(), *more)

    def view(self, verb: str, *more: str) -> str:
        """Return another view of the same events."""
        return self._command(verb, *more, *self.words, *self._filters())

    def narrowed(self, facet: str, value: str, option: bool) -> str:
        """Return the command that lists those events of the view that have a value of a facet as well.

        Values of one option are alternatives, so that a second value of the same facet is asked for in the query.
        """
        if option and all(name != f"--{facet}" for name, _ in self.asked):
            return self.listing(f"--{facet}", value)
        term = f"{facet}:{value}" if value.replace("-", "").isalnum() else f'{facet}:"{value}"'
        return self._command("search", *self.words, term, *self._filters())

    def _filters(self) -> list[str]:
        return [piece for pair in self.asked for piece in pair]

    def _command(self, *pieces: str) -> str:
        catalogue = ["--catalogue", self.catalogue] if self.catalogue else []
        return shlex.join(["archive", *pieces, *catalogue])


def ask(words: list[str] | None, where: Node, asked: Asked, common: Common) -> Question:
    """Open the catalogue and choose the events that fit words and filters; say how the words were read."""
    archive = common.open()
    out = common.output()
    if words:
        parsed = parse(" ".join(words), archive.years)
        out.remark(*parsed.remarks)
        where = conjunction(parsed.where, where)
    query = Query(where)
    selection = archive.selection(query)
    out.remark(*archive.remarks(query))
    # What the shell's environment already says need not stand in a command that is to be typed next.
    named = common.catalogue or ""
    named = "" if named == os.environ.get("ARCHIVE_CATALOGUE", "") else named
    return Question(archive, out, query, selection, selection.count(), Onward(tuple(words or ()), asked, named))
