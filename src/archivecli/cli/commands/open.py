"""``archive open``: the links of an event, in the browser."""

from typing import Annotated

import typer

from archivecli import display
from archivecli.archive import Archive
from archivecli.cli import completion
from archivecli.cli.ids import IDS_HELP, Null, events_of
from archivecli.cli.options import Common, command
from archivecli.errors import ArchiveError, UsageError
from archivecli.events import Event

app = typer.Typer()

SCHEMES = ("http://", "https://")
"""What is opened: a link of a catalogue must not start another program."""

AT_ONCE = 10
"""So many pages are opened by one command at most."""


@app.command("open")
@command
def open_(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help=IDS_HELP, autocompletion=completion.ids)],
    link: Annotated[
        int | None, typer.Option("--link", metavar="N", min=1, help="the link to open, where there are several")
    ] = None,
    print_: Annotated[bool, typer.Option("--print", help="print the address instead of opening it")] = False,
    null: Null = False,
    *,
    common: Common,
) -> None:
    """Open an event's link in the browser.

    Examples:  archive open 2010-06-26 --link 1  ·  archive open 2010-06-26 --print
    """
    archive = common.open()
    out = common.output()
    events = events_of(archive, out, ids, null)
    found = {event.id: _links(archive, event) for event in events}
    bare = [event for event in events if not found[event.id]]
    if bare and len(bare) == len(events):
        raise ArchiveError(
            f"{bare[0].id} has no link",
            f"'{out.suggested('archive show ' + display.shell_word(archive.short_id(bare[0].id)))}' tells what it has",
        )
    out.remark(*(f"{event.id} has no link" for event in bare))
    addresses = [address for name, links in found.items() if links for address in _chosen(name, links, link, print_)]
    if print_:
        out.write(address + "\n" for address in addresses)
        return
    if len(addresses) > AT_ONCE:
        raise UsageError(
            f"{len(addresses)} pages at once are too many: at most {AT_ONCE}", "--print prints the addresses"
        )
    for address in addresses:
        _browse(address)
        out.remark(f"opened {address}")


def _links(archive: Archive, event: Event) -> list[tuple[str, str]]:
    """Return the addresses of an event and what is there: its links, its documents, the page of its source."""
    record = event.record
    source = record.get("source", {})
    page = source.get("page", "")
    found = [(link.get("url", ""), link.get("name") or link.get("page", "")) for link in record.get("links", ())]
    found += [(document.get("url", ""), document["name"]) for document in record.get("documents", ())]
    found.append((source.get("url") or archive.term("pages", page).url if page else source.get("url", ""), page))
    names: dict[str, str] = {}
    for address, name in found:
        if address.lower().startswith(SCHEMES):
            names.setdefault(display.terminal_safe(address), display.terminal_safe(name))
    return list(names.items())


def _chosen(name: str, found: list[tuple[str, str]], number: int | None, all_: bool) -> list[str]:
    """Return the address to open, or all to print; raise UsageError where there is a choice to make."""
    if number is not None and number > len(found):
        raise UsageError(f"--link: {name} has {len(found)} link{'' if len(found) == 1 else 's'}", _listed(found))
    if number is not None:
        return [found[number - 1][0]]
    if len(found) > 1 and not all_:
        raise UsageError(f"{name} has {len(found)} links; choose one with --link N", _listed(found))
    return [address for address, _ in found]


def _listed(found: list[tuple[str, str]]) -> str:
    return "\n".join(f"{n}: {address}" + (f" ({name})" if name else "") for n, (address, name) in enumerate(found, 1))


def _browse(address: str) -> None:
    import webbrowser  # 30 ms, only here

    if not webbrowser.open(address):
        raise ArchiveError("no browser could be started", f"the address is {address}")
