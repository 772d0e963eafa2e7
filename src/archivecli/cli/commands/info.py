"""``archive info``: the values in use, and their origins."""

import platform
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from archivecli import __version__, dates, display
from archivecli.archive import Archive
from archivecli.cli.options import CommonOptions, command
from archivecli.cli.output_options import checked

FORMATS = ("text", "json")

STATES = {
    "fresh": "up to date",
    "updated": "brought up to date just now, where the catalogue had changed",
    "built": "made just now, as there was none that fits",
    "memory": "made for this answer only, as the cache cannot be written",
}


class SettingInfo(NamedTuple):
    """A name, its value and the origin of that; ``shown`` is the value for people where it differs."""

    name: str
    value: Any
    origin: str = ""
    shown: str = ""

    @property
    def cells(self) -> tuple[str, str, str]:
        """The fact for people."""
        return self.name, self.shown or ("none" if self.value in (None, "", []) else str(self.value)), self.origin


@command
def run(
    format_: Annotated[str, typer.Option("--format", "-f", metavar="text|json", help="output format")] = "text",
    *,
    common: CommonOptions,
) -> None:
    """Show what is in force, and where it comes from: version, catalogue, index, settings.

    Examples:  archive info  ·  archive info --catalogue my.yaml --format json
    """
    checked("--format", format_, FORMATS)
    out = common.out
    facts = list(_facts(common.open(), common))
    if format_ == "json":
        import json

        data = {fact.name.replace(" ", "_"): {"value": fact.value, "origin": fact.origin or None} for fact in facts}
        out.write_data([json.dumps(data, ensure_ascii=False, indent=2) + "\n"])
    elif out.terminal:
        from archivecli.render.card import labelled  # Rich, 40 ms, only for people
        from archivecli.render.theme import DIM, paragraph

        cells = [tuple(map(display.terminal_safe, fact.cells)) for fact in facts]
        origins = (f"  ({origin})" if origin else "" for _, _, origin in cells)
        values = (paragraph(value, (origin, DIM)) for (_, value, _), origin in zip(cells, origins, strict=True))
        out.show(labelled(zip((name for name, _, _ in cells), values, strict=True)))
    else:
        widest = max(len(fact.name) for fact in facts)
        for name, value, origin in (map(display.terminal_safe, fact.cells) for fact in facts):
            out.write([f"{name:<{widest}}  {value}", f"  ({origin})\n" if origin else "\n"])


def _facts(archive: Archive, common: CommonOptions) -> Iterator[SettingInfo]:
    settings, out = common.settings, common.out
    yield SettingInfo("version", __version__)
    yield SettingInfo("python", platform.python_version())
    yield SettingInfo("sqlite", sqlite3.sqlite_version)
    yield SettingInfo("catalogue", str(archive.path), settings.catalogue.origin)
    yield SettingInfo("title", archive.about.get("title"))
    yield SettingInfo("events", archive.size, shown=f"{archive.size:,}")
    period, date_range = archive.period, archive.date_range
    yield SettingInfo("period", period and "/".join(period), shown=dates.human(*date_range) if date_range else "")
    yield from _index(archive)
    yield SettingInfo("cache", _string(settings.cache.value), settings.cache.origin)
    file, (path, origin) = settings.file, settings.config_path
    yield SettingInfo(
        "settings", file.path or None, origin, f"{path} (there is none)" if path and not file.path else ""
    )
    names = "; ".join(f"{name} = {where}" for name, where in file.catalogues.items())
    yield SettingInfo("catalogues", dict(file.catalogues), file.origin("catalogues") if names else "", names or "none")
    yield SettingInfo("terminal", out.terminal, shown="yes" if out.terminal else "no")
    yield SettingInfo("colour", out.colour, settings.colour(out.terminal).origin, "yes" if out.colour else "no")
    pager = settings.pager
    yield SettingInfo("pager", " ".join(pager.value) or None, pager.origin)
    yield SettingInfo("encoding", out.stdout.encoding)


def _index(archive: Archive) -> Iterator[SettingInfo]:
    path = archive.index_file
    yield SettingInfo("index", _string(path), shown="" if path else "in memory")
    try:
        size = path.stat().st_size if path else None
    except OSError:
        size = None
    if size is not None:
        yield SettingInfo("index size", size, shown=f"{size / 1000:,.0f} kB")
    yield SettingInfo("index state", archive.state, shown=STATES.get(archive.state, archive.state))


def _string(path: Path | None) -> str | None:
    return str(path) if path else None
