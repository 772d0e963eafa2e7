"""Run the command as ``python -m archivecli``."""

from archivecli.cli.app import main

main()
