"""What a person has set once and for all: one small TOML file. Where there is none, asking for it costs one ``stat``.

catalogue = "work"              # what to open where nothing else is said: a name from below, or a path
color = "auto"                  # auto, always, never
pager = "less -S"               # "" for none

[catalogues]
work = "~/archives/work.yaml"   # archive --catalogue work list
"""

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from archivecli import locations
from archivecli.errors import ArchiveError, UsageError, did_you_mean

NAME = "config.toml"
COLOURS = ("auto", "always", "never")
KEYS = ("catalogue", "color", "pager", "catalogues")
MAX_BYTES = 1_000_000


class BadConfiguration(ArchiveError):
    """The file of settings cannot be used; the message begins with its place."""

    exit_code = 2


class Settings:
    """The settings of a file; what it does not say is None. ``path`` is empty where there is no file."""

    def __init__(
        self,
        path: str = "",
        catalogue: str | None = None,
        color: str | None = None,
        pager: str | None = None,
        catalogues: Mapping[str, str] | None = None,
    ) -> None:
        self.path = path
        self.catalogue = catalogue
        self.color = color
        self.pager = pager
        self.catalogues = catalogues or {}


NOTHING = Settings()

_read: dict[tuple[str, int, int], Settings] = {}


def file() -> Path | None:
    """Return where the settings stand or would stand: ``ARCHIVE_CONFIG``, or config.toml in the platform's folder."""
    given = os.environ.get("ARCHIVE_CONFIG")
    if given:
        return Path(os.path.expanduser(given))
    folder = locations.config_folder()
    return folder / NAME if folder else None


def load() -> Settings:
    """Return the settings in force; raise BadConfiguration with the place of what is wrong."""
    path = file()
    if path is None:
        return NOTHING
    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:
        if os.environ.get("ARCHIVE_CONFIG"):
            reason = getattr(error, "strerror", None) or str(error)
            raise BadConfiguration(f"{path}: cannot be read: {reason}", "ARCHIVE_CONFIG names this file") from None
        return NOTHING  # none, or in a home that is not ours
    key = (str(path), status.st_mtime_ns, status.st_size)
    if key not in _read:
        _read[key] = _settings(path)
    return _read[key]


def _settings(path: Path) -> Settings:
    import re
    import tomllib  # 4 ms, only where there is a file

    try:
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            raise BadConfiguration(f"{path}: this is no file of settings")
        content = path.read_bytes().decode("utf-8-sig")  # editors on Windows write the mark
        found = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        said = re.fullmatch(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", str(error))
        what, line, column = said.groups() if said else (str(error), None, None)
        line, column = line or str(content.count("\n") + 1), column or "1"
        raise BadConfiguration(f"{path}:{line}:{column}: not TOML: {what[:1].lower()}{what[1:]}") from None
    except UnicodeDecodeError:
        raise BadConfiguration(f"{path}: the file is not UTF-8") from None
    except OSError as error:
        raise BadConfiguration(f"{path}: cannot be read: {error.strerror}") from None
    _check(path, content, found)
    base = path.parent
    catalogues = {name: _located(base, where) for name, where in found.get("catalogues", {}).items()}
    catalogue = found.get("catalogue")
    if catalogue is not None and catalogue not in catalogues:
        catalogue = _located(base, catalogue)
    return Settings(str(path), catalogue, found.get("color"), found.get("pager"), catalogues)


def _located(base: Path, where: str) -> str:
    """Return a path as it is meant: from the home with ``~``, else from the folder of the file of settings."""
    return str(base / os.path.expanduser(where))


def _check(path: Path, content: str, found: dict[str, Any]) -> None:
    for key, value in found.items():
        at = f"{path}:{_line(content, key)}"
        if key not in KEYS:
            hint = did_you_mean(key, KEYS) or f"there are {', '.join(KEYS)}"
            raise BadConfiguration(f"{at}: there is no setting '{key[:40]}'", hint)
        if key == "catalogues":
            _check_catalogues(path, content, value)
        elif key == "catalogue" and value == "":
            raise BadConfiguration(f"{at}: 'catalogue' is empty", 'write catalogue = "PATH", or leave it out')
        elif not isinstance(value, str) or "\0" in value:
            raise BadConfiguration(f"{at}: '{key}' is not a text", f'write {key} = "…"')
        elif key == "color" and value not in COLOURS:
            raise BadConfiguration(f"{at}: color: '{value[:40]}' is none of {', '.join(COLOURS)}")


def _check_catalogues(path: Path, content: str, found: Any) -> None:
    if not isinstance(found, dict):
        at = f"{path}:{_line(content, 'catalogues')}"
        raise BadConfiguration(f"{at}: 'catalogues' is not a table", 'write [catalogues] and below it name = "path"')
    for name, where in found.items():
        at = f"{path}:{_line(content, name)}"
        if not _can_be_name(name):
            raise BadConfiguration(f"{at}: '{name[:40]}' cannot be a name", "use letters, figures, - and _")
        if not isinstance(where, str) or not where or "\0" in where:
            raise BadConfiguration(f"{at}: the catalogue '{name}' has no path", f'write {name} = "~/{name}.yaml"')


def _can_be_name(said: str) -> bool:
    return said.isascii() and said.replace("-", "").replace("_", "").isalnum()


def _line(content: str, key: str) -> int:
    """Return the line on which a key stands, as far as that can be told."""
    import re

    match = re.search(rf"^[ \t]*\[?[ \t]*[\"']?{re.escape(key)}[\"']?[ \t]*[=.\]]", content, re.MULTILINE)
    return content.count("\n", 0, match.start()) + 1 if match else 1


def named(what: str, path: str) -> str:
    """Return a path that was typed for ``what``; raise UsageError where it is empty, as that of an unset variable is."""
    if not path:
        raise UsageError(f"{what}: the path is empty", "name a file or a folder")
    try:
        os.fsencode(path)
    except UnicodeError:  # in an ASCII locale: arguments are UTF-8, and so are the names of files
        with contextlib.suppress(UnicodeError):
            return os.fsdecode(path.encode())
    return path


def resolve_catalogue(given: str | None) -> Path:
    """Return the path of the catalogue to open: ``given`` (a name of the settings, else a path), else the one that the
    settings name, else the embedded one. Raise UsageError for what is neither a name nor a path, and for an empty path.
    """
    settings = load()
    wanted = settings.catalogue if given is None else named("--catalogue", given)
    if not wanted:
        return locations.embedded_catalogue()
    if "\0" in wanted:
        raise UsageError("a catalogue's path cannot hold a NUL character")
    if wanted in settings.catalogues:
        return Path(settings.catalogues[wanted])
    if settings.catalogues and _can_be_name(wanted) and not os.path.lexists(wanted):
        names = list(settings.catalogues)
        hint = did_you_mean(wanted, names) or f"{settings.path} names {', '.join(names)}"
        raise UsageError(f"no catalogue has the name '{wanted[:60]}'", hint)
    return Path(os.path.expanduser(wanted))  # where there is no such home the path stays as it is, and is not found
