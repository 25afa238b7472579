"""Couplings and points of the user's own: files, or arrays."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Union

import numpy as np
import numpy.typing as npt

from ._errors import InputError
from ._words import real_numbers

PathLike = Union[str, "os.PathLike[str]"]
Couplings = Union[PathLike, npt.ArrayLike]


#: Points that starts begin from.
Points = Union[PathLike, npt.ArrayLike]


class ArrayFile:
    """An array of the user's own as a file: one that is there, or an array that is written for the while."""

    def __init__(self, given: PathLike | npt.ArrayLike | None, name: str, converted: Callable[[Any], Any]) -> None:
        self.given, self.name, self.converted = given, name, converted
        self.folder: str | None = None

    def __enter__(self) -> PathLike | None:
        if self.given is None or isinstance(self.given, (str, os.PathLike)):
            return self.given
        array = self.converted(self.given)
        self.folder = tempfile.mkdtemp(prefix="hspin-")
        path = Path(self.folder) / self.name
        np.save(path, array)
        return path

    def __exit__(self, *_: object) -> None:
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


class CouplingsFile(ArrayFile):
    """The user's couplings as a file."""

    def __init__(self, couplings: Couplings | None) -> None:
        super().__init__(couplings, "couplings.npy", as_couplings)


class PointsFile(ArrayFile):
    """Points that starts begin from as a file."""

    def __init__(self, points: Points | None) -> None:
        super().__init__(points, "points.npy", as_points)


def as_couplings(array: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """An array of couplings as float64 in C order."""
    given = real_numbers("couplings", array)
    if given.ndim < 2 or len(set(given.shape)) != 1:
        raise InputError(f"couplings = shape {given.shape}: shape (N,) * H with H of at least 2")
    return np.ascontiguousarray(given, dtype=np.float64)


def as_points(array: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Points as float64 in C order, shape (n, N); one alone is a row."""
    given = real_numbers("starts_from", array)
    if given.ndim not in (1, 2):
        raise InputError(f"starts_from = shape {given.shape}: points of shape (n, N), or (N,)")
    return np.ascontiguousarray(np.atleast_2d(given), dtype=np.float64)


def by_order(orders: list[tuple[int, npt.NDArray[np.float64]]]) -> Any:
    """The array of one order; a dict of several."""
    return orders[0][1] if len(orders) == 1 else dict(orders)
