"""Tables in the form that is asked for."""

from __future__ import annotations

from typing import Any, Union

import numpy as np
import numpy.typing as npt

from . import _hspin
from ._errors import InputError

FORMATS = ("pandas", "polars", "arrow", "numpy")

#: Name to values and which of them are known. Values are an array, or codes and words.
Columns = dict[str, tuple[Any, Union[npt.NDArray[np.bool_], None]]]


class Kept:
    """A table as arrays: one that came from another process."""

    def __init__(self, parts: Columns) -> None:
        self.parts = parts

    def arrays(self) -> Columns:
        """Columns as ``Frame.arrays`` has them: name to (values, known)."""
        return self.parts


Frame = Union[_hspin.Frame, Kept]


def columns(frame: Frame) -> dict[str, Any]:
    """NumPy arrays by name; a masked array where an integer or a flag is unknown."""

    def column(values: Any, known: Any) -> Any:
        if isinstance(values, tuple):
            codes, words = values
            return np.array([*words, ""])[codes]
        return values if known is None else np.ma.MaskedArray(values, mask=~known)

    return {name: column(values, known) for name, (values, known) in frame.arrays().items()}


def _pandas(frame: Frame) -> Any:
    import pandas as pd

    def column(values: Any, known: Any) -> Any:
        if isinstance(values, tuple):
            return pd.Categorical.from_codes(*values)
        if known is None:
            return values
        kind = "boolean" if values.dtype.kind == "b" else "Int64"
        return pd.Series(values, dtype=kind).mask(~known)

    return pd.DataFrame({name: column(*parts) for name, parts in frame.arrays().items()}, copy=False)


def _polars(frame: Frame) -> Any:
    import polars as pl

    return pl.DataFrame(_arrow(frame) if isinstance(frame, Kept) else frame)


def _arrow(frame: Frame) -> Any:
    import pyarrow as pa

    if not isinstance(frame, Kept):
        return pa.table(frame)

    def column(values: Any, known: npt.NDArray[np.bool_] | None) -> Any:
        if isinstance(values, tuple):
            codes, words = values
            codes = pa.array(codes, mask=codes < 0 if (codes < 0).any() else None)
            return pa.DictionaryArray.from_arrays(codes, pa.array(words, pa.string()))
        if values.dtype.kind == "f":
            known = np.isfinite(values)
        return pa.array(values, mask=None if known is None or known.all() else ~known)

    return pa.table({name: column(*parts) for name, parts in frame.arrays().items()})


def made(frame: Frame, format: str | None) -> Any:
    """The table as ``format`` says; by default pandas' if it is installed, NumPy's arrays if not.

    Raises
    ------
    InputError
        For another format.
    ImportError
        Where the library of the format is not installed.
    """
    if format is None:
        try:
            return _pandas(frame)
        except ImportError:
            return columns(frame)
    makers = {"pandas": _pandas, "polars": _polars, "arrow": _arrow, "numpy": columns}
    if not isinstance(format, str) or format not in makers:
        raise InputError(f"format = {format}: one of {', '.join(FORMATS)}")
    return makers[format](frame)
