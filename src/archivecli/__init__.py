"""Browse an archive of dated events, kept in YAML, at the command line."""

__version__ = "0.1.0"
