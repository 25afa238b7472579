"""The command in a process of its own, and arrays that are symmetric."""

from __future__ import annotations

import itertools
import json
import math
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import numpy as np

import hspin as hs

ROOT = Path(hs.__file__).parents[1]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "RUST_BACKTRACE": "0"}


#: The command out of the compiled part alone: without the package beside it it starts four times as fast.
COMMAND = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("hspin._hspin", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
sys.exit(module.command_line(["hspin", *sys.argv[2:]]))
"""


def ran(*words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """The command, carried out."""
    line = [sys.executable, "-S", "-c", COMMAND, hs._hspin.__file__, *map(str, words)]
    return subprocess.run(line, capture_output=True, text=True, env=ENVIRONMENT, timeout=120, **more)


def told(*words: str) -> str:
    """What the command prints; it must succeed."""
    done = ran(*words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def told_json(*words: str) -> Any:
    """Its JSON."""
    return json.loads(told(*words, "--json"))


def refused(*words: str) -> tuple[int, str]:
    """Exit status and words of a command that must fail."""
    done = ran(*words)
    assert done.returncode != 0, done.stdout
    said = [line for line in done.stderr.splitlines() if line.startswith("hspin: ")]
    return done.returncode, done.stderr[done.stderr.index("hspin: ") + 7 :].rstrip("\n") if said else done.stderr


def python(code: str, *arguments: Any, **more: Any) -> subprocess.CompletedProcess[str]:
    """A program in a process of its own."""
    line = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.run(line, capture_output=True, text=True, env=ENVIRONMENT, timeout=120, **more)


def started(code: str, *arguments: Any) -> subprocess.Popen[str]:
    """The same, not waited for."""
    line = [sys.executable, "-u", "-c", textwrap.dedent(code), *map(str, arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(line, text=True, env=ENVIRONMENT, **pipes)


def symmetric(dim: int, order: int, seed: int) -> np.ndarray:
    """A symmetric array of normal numbers."""
    given = np.random.default_rng(seed).standard_normal((dim,) * order)
    return sum(given.transpose(axes) for axes in itertools.permutations(range(order))) / math.factorial(order)


def same_bits(found: Any, wanted: Any) -> bool:
    """Whether two arrays of numbers are equal to the bit; unknown is equal to unknown."""
    found, wanted = (np.ma.filled(np.ma.asarray(x), -1) for x in (found, wanted))
    if found.dtype.kind != "f":
        return bool(np.array_equal(found, wanted))
    return found.shape == wanted.shape and found.astype(np.float64).tobytes() == wanted.astype(np.float64).tobytes()


def same_table(found: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Fails where two tables of NumPy arrays are not equal to the bit."""
    assert list(found) == list(wanted)
    for name in wanted:
        assert same_bits(found[name], wanted[name]), name


def without_times(value: Any) -> Any:
    """A summary without the times that it took."""
    if isinstance(value, dict):
        return {key: without_times(part) for key, part in value.items() if key != "seconds"}
    return [without_times(part) for part in value] if isinstance(value, list) else value
