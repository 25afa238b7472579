"""Tables in the form that is asked for."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import _hspin
from ._errors import InputError

FORMATS = ("pandas", "polars", "arrow", "numpy")


def columns(frame: _hspin.Frame) -> dict[str, Any]:
    """NumPy arrays by name; a masked array where an integer or a flag is unknown."""

    def column(values: Any, known: Any) -> Any:
        if isinstance(values, tuple):
            codes, words = values
            return np.array([*words, ""])[codes]
        return values if known is None else np.ma.MaskedArray(values, mask=~known)

    return {name: column(values, known) for name, (values, known) in frame.arrays().items()}


def _pandas(frame: _hspin.Frame) -> Any:
    import pandas as pd

    def column(values: Any, known: Any) -> Any:
        if isinstance(values, tuple):
            return pd.Categorical.from_codes(*values)
        if known is None:
            return values
        kind = "boolean" if values.dtype.kind == "b" else "Int64"
        return pd.Series(values, dtype=kind).mask(~known)

    return pd.DataFrame({name: column(*parts) for name, parts in frame.arrays().items()}, copy=False)


def _polars(frame: _hspin.Frame) -> Any:
    import polars as pl

    return pl.DataFrame(frame)


def _arrow(frame: _hspin.Frame) -> Any:
    import pyarrow as pa

    return pa.table(frame)


def made(frame: _hspin.Frame, format: str | None) -> Any:
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
    if format not in makers:
        raise InputError(f"format = {format}: one of {', '.join(FORMATS)}")
    return makers[format](frame)
