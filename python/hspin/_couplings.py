"""Couplings of the user's own: a file, or an array."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, Union

import numpy as np
import numpy.typing as npt

from ._errors import InputError
from ._words import real_numbers

PathLike = Union[str, "os.PathLike[str]"]
Couplings = Union[PathLike, npt.ArrayLike]


class CouplingsFile:
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


def by_order(orders: list[tuple[int, npt.NDArray[np.float64]]]) -> Any:
    """The array of one order; a dict of several."""
    return orders[0][1] if len(orders) == 1 else dict(orders)
