"""Exact theory: numbers that follow from the model alone, arrays in and arrays out.

Energies are per spin, u = L/Λ. Numbers count points on the sphere, w and −w both. A model is given by ``spins``, the order H
of a pure model, or by ``mixture``, orders p with their shares of variance v_p: the covariance is ξ(q) = Σ v_p q^p.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, overload

import numpy as np
import numpy.typing as npt

from . import _hspin
from ._dynamics import Dynamics, dynamics
from ._errors import InputError
from ._model import Mixture, Model, model_of, shares_of
from ._thresholds import MixtureThresholds, Spiked, Thresholds, spiked, thresholds
from ._words import real_numbers, whole

__all__ = [
    "Complexity",
    "Dynamics",
    "MeanCount",
    "MixtureThresholds",
    "Spiked",
    "Thresholds",
    "complexity",
    "dynamics",
    "mean_count",
    "spiked",
    "thresholds",
]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Complexity:
    """Complexities per spin; see :func:`complexity`."""

    #: Order of a pure model.
    spins: int | None
    #: Orders of a mixture, rising, and their shares of variance.
    mixture: dict[int, float] | None
    #: u, of any shape.
    energy: FloatArray
    #: Σ(u), the rate of critical points near u, the shape of ``energy``.
    at: FloatArray
    #: Θ(u), that of critical points below u, the shape of ``energy``.
    total: FloatArray
    #: Θ_k(u) for k = 0 … max_index, the shape of ``energy`` and one axis more.
    by_index: FloatArray


@overload
def complexity(spins: int, energy: npt.ArrayLike, max_index: int = 5) -> Complexity: ...
@overload
def complexity(*, mixture: Mixture, energy: npt.ArrayLike, max_index: int = 5) -> Complexity: ...
def complexity(
    spins: int | None = None,
    energy: npt.ArrayLike | None = None,
    max_index: int = 5,
    *,
    mixture: Mixture | None = None,
) -> Complexity:
    """Complexity lim (1/Λ) ln E C(−∞, Λu): exponential growth of the mean number of critical points below u.

    Parameters
    ----------
    spins : int
        Order H, from 2 on.
    energy : array_like
        Energies per spin u.
    max_index : int
        Highest index k.
    mixture : dict of int to float
        Orders, from 1 to 100, and their shares of variance, in place of ``spins``.

    Returns
    -------
    Complexity

    References
    ----------
    Auffinger, Ben Arous, Černý (2010), Theorems 2.5 and 2.8; of mixtures: Auffinger, Ben Arous (2013), Theorems 1.1 to 1.4.

    Examples
    --------
    >>> import hspin as hs
    >>> hs.theory.complexity(3, [-1.66, -1.6]).total.shape
    (2,)
    >>> hs.theory.complexity(mixture={3: 0.5, 4: 0.5}, energy=[-1.7, -1.6]).by_index.shape
    (2, 6)
    """
    model = model_of(spins, mixture)
    max_index = whole("max_index", max_index, 1000)
    if energy is None:
        raise InputError("energy = None: energies per spin, which are real numbers")
    at = _numbers("energy", energy)
    near, total, by_index = _hspin.complexity(model, at.ravel().tolist(), max_index)
    shape = at.shape
    return Complexity(
        *shares_of(model), at, near.reshape(shape), total.reshape(shape), by_index.reshape(*shape, max_index + 1)
    )


@dataclass(frozen=True, eq=False)
class MeanCount:
    """Mean numbers of critical points; see :func:`mean_count`. NaN is what cannot be computed."""

    #: Order of a pure model.
    spins: int | None
    #: Orders of a mixture, rising, and their shares of variance.
    mixture: dict[int, float] | None
    dim: int
    #: Index k, several of them, or "total".
    index: int | tuple[int, ...] | Literal["total"]
    #: Energies per spin u, of any shape; inf is no bound.
    below: FloatArray
    #: E C(−∞, Λu), the shape of ``below`` and, for several indices, one axis more; inf where float64 does not hold it.
    mean: FloatArray
    #: Its natural logarithm.
    log_mean: FloatArray
    #: Relative error of ``mean``, the absolute one of ``log_mean``.
    rel_error: FloatArray

    def density(self, energy: npt.ArrayLike | None = None) -> FloatArray:
        """Density of the mean number in the energy per spin, d/du E C(−∞, Λu).

        Parameters
        ----------
        energy : array_like, optional
            Finite energies per spin; ``below`` by default.

        Returns
        -------
        ndarray, the shape of ``energy`` and, for several indices, one axis more
        """
        at = self.below if energy is None else _numbers("energy", energy)
        if not np.isfinite(at).all():
            raise InputError("energy = inf: finite energies per spin")
        return _counted(model_of(self.spins, self.mixture), self.dim, self.index, at, True)[0]


@overload
def mean_count(
    spins: int,
    dim: int,
    index: int | Iterable[int] | Literal["total"] = "total",
    below: npt.ArrayLike = np.inf,
) -> MeanCount: ...
@overload
def mean_count(
    *,
    mixture: Mixture,
    dim: int,
    index: int | Iterable[int] | Literal["total"] = "total",
    below: npt.ArrayLike = np.inf,
) -> MeanCount: ...
def mean_count(
    spins: int | None = None,
    dim: int | None = None,
    index: int | Iterable[int] | Literal["total"] = "total",
    below: npt.ArrayLike = np.inf,
    *,
    mixture: Mixture | None = None,
) -> MeanCount:
    """Exact mean number of critical points of a random surface below energies per spin, at finite Λ.

    Parameters
    ----------
    spins : int
        Order H, from 2 on.
    dim : int
        Λ: at most 10,000, by index at most 1000.
    index : int, iterable of int, or "total"
        Number of negative eigenvalues, several of them, or all together. Beyond Λ = 64 only indices near both ends are
        available, the others are NaN.
    below : array_like
        Energies per spin u; inf is no bound.
    mixture : dict of int to float
        Orders, from 1 to 100, and their shares of variance, in place of ``spins``.

    Returns
    -------
    MeanCount

    References
    ----------
    Auffinger, Ben Arous, Černý (2010), Theorems 2.1 and 2.2; of mixtures: Auffinger, Ben Arous (2013), Lemma 3.3.

    Examples
    --------
    >>> import hspin as hs
    >>> round(float(hs.theory.mean_count(3, 10).mean), 2)
    286.92
    >>> hs.theory.mean_count(3, 10, index=range(10), below=[-1.6, -1.5]).mean.shape
    (2, 10)
    >>> round(float(hs.theory.mean_count(mixture={2: 0.5, 4: 0.5}, dim=2).mean) ** 2, 9)
    32.0
    """
    model = model_of(spins, mixture)
    if dim is None:
        raise InputError("dim = None: a whole number from 2 to 10000")
    dim = whole("dim", dim)
    of: int | tuple[int, ...] | Literal["total"]
    if isinstance(index, str):
        if index != "total":
            raise InputError(f"index = {index}: a whole number, several of them, or \"total\"")
        of = "total"
    elif isinstance(index, Iterable):
        of = tuple(whole("index", k) for k in index)
    else:
        of = whole("index", index)
    at = _numbers("below", below)
    if np.isneginf(at).any():
        raise InputError("below = -inf: numbers; inf means no bound")
    return MeanCount(*shares_of(model), dim, of, at, *_counted(model, dim, of, at, False))


def _counted(
    model: Model,
    dim: int,
    index: int | tuple[int, ...] | Literal["total"],
    at: FloatArray,
    density: bool,
) -> list[FloatArray]:
    indices = None if index == "total" else list(index) if isinstance(index, tuple) else [index]
    shape = (*at.shape, len(index)) if isinstance(index, tuple) else at.shape
    parts = _hspin.mean_count(model, dim, at.ravel().tolist(), indices, density)
    return [part.reshape(shape) for part in parts]


def _numbers(key: str, values: npt.ArrayLike) -> FloatArray:
    numbers = np.array(real_numbers(key, values), dtype=np.float64)
    if np.isnan(numbers).any():
        raise InputError(f"{key} = nan: numbers")
    return numbers
