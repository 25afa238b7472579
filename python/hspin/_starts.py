"""Where starts on a surface ended, or its critical points."""

from __future__ import annotations

from typing import Any, Union

import numpy as np
import numpy.typing as npt

from . import _hspin
from ._frames import Columns, Kept, columns, made

FloatArray = npt.NDArray[np.float64]


class _Kept:
    """What starts found, as arrays: what came from another process."""

    def __init__(self, points: FloatArray, records: Columns, traces: Columns, facts: dict[str, Any] | None) -> None:
        self._points, self._records, self._traces, self._facts = points, Kept(records), Kept(traces), facts

    def __len__(self) -> int:
        return len(self._points)

    def points(self) -> FloatArray:
        return self._points.copy()

    def records(self) -> Kept:
        return self._records

    def traces(self) -> Kept:
        return self._traces

    def facts(self) -> dict[str, Any] | None:
        return self._facts


_Found = Union[_hspin.Starts, _Kept]


class Starts:
    """Where starts on a surface ended, or its critical points. ``len`` is their number; ``records`` has all that is known.

    Attributes that are arrays have one entry for each start. Energies are those of the couplings, as in runs; those of an
    array of your own divided by ``scale`` are what theory speaks of.
    """

    def __init__(self, found: _Found, scale: float) -> None:
        self._found = found
        self._columns: dict[str, Any] = columns(found.records())
        #: Scale s of an array of your own: ``energy_per_spin / scale`` is u/s. 1 on a random surface.
        self.scale = scale
        #: What is known of a census beside its points, among it ``certified``; None for descents.
        self.facts: dict[str, Any] | None = found.facts()

    @property
    def points(self) -> FloatArray:
        """Where each ended, shape (n, dim), |w|² = Λ."""
        return self._found.points()

    @property
    def certified(self) -> bool | None:
        """Whether it is proved that no critical point is missing; None for descents."""
        return None if self.facts is None else bool(self.facts["certified"])

    def records(self, format: str | None = None) -> Any:
        """The records, as :meth:`hspin.Run.records` has them: those of a run on this surface."""
        return made(self._found.records(), format)

    def traces(self, format: str | None = None) -> Any:
        """Histories of the starts, if they were asked for by ``trace=True``."""
        return made(self._found.traces(), format)

    @property
    def index(self) -> Any:
        """Number of negative eigenvalues of the Riemannian Hessian; masked where it is not known."""
        return self._columns["morse_index"]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_columns"][name]
        except KeyError:
            raise AttributeError(f"no {name!r}; there are {', '.join(self.__dict__.get('_columns', ()))}") from None

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._columns]

    def __len__(self) -> int:
        return len(self._found)

    def __reduce__(self) -> tuple[Any, ...]:
        found = self._found
        parts = (found.points(), found.records().arrays(), found.traces().arrays(), found.facts())
        return (_starts, (parts, self.scale))

    def __copy__(self) -> Starts:
        return self

    def __repr__(self) -> str:
        return f"<hspin.Starts {len(self)}: {', '.join(['points', 'index', *self._columns])}>"


def _starts(parts: tuple[FloatArray, Columns, Columns, dict[str, Any] | None], scale: float) -> Starts:
    return Starts(_Kept(*parts), scale)
