"""Carrying out runs: alone, or shared out to the workers of an executor."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, Union

import numpy as np
import numpy.typing as npt

from ._errors import InputError, RefusedError
from ._executor import WorkersLost, share_out
from ._progress import ProgressLike
from ._run import Run
from ._words import Document, command, document, real_numbers, words

PathLike = Union[str, "os.PathLike[str]"]
ExecutorLike = Union[Executor, Callable[[], Any], Any]
Couplings = Union[PathLike, npt.ArrayLike]


def carried_out(
    verb: list[str],
    keywords: Mapping[str, Any],
    *,
    out: PathLike | None,
    resume: bool,
    executor: ExecutorLike | None,
    progress: ProgressLike,
    dry_run: bool,
) -> Run | Document:
    """Begins or resumes a run and works until all of it is stored."""
    with _Couplings(keywords.get("couplings")) as couplings:
        keywords = {**keywords, "couplings": couplings}
        if dry_run:
            target = out or Path(tempfile.gettempdir()) / f"hspin-{os.getpid()}-none.run"
            return document([*verb, *words({**keywords, "out": target, "dry_run": True})], progress)
        folder = None if out is not None else tempfile.mkdtemp(prefix="hspin-")
        path = Path(out) if out is not None else Path(str(folder)) / "run.hspin"
        if not resume and path.exists():
            raise RefusedError(f"{path} is there already: resume=True goes on with it")
        line = [*verb, *words({**keywords, "out": path})]
        try:
            if executor is None:
                command([*line, "--json"], progress, verb[-1])
            else:
                inputs = {"couplings": couplings, "data": keywords.get("data")}
                share_out(executor, line, inputs, progress, verb[-1])
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
        except Exception:
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
            raise
        return Run(path, folder)


class _Couplings:
    """The user's couplings as a file: one that is there, or an array that is written for the while."""

    def __init__(self, couplings: Couplings | None) -> None:
        self.couplings = couplings
        self.folder: str | None = None

    def __enter__(self) -> PathLike | None:
        if self.couplings is None or isinstance(self.couplings, (str, os.PathLike)):
            return self.couplings
        array = as_couplings(self.couplings)
        self.folder = tempfile.mkdtemp(prefix="hspin-")
        path = Path(self.folder) / "couplings.npy"
        np.save(path, array)
        return path

    def __exit__(self, *_: object) -> None:
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def as_couplings(array: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """An array of couplings as float64 in C order."""
    given = real_numbers("couplings", array)
    if given.ndim < 2 or len(set(given.shape)) != 1:
        raise InputError(f"couplings = shape {given.shape}: shape (N,) * H with H of at least 2")
    return np.ascontiguousarray(given, dtype=np.float64)
