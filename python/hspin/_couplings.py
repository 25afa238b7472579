"""Couplings and points of the user's own: files, or arrays."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Union

import numpy as np
import numpy.typing as npt

from ._errors import InputError
from ._words import real_numbers

PathLike = Union[str, "os.PathLike[str]"]
#: A file or an array, or one of them for each order: in a dict by order, or in a list.
Couplings = Union[PathLike, npt.ArrayLike, Mapping[int, Any], Sequence[Any]]

#: Points that starts begin from.
Points = Union[PathLike, npt.ArrayLike]


class _Files:
    """Files that are there, and arrays that are written into a folder for the while."""

    def __init__(self) -> None:
        self.folder: str | None = None
        #: Names of arrays in messages, by the path that each has for the while.
        self.names: dict[str, str] = {}

    def _written(self, array: npt.NDArray[np.float64], name: str, called: str) -> Path:
        if self.folder is None:
            self.folder = tempfile.mkdtemp(prefix="hspin-")
        path = Path(self.folder) / name
        np.save(path, array)
        self.names[str(path)] = called
        return path

    def __exit__(self, _: object, error: BaseException | None, *rest: object) -> None:
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
        if isinstance(error, InputError) and error.args:
            # What the command line says of its flags and files is said of keywords and arrays.
            said = str(error.args[0]).replace("--symmetrize", "symmetrize=True")
            for path, called in self.names.items():
                said = said.replace(path, called)
            error.args = (said, *error.args[1:])


class CouplingsFile(_Files):
    """The user's couplings as files; entered, it is the file, or the files, if there are any."""

    def __init__(self, couplings: Couplings | None) -> None:
        super().__init__()
        self.couplings = couplings
        #: A file for each order.
        self.paths: list[PathLike] = []

    def __enter__(self) -> PathLike | list[PathLike] | None:
        if self.couplings is None:
            return None
        if isinstance(self.couplings, (str, os.PathLike)):
            text = os.fspath(self.couplings)
            # As on the command line, a list of files where no file has that name.
            self.paths = [*text.split(",")] if "," in text and not os.path.exists(text) else [text]
            return self.couplings
        try:
            self.paths = [self._file(order, part) for order, part in _parts(self.couplings)]
        except BaseException as error:
            self.__exit__(None, error)
            raise
        return self.paths[0] if len(self.paths) == 1 else self.paths

    def _file(self, order: int | None, part: Any) -> PathLike:
        if isinstance(part, (str, os.PathLike)):
            return part
        array = _couplings_of(order, part)
        return self._written(array, f"couplings-{array.ndim}.npy", f"array of shape {array.shape}")


class PointsFile(_Files):
    """Points that starts begin from as a file."""

    def __init__(self, points: Points | None) -> None:
        super().__init__()
        self.points = points

    def __enter__(self) -> PathLike | None:
        if self.points is None or isinstance(self.points, (str, os.PathLike)):
            return self.points
        points = as_points(self.points)
        return self._written(points, "points.npy", f"points of shape {points.shape}")


def as_couplings(couplings: Couplings) -> list[npt.NDArray[np.float64]]:
    """Arrays of couplings, one for each order, as float64 in C order."""
    parts = [] if isinstance(couplings, (str, os.PathLike)) else _parts(couplings)
    files = [part for _, part in parts if isinstance(part, (str, os.PathLike))]
    if files or not parts:
        raise InputError(f"couplings = {files[0] if files else couplings}: arrays here; numpy.load reads a file")
    return [_couplings_of(order, part) for order, part in parts]


def _parts(couplings: Any) -> list[tuple[int | None, Any]]:
    """An array or a file for each order, beside the order that is said of it; one array alone is said to be of none."""
    if isinstance(couplings, Mapping):
        allowed = "a dict of orders from 1 to 16, with an array or a file for each, such as {2: A, 3: B}"
        if not couplings:
            raise InputError(f"couplings = {{}}: {allowed}")
        for order in couplings:
            if isinstance(order, (bool, np.bool_)) or not isinstance(order, (int, np.integer)) or not 1 <= order <= 16:
                raise InputError(f"couplings = a dict with the key {order!r}: {allowed}")
        return [(int(order), part) for order, part in couplings.items()]
    if isinstance(couplings, (list, tuple)) and couplings:
        is_file = [isinstance(part, (str, os.PathLike)) for part in couplings]
        # Rows of one array have one shape: arrays with different numbers of axes are arrays of several orders.
        axes = {part.ndim for part in couplings if isinstance(part, np.ndarray)}
        are_arrays = all(isinstance(part, np.ndarray) for part in couplings)
        if any(is_file) or (are_arrays and (len(axes) > 1 or (len(couplings) == 1 and axes != {1}))):
            return [(0, part) for part in couplings]
    return [(None, couplings)]


def _couplings_of(order: int | None, part: Any) -> npt.NDArray[np.float64]:
    """An array as float64 in C order. An order of None is an array alone, which is no field; of 0, any."""
    name = f"couplings[{order}]" if order else "couplings"
    given = real_numbers(name, part)
    same = len(set(given.shape)) == 1
    if order and (given.ndim != order or not same):
        raise InputError(f"{name} = shape {given.shape}: shape (N,) * {order}")
    if not same or (order is None and given.ndim < 2):
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
