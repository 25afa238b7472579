"""Keywords as the words of a command line: the command line checks them, and its messages are those of the exceptions."""

from __future__ import annotations

import json
import logging
import math
import operator
import os
import warnings
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from . import _hspin
from ._errors import Error, InputError
from ._progress import ProgressLike, shown

#: Flags that take no value.
SWITCHES = {
    "all",
    "couplings",
    "deep",
    "dry_run",
    "exact",
    "force",
    "keep_couplings",
    "no_exchange",
    "no_points",
    "points",
    "repair",
    "spike",
    "symmetrize",
    "trace",
}

log = logging.getLogger("hspin")


class Document(dict[str, Any]):
    """A JSON document of the command line: a dict whose keys are attributes, too.

    ``print`` shows the text that the command line prints.
    """

    _text: str | None = None
    #: The command whose text this is, asked for when it is printed.
    _line: list[str] | None = None
    #: Hashes of what the runs held.
    _content: str | None = None

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"no {name!r}; there are {', '.join(self)}") from None

    def __dir__(self) -> Iterable[str]:
        return [*super().__dir__(), *self]

    def __str__(self) -> str:
        if self._text is None and self._line is not None:
            try:
                # A run that has grown has another text than these numbers.
                if _content(self._line[1:]) == self._content:
                    self._text = command(self._line)
            except Error:
                # The run is gone by now; its numbers are here.
                pass
            self._line = None
        return super().__repr__() if self._text is None else self._text

    def __reduce__(self) -> tuple[Any, ...]:
        return (_document, (dict(self), self._text, self._line, self._content))

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(str(self))}</pre>"


def _document(
    value: Mapping[str, Any],
    text: str | None = None,
    line: list[str] | None = None,
    content: str | None = None,
) -> Document:
    document = Document({key: _nested(part) for key, part in value.items()})
    document._text = text
    document._line = line
    document._content = content
    return document


def _nested(value: Any) -> Any:
    if isinstance(value, dict):
        return _document(value)
    if isinstance(value, list):
        return [_nested(part) for part in value]
    return value


def number(key: str, value: Any) -> int:
    """A whole number; NumPy's integers and floats without a fraction are ones, too."""
    if isinstance(value, (bool, np.bool_)):
        raise InputError(f"{key} = {value}: a whole number")
    try:
        return operator.index(value)
    except TypeError:
        pass
    if isinstance(value, (float, np.floating)) and math.isfinite(value) and value == int(value):
        return int(value)
    raise InputError(f"{key} = {value!r}: a whole number")


def whole(key: str, value: Any, most: int = 2**32 - 1) -> int:
    """A whole number from 0 to ``most``."""
    found = number(key, value)
    if not 0 <= found <= most:
        raise InputError(f"{key} = {found}: a whole number from 0 to {most}")
    return found


def real_numbers(key: str, values: npt.ArrayLike) -> npt.NDArray[Any]:
    """An array of real numbers of any type; nothing else is taken for one."""
    try:
        given = np.asarray(values)
    except (TypeError, ValueError) as error:
        # Rows of different lengths.
        raise InputError(f"{key} = {type(values).__name__}: an array of real numbers ({error})") from None
    if np.ma.is_masked(values):
        raise InputError(f"{key} = a masked array: numbers that are all known")
    if given.dtype.kind not in "fiub":
        raise InputError(f"{key} = dtype {given.dtype}: real numbers")
    return given


def _word(key: str, value: Any) -> str:
    if isinstance(value, (str, os.PathLike)):
        return os.fspath(value)
    if isinstance(value, (bool, np.bool_)):
        raise InputError(f"{key} = {value}: a number or a text")
    try:
        return str(operator.index(value))
    except TypeError:
        pass
    if isinstance(value, (float, np.floating)):
        value = float(value)
        # A count that was computed: 1e3 is 1000.
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    raise InputError(f"{key} = {value!r}: a number or a text")


def words(keywords: Mapping[str, Any]) -> list[str]:
    """Flags of keywords: ``None`` leaves a flag out, a switch is on or off, sequences become lists."""
    flags: list[str] = []
    for key, value in keywords.items():
        flag = "--" + key.replace("_", "-")
        if value is None:
            continue
        if isinstance(value, (bool, np.bool_)) and key in SWITCHES:
            flags += [flag] if value else []
        elif isinstance(value, (str, os.PathLike)) or np.ndim(value) == 0:
            # One word, so that a value may begin with a dash.
            flags.append(f"{flag}={_word(key, value)}")
        elif key == "couplings":
            # A file for each order, each by a flag of its own: names of files may have commas.
            flags += [f"{flag}={_word(key, part)}" for part in value]
        else:
            flags.append(f"{flag}={','.join(_word(key, part) for part in value)}")
    return flags


def command(line: list[str], progress: ProgressLike = None, title: str = "") -> str:
    """Carries out a command; what it prints. What it warns of becomes a warning."""
    with shown(progress, title) as report:
        text, said = _hspin.call(line, report)
    for note in said:
        if note.startswith("hspin: "):
            warnings.warn(note.removeprefix("hspin: "), stacklevel=3)
        else:
            log.info(note)
    return text


def document(line: list[str], progress: ProgressLike = None, title: str = "") -> Document:
    """Carries out a command with ``--json``, and its text beside it if asked for by ``print``."""
    return _document(json.loads(command([*line, "--json"], progress, title)))


def with_text(line: list[str]) -> Document:
    """A document whose text is what the command prints without ``--json``."""
    found = document(line)
    found._text = command(line)
    return found


def with_text_later(line: list[str]) -> Document:
    """The same for a command about runs that takes long: its text is made when it is printed, if they are as they were."""
    found = document(line)
    found._line, found._content = line, _content(line[1:])
    return found


def _content(runs: list[str]) -> str:
    return " ".join(str(document(["show", run]).get("content_hash")) for run in runs)
