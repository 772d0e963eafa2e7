"""Where files are: data of the package, the user's cache and settings."""

import os
from pathlib import Path

APP = "archivecli"


def embedded_catalogue() -> Path:
    """Return the catalogue that ships with the package: inside the wheel, or at the top of a checkout."""
    shipped = package_data("events.yaml")
    return shipped if shipped.exists() else Path(__file__).parent.parent.parent / "data" / "events.yaml"


def package_data(name: str) -> Path:
    """Return the path of a file that is installed with the package."""
    return Path(__file__).parent / "data" / name


def cache_folder() -> Path | None:
    """Return the folder for derived files (``ARCHIVE_CACHE`` or the platform's), or None where there is no home."""
    given = os.environ.get("ARCHIVE_CACHE")
    if given:
        return Path(given)
    return _platform_folder("XDG_CACHE_HOME", ".cache", "user_cache_path")


def config_folder() -> Path | None:
    """Return the folder for the user's settings, or None where there is no home."""
    return _platform_folder("XDG_CONFIG_HOME", ".config", "user_config_path")


def _platform_folder(variable: str, fallback: str, platform_function: str) -> Path | None:
    """Follow the XDG base directories on Linux without an import; ask platformdirs (20 ms) elsewhere."""
    if os.name == "posix" and os.uname().sysname not in ("Darwin",):
        base = os.environ.get(variable, "")
        if os.path.isabs(base):
            return Path(base) / APP
        home = os.environ.get("HOME", "")
        return Path(home) / fallback / APP if os.path.isabs(home) else None
    import platformdirs

    folder: Path = getattr(platformdirs, platform_function)(APP, appauthor=False)
    return folder
