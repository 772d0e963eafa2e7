"""Run ``archive``, also as ``python -m archivecli``. Nearly empty: signals must be handled before Typer is imported."""

from archivecli.cli import process


def main() -> None:
    """Run the command line and exit."""
    process.prepare()
    process.run(_command)


def _command() -> int:
    from archivecli.cli.app import main  # 50 ms, in which Ctrl-C must already be quiet

    return main()


if __name__ == "__main__":
    main()
