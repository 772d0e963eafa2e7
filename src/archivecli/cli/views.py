"""What the views have in common: words and filters → the events to count or draw, and commands to type next."""

from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from archivecli.archive import Archive
from archivecli.cli.arguments import STDIN, is_option, only_these, without_stdin
from archivecli.cli.options import CommonOptions, OutputOptions, parse_filters
from archivecli.cli.output import Output
from archivecli.cli.writing import report_no_match, write_view
from archivecli.index.counts import Selection
from archivecli.query.criteria import EVERYTHING, Node, Query, conjunction, conjuncts, has_words
from archivecli.query.natural_dates import check_order
from archivecli.query.parser import parse
from archivecli.query.unparse import arguments

if TYPE_CHECKING:
    from archivecli.render.tabular import View
    from archivecli.search.interpret import Interpretation


class ViewContext(NamedTuple):
    """The events of a view, and what they were selected by."""

    archive: Archive
    out: Output
    query: Query
    selection: Selection
    total: int
    interpretation: "Interpretation | None" = None

    def narrowed(self, more: Node) -> "ViewContext":
        """Return the context for those of the events that match one more criterion."""
        query = Query(conjunction(self.query.where, more))
        selection = self.archive.selection(query)
        return self._replace(query=query, selection=selection, total=selection.count(), interpretation=None)

    def write(self, view: "View", options: OutputOptions) -> bool:
        """Write a view of the events, or report why there are none; return whether there are any."""
        write_view(self.out, view, options)
        if not self.total:
            self.report_no_match()
        return self.total > 0

    def report_no_match(self) -> None:
        """Report that no event matches, and why."""
        outcome = self.archive.search(self.query, self.interpretation) if has_words(self.query.where) else None
        report_no_match(self.out, self.archive, self.query, outcome)

    def listing(self, *narrowing: str) -> str:
        """Return the command that lists the events, narrowed by options or query words: ``--month 2009-12``."""
        filters, rest = parse_filters(narrowing)
        words, options = self._arguments(parse(" ".join(rest), self.archive.years).where, filters)
        return self._command(["search" if set(words) - {STDIN} else "list"], words, options)

    def view(self, command: str, *more: str) -> str:
        """Return the command for a view of the events: ``more`` is fields, then filters and options of the view."""
        filters, rest = parse_filters(more)
        fields = list(takewhile(lambda argument: not argument.startswith("-"), rest))
        words, options = self._arguments(EVERYTHING, filters)
        return self._command([command, *fields], words, [*options, *rest[len(fields) :]])

    def _arguments(self, words: Node, filters: Node) -> tuple[list[str], list[str]]:
        parts = dict.fromkeys(part for node in (words, self.query.where, filters) for part in conjuncts(node))
        return arguments(conjunction(*parts), self.archive.years)

    def _command(self, start: list[str], words: list[str], options: list[str]) -> str:
        import shlex  # 2 ms, only where a command is suggested

        rest = [*options, "--", *words] if any(map(is_option, words)) else [*words, *options]
        return self.out.suggested(shlex.join(["archive", *start, *rest]))


def select(words: list[str] | None, where: Node, common: CommonOptions) -> ViewContext:
    """Open the catalogue and select the events that match words and filters; note how the words were interpreted."""
    rest, piped = without_stdin(words)
    archive = common.open()
    out = common.out
    if rest:
        parsed = parse(" ".join(rest), archive.years)
        check_order(parsed.where, where)
        out.note(*parsed.notes)
        where = conjunction(parsed.where, where)
    if piped:
        where = conjunction(where, only_these(archive, out))
    query = Query(where)
    interpretation = archive.interpret(query) if has_words(query.where) else None
    selection = archive.selection(query, interpretation)
    out.note(*(interpretation.notes if interpretation else ()))
    return ViewContext(archive, out, query, selection, selection.count(), interpretation)
