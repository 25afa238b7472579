"""Figures that show themselves in a notebook."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from ._errors import InputError, StorageError
from ._words import command, words

FORMATS = ("svg", "png")


class Figure:
    """A figure of a run or of theory. A notebook shows it as SVG; :meth:`save` writes SVG or PNG.

    Attributes
    ----------
    name : str
        Name of the figure, as ``hspin figure --list`` has it.
    """

    def __init__(self, name: str, line: list[str]) -> None:
        if not isinstance(name, str) or name in ("", "all") or name.startswith("-"):
            raise InputError(f"NAME = {name!r}: the name of one figure")
        self.name = name.replace("_", "-")
        self._line = line
        self._svg = self._drawn("svg").decode()

    @property
    def svg(self) -> str:
        """The figure as SVG."""
        return self._svg

    @property
    def png(self) -> bytes:
        """The figure as PNG, at twice its size in points."""
        return self._drawn("png")

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Writes the figure; the ending of the path, .svg or .png, says as what.

        Returns
        -------
        pathlib.Path
            The path.

        Raises
        ------
        InputError
            For another ending.
        StorageError
            Where it cannot be written.
        """
        path = Path(path)
        format = path.suffix.removeprefix(".")
        if format not in FORMATS:
            raise InputError(f"path = {path}: a name that ends with .svg or .png")
        drawn = self.svg.encode() if format == "svg" else self.png
        try:
            path.write_bytes(drawn)
        except OSError as error:
            raise StorageError(f"{path}: {error.strerror}") from error
        return path

    def _drawn(self, format: str) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            command(["figure", self.name, *words({"out": folder, "format": format}), *self._line])
            return (Path(folder) / f"{self.name}.{format}").read_bytes()

    def __repr__(self) -> str:
        return f"<hspin.Figure {self.name}>"

    def _repr_svg_(self) -> str:
        return self.svg
