"""``archive info``: the values in use, and their origins."""

import contextlib
import platform
import sqlite3
from collections.abc import Iterator
from typing import Any, NamedTuple

from archivecli import __version__, dates, display
from archivecli.archive import Archive
from archivecli.cli.options import CommonOptions, TextOrJson, checked, command

STATES = {
    "fresh": "up to date",
    "updated": "brought up to date just now, where the catalogue had changed",
    "built": "made just now, as there was none that fits",
    "memory": "made for this answer only, as the cache cannot be written",
}


class SettingInfo(NamedTuple):
    """A name, its value and the origin of the value; ``shown`` is the value for people if it differs."""

    name: str
    value: Any
    origin: str = ""
    shown: str = ""


@command
def run(format_: TextOrJson = "text", *, common: CommonOptions) -> None:
    """Show the values in use and their origins: version, catalogue, index, settings.

    Examples:  archive info  ·  archive info --catalogue my.yaml --format json
    """
    checked("--format", format_, ("text", "json"))
    out = common.out
    found = list(_values(common.open(), common))
    if format_ == "json":
        import json

        data = {one.name.replace(" ", "_"): {"value": one.value, "origin": one.origin or None} for one in found}
        out.write_data([json.dumps(data, ensure_ascii=False, indent=2) + "\n"])
        return
    rows = [
        (name, display.terminal_safe(shown or str(value or "none")), origin and f"  ({display.terminal_safe(origin)})")
        for name, value, origin, shown in found
    ]
    if out.terminal:
        from archivecli.render.card import labelled  # Rich, 40 ms, only for people
        from archivecli.render.theme import DIM, paragraph

        out.show(labelled((name, paragraph(value, (origin, DIM))) for name, value, origin in rows))
    else:
        widest = max(len(name) for name, _, _ in rows)
        out.write(f"{name:<{widest}}  {value}{origin}\n" for name, value, origin in rows)


def _values(archive: Archive, common: CommonOptions) -> Iterator[SettingInfo]:
    settings, out = common.settings, common.out
    yield SettingInfo("version", __version__)
    yield SettingInfo("python", platform.python_version())
    yield SettingInfo("sqlite", sqlite3.sqlite_version)
    yield SettingInfo("catalogue", str(archive.path), settings.catalogue.origin)
    yield SettingInfo("title", archive.index.meta["about"].get("title"))
    yield SettingInfo("events", archive.index.size, shown=f"{archive.index.size:,}")
    period, date_range = archive.index.period, archive.index.date_range
    yield SettingInfo("period", period and "/".join(period), shown=dates.human(*date_range) if date_range else "")
    index = archive.index_file
    yield SettingInfo("index", index and str(index), shown="" if index else "in memory")
    if index:
        with contextlib.suppress(OSError):
            size = index.stat().st_size
            yield SettingInfo("index size", size, shown=f"{size / 1000:,.0f} kB")
    yield SettingInfo("index state", archive.state, shown=STATES.get(archive.state, archive.state))
    cache, cache_origin = settings.cache
    yield SettingInfo("cache", cache and str(cache), cache_origin)
    file, (path, origin) = settings.file, settings.config_path
    missing = f"{path} (does not exist)" if path and not file.path else ""
    yield SettingInfo("settings", file.path or None, origin, missing)
    names = "; ".join(f"{name} = {where}" for name, where in file.catalogues.items())
    yield SettingInfo("catalogues", dict(file.catalogues), f"catalogues in {file.path}" if names else "", names)
    yield SettingInfo("terminal", out.terminal, shown="yes" if out.terminal else "no")
    yield SettingInfo("colour", out.colour, settings.colour(out.terminal).origin, "yes" if out.colour else "no")
    pager, pager_origin = settings.pager
    yield SettingInfo("pager", " ".join(pager) or None, pager_origin)
    yield SettingInfo("encoding", out.stdout.encoding)
