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

from . import _hspin
from ._errors import InputError
from ._progress import ProgressLike, shown

log = logging.getLogger("hspin")


class Document(dict[str, Any]):
    """A JSON document of the command line: a dict whose keys are attributes, too.

    ``print`` shows the text that the command line prints.
    """

    _text: str | None = None

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"no {name!r}; there are {', '.join(self)}") from None

    def __dir__(self) -> Iterable[str]:
        return [*super().__dir__(), *self]

    def __str__(self) -> str:
        return super().__repr__() if self._text is None else self._text

    def __reduce__(self) -> tuple[Any, ...]:
        return (_document, (dict(self), self._text))

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(str(self))}</pre>"


def _document(value: Mapping[str, Any], text: str | None = None) -> Document:
    document = Document({key: _nested(part) for key, part in value.items()})
    document._text = text
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
    """Flags of keywords: ``None`` and ``False`` leave a flag out, ``True`` sets it, sequences become lists."""
    flags: list[str] = []
    for key, value in keywords.items():
        flag = "--" + key.replace("_", "-")
        if value is None or value is False:
            continue
        if value is True:
            flags.append(flag)
        elif isinstance(value, (str, os.PathLike)) or np.ndim(value) == 0:
            # One word, so that a value may begin with a dash.
            flags.append(f"{flag}={_word(key, value)}")
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
    found = _document(json.loads(command([*line, "--json"], progress, title)))
    return found


def with_text(line: list[str]) -> Document:
    """A document whose text is what the command prints without ``--json``."""
    found = document(line)
    found._text = command(line)
    return found
