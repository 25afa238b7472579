"""Carrying out runs: alone, or shared out to the workers of an executor."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, Union

from ._couplings import Couplings, CouplingsFile, PathLike, Points, PointsFile
from ._errors import Error, RefusedError
from ._executor import WorkersLost, share_out
from ._progress import ProgressLike
from ._run import Run
from ._words import command, document, log, words

__all__ = ["Couplings", "ExecutorLike", "PathLike", "Points", "carried_out"]

ExecutorLike = Union[Executor, Callable[[], Any], Any]


def carried_out(
    verb: list[str],
    keywords: Mapping[str, Any],
    *,
    out: PathLike | None,
    resume: bool,
    executor: ExecutorLike | None,
    progress: ProgressLike,
    title: str | None = None,
) -> Run:
    """Begins or resumes a run and works until all of it is stored."""
    title = title or verb[-1]
    own, starts_from = CouplingsFile(keywords.get("couplings")), PointsFile(keywords.get("starts_from"))
    with own as couplings, starts_from as points:
        keywords = {**keywords, "couplings": couplings, "starts_from": points}
        # What is not allowed is said before a folder is made.
        flags = words(keywords)
        folder = None if out is not None else tempfile.mkdtemp(prefix="hspin-")
        path = Path(out) if out is not None else Path(str(folder)) / "run.hspin"
        if not resume and path.exists():
            raise RefusedError(f"{path} is there already: resume=True goes on with it")
        line = [*verb, *flags, *words({"out": path})]
        try:
            if executor is None:
                command([*line, "--json"], progress, title)
            else:
                inputs = {"couplings": own.paths, "starts_from": points, "data": keywords.get("data")}
                share_out(executor, line, inputs, progress, title)
        except KeyboardInterrupt as interrupt:
            if not path.exists():
                raise
            more = "" if folder is None else f" with out={str(path)!r}"
            raise KeyboardInterrupt(
                f"stopped; what was finished is kept in {path}: the same call{more} goes on"
            ) from interrupt
        except WorkersLost as lost:
            if folder is None:
                raise
            raise RefusedError(f"{lost}, with out={str(path)!r}") from lost
        except Exception as error:
            if folder is not None and _has_results(path):
                _say(error, f"what was finished is kept in {path}: the same call with out={str(path)!r} goes on")
            elif folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
            raise
        return Run(path, folder)


def _say(error: Exception, note: str) -> None:
    """Adds a line to what is shown of an error."""
    if hasattr(error, "add_note"):
        error.add_note(note)
    else:
        log.warning(note)


def _has_results(path: Path) -> bool:
    try:
        return path.exists() and document(["show", str(path)]).units.done > 0
    except Error:
        # What cannot be read is no reason to delete it.
        return path.exists()
