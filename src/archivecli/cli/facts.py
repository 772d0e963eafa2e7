"""What is in force in this run, and where each part of it comes from."""

import os
import platform
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from archivecli import __version__, dates, locations, settings
from archivecli.archive import Archive
from archivecli.cli import pager
from archivecli.cli.output import Output

STATES = {
    "fresh": "up to date",
    "renewed": "brought up to date just now, where the catalogue had changed",
    "built": "made just now, as there was none that fits",
    "memory": "made for this answer only, as the cache cannot be written",
}

_PLATFORM = "this system's folder"


class Fact(NamedTuple):
    """A name, its value, and where that comes from; ``said`` is the value for people where it differs."""

    name: str
    value: Any
    origin: str = ""
    said: str = ""

    @property
    def text(self) -> str:
        """The value for people."""
        return self.said or ("none" if self.value in (None, "", []) else str(self.value))


def facts(archive: Archive, out: Output, catalogue_from: str, color_from: str, no_pager: bool) -> Iterator[Fact]:
    """Yield every fact; ``catalogue_from`` and ``color_from`` tell what named the two, "" where nothing did."""
    configured = settings.load()
    yield Fact("version", __version__)
    yield Fact("python", platform.python_version())
    yield Fact("sqlite", sqlite3.sqlite_version)
    yield Fact("catalogue", str(archive.path), catalogue_from or _catalogue_origin(configured))
    yield Fact("title", archive.about.get("title"))
    yield Fact("events", archive.size, said=f"{archive.size:,}")
    yield from _period(archive)
    yield from _index(archive)
    folder = locations.cache_folder()
    yield Fact(
        "cache", str(folder) if folder else None, "ARCHIVE_CACHE" if os.environ.get("ARCHIVE_CACHE") else _PLATFORM
    )
    yield from _settings(configured)
    yield Fact("terminal", out.terminal, said="yes" if out.terminal else "no")
    yield Fact("colour", out.colour, color_from or _colour_origin(configured), "yes" if out.colour else "no")
    command, origin = _pager(configured)
    yield Fact("pager", None if no_pager else command, "--no-pager" if no_pager else origin)
    yield Fact("encoding", out.stdout.encoding)


def _catalogue_origin(configured: settings.Settings) -> str:
    return _in_file(configured, "catalogue") if configured.catalogue else "embedded"


def _in_file(configured: settings.Settings, key: str) -> str:
    return f"{key} in {configured.path}"


def _period(archive: Archive) -> Iterator[Fact]:
    covered, date_range = archive.period, archive.date_range
    if covered is None or date_range is None:
        yield Fact("period", None)
    else:
        yield Fact("period", f"{covered.first}/{covered.last}", said=dates.human(*date_range))


def _index(archive: Archive) -> Iterator[Fact]:
    path = archive.index_file
    yield Fact("index", str(path) if path else None, said="" if path else "in memory")
    size = _size(path)
    if size is not None:
        yield Fact("index size", size, said=f"{size / 1000:,.0f} kB")
    yield Fact("index state", archive.state, said=STATES.get(archive.state, archive.state))


def _size(path: Path | None) -> int | None:
    try:
        return path.stat().st_size if path else None
    except OSError:
        return None


def _settings(configured: settings.Settings) -> Iterator[Fact]:
    path = settings.file()
    origin = "ARCHIVE_CONFIG" if os.environ.get("ARCHIVE_CONFIG") else _PLATFORM
    missing = "" if configured.path else f"{path} (there is none)" if path else ""
    yield Fact("settings", configured.path or None, origin, missing)
    named = [f"{name} = {where}" for name, where in configured.catalogues.items()]
    origin = _in_file(configured, "catalogues") if named else ""
    yield Fact("catalogues", dict(configured.catalogues), origin, "; ".join(named) or "none")


def _colour_origin(configured: settings.Settings) -> str:
    """Return which of the places that may speak of colour is the first to do so, as ``wants_colour`` asks them."""
    said = os.environ
    if said.get("ARCHIVE_COLOR") in ("always", "never"):
        return "ARCHIVE_COLOR"
    if configured.color in ("always", "never"):
        return _in_file(configured, "color")
    for name, speaks in (
        ("NO_COLOR", bool(said.get("NO_COLOR"))),
        ("FORCE_COLOR", said.get("FORCE_COLOR", "0") not in ("", "0")),
        ("CLICOLOR_FORCE", said.get("CLICOLOR_FORCE", "0") not in ("", "0")),
        ("CLICOLOR", said.get("CLICOLOR") == "0"),
    ):
        if speaks:
            return name
    return "standard output"


def _pager(configured: settings.Settings) -> tuple[str | None, str]:
    words = pager.command({"TERM": "xterm", **os.environ}, configured.pager)
    if "ARCHIVE_PAGER" in os.environ:
        origin = "ARCHIVE_PAGER"
    elif configured.pager is not None:
        origin = _in_file(configured, "pager")
    else:
        origin = "PAGER" if "PAGER" in os.environ else "unless told"
    return " ".join(words) or None, origin
