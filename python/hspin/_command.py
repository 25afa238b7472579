"""The command ``hspin`` of the wheel."""

from __future__ import annotations

import sys

from . import _hspin


def main() -> int:
    """Runs the command line of this process; the exit status."""
    return _hspin.command_line(["hspin", *sys.argv[1:]])
