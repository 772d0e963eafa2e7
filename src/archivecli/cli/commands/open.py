"""``archive open``: open the links of an event in the browser."""

from typing import Annotated

import typer

from archivecli import display
from archivecli.archive import Archive
from archivecli.cli.arguments import Ids, Null, events_of
from archivecli.cli.options import CommonOptions, command
from archivecli.errors import ArchiveError, UsageError
from archivecli.events import Event

SCHEMES = ("http://", "https://")  # a link in a catalogue must not start another program than the browser
MAX_PAGES = 10


@command
def run(
    ids: Ids,
    link: Annotated[
        int | None, typer.Option("--link", metavar="N", min=1, help="link to open, if there are several")
    ] = None,
    print_: Annotated[bool, typer.Option("--print", help="print the URL instead of opening it")] = False,
    null: Null = False,
    *,
    common: CommonOptions,
) -> None:
    """Open an event's link in the browser.

    Examples:  archive open 2010-06-26 --link 1  ·  archive open 2010-06-26 --print
    """
    archive, out = common.open(), common.out
    links = {event.id: _links(archive, event) for event in events_of(archive, out, ids, null)}
    without = [event_id for event_id, found in links.items() if not found]
    if without and len(without) == len(links):
        command_line = out.suggested(f"archive show {display.shell_word(archive.index.short_id(without[0]))}")
        raise ArchiveError(f"{without[0]} has no link", f"'{command_line}' shows what it has")
    out.note(*(f"{event_id} has no link" for event_id in without))
    urls = [url for event_id, found in links.items() if found for url in _chosen(event_id, found, link, print_)]
    if print_:
        out.write(f"{url}\n" for url in urls)
        return
    if len(urls) > MAX_PAGES:
        raise UsageError(f"{len(urls)} pages at once are too many: at most {MAX_PAGES}", "--print prints the URLs")
    import webbrowser  # 30 ms, only here

    for url in urls:
        if not webbrowser.open(url):
            raise ArchiveError("no browser could be started", f"the URL is {url}")
        out.note(f"opened {url}")


def _links(archive: Archive, event: Event) -> dict[str, str]:
    """Return the URLs of an event with their names: links, documents, the page of its source."""
    record, source = event.record, event.record.get("source", {})
    page = source.get("page", "")
    found = [(link.get("url", ""), link.get("name") or link.get("page", "")) for link in record.get("links", ())]
    found += [(document.get("url", ""), document["name"]) for document in record.get("documents", ())]
    found.append((source.get("url") or (archive.page_url(page) if page else ""), page))
    links: dict[str, str] = {}
    for url, name in found:
        if url.lower().startswith(SCHEMES):
            links.setdefault(display.terminal_safe(url), display.terminal_safe(name))
    return links


def _chosen(event_id: str, links: dict[str, str], number: int | None, all_: bool) -> list[str]:
    """Return the URL to open, or all to print; raise UsageError if --link is needed or too large."""
    urls = list(links)
    listed = "\n".join(f"{n}: {url}" + (f" ({name})" if name else "") for n, (url, name) in enumerate(links.items(), 1))
    if number is None and len(urls) > 1 and not all_:
        raise UsageError(f"{event_id} has {len(urls)} links; choose one with --link N", listed)
    if number is not None and number > len(urls):
        raise UsageError(f"--link: {event_id} has {display.plural(len(urls), 'link')}", listed)
    return urls if number is None else [urls[number - 1]]
