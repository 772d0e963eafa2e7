"""Run the command: ``archive``, or ``python -m archivecli``.

A module of its own and nearly empty: signals must be handled before Typer and all else is imported.
"""

from archivecli.cli import process


def main() -> None:
    """Run the command ``archive`` on the words of the command line and exit."""
    process.prepare()
    process.run(_command)


def _command() -> int:
    from archivecli.cli.app import main  # 50 ms, in which Ctrl-C must already be quiet

    return main()


if __name__ == "__main__":
    main()
