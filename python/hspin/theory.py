"""Exact theory: numbers that follow from the model alone, arrays in and arrays out.

Energies are per spin, u = L/Λ. Numbers count points on the sphere, w and −w both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from . import _hspin
from ._errors import InputError
from ._words import real_numbers, whole

__all__ = ["Complexity", "MeanCount", "Thresholds", "complexity", "mean_count", "thresholds"]

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Thresholds:
    """Threshold energies per spin as Λ → ∞; see :func:`thresholds`."""

    spins: int
    #: E_∞ = 2√((H−1)/H).
    e_inf: float
    #: E_0, E_1, …, shape (max_index + 1).
    e: FloatArray
    #: E_k − E_∞ to full precision, where the difference of the two has lost digits.
    gap: FloatArray


def thresholds(spins: int, max_index: int = 5) -> Thresholds:
    """Threshold energies E_∞ and E_0, E_1, …, per spin, as Λ → ∞.

    Below −E_k there are no critical points of index k or higher but with probability that vanishes exponentially.

    Parameters
    ----------
    spins : int
        Order H, from 2 on.
    max_index : int
        Highest index k.

    Returns
    -------
    Thresholds

    References
    ----------
    Auffinger, Ben Arous, Černý (2010), Theorem 2.5; Choromanska et al. (2015), Theorem 4.1.

    Examples
    --------
    >>> import hspin as hs
    >>> round(float(hs.theory.thresholds(3).e[0]), 6)
    1.656998
    """
    spins, max_index = whole("spins", spins, 10**6), whole("max_index", max_index, 1000)
    e_inf, e, gap = _hspin.thresholds(spins, max_index)
    return Thresholds(spins, e_inf, e, gap)


@dataclass(frozen=True, eq=False)
class Complexity:
    """Complexities per spin; see :func:`complexity`."""

    spins: int
    #: u, of any shape.
    energy: FloatArray
    #: Θ_H(u), the shape of ``energy``.
    total: FloatArray
    #: Θ_{k,H}(u) for k = 0 … max_index, the shape of ``energy`` and one axis more.
    by_index: FloatArray


def complexity(spins: int, energy: npt.ArrayLike, max_index: int = 5) -> Complexity:
    """Complexity lim (1/Λ) ln E C(−∞, Λu): exponential growth of the mean number of critical points below u.

    Parameters
    ----------
    spins : int
        Order H, from 2 on.
    energy : array_like
        Energies per spin u.
    max_index : int
        Highest index k.

    Returns
    -------
    Complexity

    References
    ----------
    Auffinger, Ben Arous, Černý (2010), Theorems 2.5 and 2.8.

    Examples
    --------
    >>> import hspin as hs
    >>> hs.theory.complexity(3, [-1.66, -1.6]).total.shape
    (2,)
    """
    spins, max_index = whole("spins", spins, 10**6), whole("max_index", max_index, 1000)
    at = _numbers("energy", energy)
    total, by_index = _hspin.complexity(spins, at.ravel().tolist(), max_index)
    return Complexity(spins, at, total.reshape(at.shape), by_index.reshape(*at.shape, max_index + 1))


@dataclass(frozen=True, eq=False)
class MeanCount:
    """Mean numbers of critical points; see :func:`mean_count`. NaN is what cannot be computed."""

    spins: int
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
        return _counted(self.spins, self.dim, self.index, at, True)[0]


def mean_count(
    spins: int,
    dim: int,
    index: int | Iterable[int] | Literal["total"] = "total",
    below: npt.ArrayLike = np.inf,
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

    Returns
    -------
    MeanCount

    References
    ----------
    Auffinger, Ben Arous, Černý (2010), Theorems 2.1 and 2.2.

    Examples
    --------
    >>> import hspin as hs
    >>> round(float(hs.theory.mean_count(3, 10).mean), 2)
    286.92
    >>> hs.theory.mean_count(3, 10, index=range(10), below=[-1.6, -1.5]).mean.shape
    (2, 10)
    """
    spins, dim = whole("spins", spins, 10**6), whole("dim", dim)
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
    mean, log_mean, rel_error = _counted(spins, dim, of, at, False)
    return MeanCount(spins, dim, of, at, mean, log_mean, rel_error)


def _counted(
    spins: int, dim: int, index: int | tuple[int, ...] | Literal["total"], at: FloatArray, density: bool
) -> list[FloatArray]:
    indices = None if index == "total" else list(index) if isinstance(index, tuple) else [index]
    shape = (*at.shape, len(index)) if isinstance(index, tuple) else at.shape
    parts = _hspin.mean_count(spins, dim, at.ravel().tolist(), indices, density)
    return [part.reshape(shape) for part in parts]


def _numbers(key: str, values: npt.ArrayLike) -> FloatArray:
    numbers = np.array(real_numbers(key, values), dtype=np.float64)
    if np.isnan(numbers).any():
        raise InputError(f"{key} = nan: numbers")
    return numbers
