"""Threshold energies, and when a planted direction can be found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, overload

import numpy as np
import numpy.typing as npt

from . import _hspin
from ._errors import InputError
from ._model import Mixture, mixture_word, model_of
from ._words import document, real_numbers, whole

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Thresholds:
    """Threshold energies per spin of a pure model as Λ → ∞; see :func:`thresholds`."""

    spins: int
    #: E_∞ = 2√((H−1)/H).
    e_inf: float
    #: E_0, E_1, …, shape (max_index + 1).
    e: FloatArray
    #: E_k − E_∞ to full precision, where the difference of the two has lost digits.
    gap: FloatArray


@dataclass(frozen=True, eq=False)
class MixtureThresholds:
    """Threshold energies per spin of a mixture as Λ → ∞, with their sign changed; see :func:`thresholds`."""

    #: Orders, rising, and their shares of variance.
    mixture: dict[int, float]
    #: ξ, ξ′ and ξ″ at 1.
    xi: tuple[float, float, float]
    #: How near ground states lie to each other: "rs", "1rsb", "full-rsb" or "other".
    phase: Literal["rs", "1rsb", "full-rsb", "other"]
    #: e_k, zeros of the annealed complexities, shape (max_index + 1); NaN where there is none.
    e: FloatArray
    #: Ground state.
    e_0: float
    #: How far ``e_0`` may be off.
    e_0_error: float
    #: Intervals of overlaps of near ground states, beside 1, shape (n, 2).
    overlaps: FloatArray
    #: E_∞ of a single order; None in other mixtures.
    e_inf: float | None
    #: Where typical critical points become marginal; None with a field.
    e_th: float | None
    #: What Hessian descent reaches.
    e_alg: float
    #: Lowest marginal minima; None with a field, or where there are none.
    e_plus: float | None
    #: Highest marginal minima; None with a field, or where there are none.
    e_minus: float | None


@overload
def thresholds(spins: int, max_index: int = 5) -> Thresholds: ...
@overload
def thresholds(*, mixture: Mixture, max_index: int = 5) -> MixtureThresholds: ...
def thresholds(
    spins: int | None = None, max_index: int = 5, *, mixture: Mixture | None = None
) -> Thresholds | MixtureThresholds:
    """Threshold energies per spin, as Λ → ∞: E_∞ and E_0, E_1, … of a pure model, or those of a mixture.

    In a pure model there are no critical points of index k or higher below −E_k but with probability that vanishes
    exponentially. In a mixture E_0, E_th, E_alg, E_∞^± and the zeros e_k of the annealed complexities all differ.

    Parameters
    ----------
    spins : int
        Order H, from 2 on.
    max_index : int
        Highest index k.
    mixture : dict of int to float
        Orders, from 1 to 100, and their shares of variance, in place of ``spins``.

    Returns
    -------
    Thresholds, or MixtureThresholds of a mixture

    References
    ----------
    Auffinger, Ben Arous, Černý (2010), Theorem 2.5; Choromanska et al. (2015), Theorem 4.1; of mixtures: Auffinger,
    Ben Arous (2013); Chen, Sen (2017); Folena, Franz, Ricci-Tersenghi (2020); Subag (2021).

    Examples
    --------
    >>> import hspin as hs
    >>> round(float(hs.theory.thresholds(3).e[0]), 6)
    1.656998
    >>> found = hs.theory.thresholds(mixture={3: 0.5, 4: 0.5})
    >>> found.phase, round(found.e_0, 6), round(found.e_alg, 6)
    ('1rsb', 1.73307, 1.699522)
    """
    model = model_of(spins, mixture)
    max_index = whole("max_index", max_index, 1000)
    if isinstance(model, int):
        e_inf, e, gap = _hspin.thresholds(model, max_index)
        return Thresholds(model, e_inf, e, gap)
    line = ["theory", "thresholds", f"--mixture={mixture_word(model)}", f"--max-index={max_index}"]
    found = dict(document(line))
    found["mixture"] = {order: share for order, share in found["mixture"]}
    found["xi"] = tuple(found["xi"])
    # None becomes NaN.
    found["e"] = np.array(found["e"], dtype=np.float64)
    found["overlaps"] = np.array(found["overlaps"], dtype=np.float64).reshape(-1, 2)
    return MixtureThresholds(**found)


@dataclass(frozen=True)
class Spiked:
    """A planted direction and the minimum that it makes, as Λ → ∞; see :func:`spiked`."""

    spins: int
    #: r.
    order: int
    #: λ.
    strength: float
    #: Overlap of the good minimum with the planted direction; None below λ_s, where there is no good minimum.
    overlap: float | None
    #: Its energy per spin u*.
    energy: float | None
    #: λ_s, from which on there is a good minimum.
    lambda_s: float
    #: λ_ML, from which on it is the ground state.
    lambda_ml: float | None


def spiked(spins: int, strength: float, order: int | None = None) -> Spiked:
    """Thresholds of a planted spike, and the minimum that it makes, as Λ → ∞.

    The energy is that of the pure model of order H less λΛ m^r, m the overlap with the planted direction.

    Parameters
    ----------
    spins : int
        Order H, from 2 on.
    strength : float
        Strength λ, at least 0.
    order : int, optional
        Order r of the spike, from 1 on; H by default.

    Returns
    -------
    Spiked

    References
    ----------
    Ben Arous, Mei, Montanari, Nica (2019), Theorem 2.1; Ros, Ben Arous, Biroli, Cammarota (2019), section II.

    Examples
    --------
    >>> import hspin as hs
    >>> found = hs.theory.spiked(3, 1.3)
    >>> round(found.lambda_s, 6), round(found.lambda_ml, 6)
    (1.154701, 1.206556)
    """
    given = real_numbers("strength", strength)
    if given.ndim != 0:
        raise InputError(f"strength = an array of shape {given.shape}: a finite number of at least 0")
    line = ["theory", "spiked", f"--spins={whole('spins', spins)}", f"--strength={float(given)!r}"]
    return Spiked(**document(line if order is None else [*line, f"--order={whole('order', order)}"]))
