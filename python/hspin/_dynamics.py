"""Energy and correlations of descent against time, as Λ → ∞."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from ._errors import InputError
from ._model import Mixture, mixture_word, model_of, shares_of
from ._words import document, real_numbers

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Dynamics:
    """The solution of the two-time equations at some times; see :func:`dynamics`."""

    #: Order of a pure model.
    spins: int | None
    #: Orders of a mixture, rising, and their shares of variance.
    mixture: dict[int, float] | None
    #: T.
    temperature: float
    #: T of the equilibrium at t = 0; None for a uniform start.
    start_temperature: float | None
    #: t, shape (n).
    time: FloatArray
    #: E(t), energy per spin, shape (n).
    energy: FloatArray
    #: Estimated error of the energy, shape (n).
    energy_error: FloatArray
    #: C(t, 0), overlap with the start, shape (n).
    overlap: FloatArray
    #: Its estimated error, shape (n).
    overlap_error: FloatArray
    #: μ(t), Lagrange multiplier of the sphere, shape (n).
    multiplier: FloatArray
    #: t_w, shape (m).
    waiting: FloatArray
    #: C(t, t_w), shape (n, m); NaN where t_w > t.
    correlation: FloatArray
    #: R(t, t_w), shape (n, m); NaN where t_w > t.
    response: FloatArray


@overload
def dynamics(
    spins: int,
    time: npt.ArrayLike,
    *,
    temperature: float = 0.0,
    start_temperature: float | None = None,
    waiting: npt.ArrayLike = (),
) -> Dynamics: ...
@overload
def dynamics(
    *,
    mixture: Mixture,
    time: npt.ArrayLike,
    temperature: float = 0.0,
    start_temperature: float | None = None,
    waiting: npt.ArrayLike = (),
) -> Dynamics: ...
def dynamics(
    spins: int | None = None,
    time: npt.ArrayLike | None = None,
    *,
    mixture: Mixture | None = None,
    temperature: float = 0.0,
    start_temperature: float | None = None,
    waiting: npt.ArrayLike = (),
) -> Dynamics:
    """Gradient flow or Langevin dynamics as Λ → ∞: energy, overlap with the start and correlations against time.

    The flow is dw/dt = −g(w) on the sphere, g the Riemannian gradient, with noise √(2T) at a temperature T. Time is the sum of
    the rates of ``protocol="gd"``. A pure model to time 100 takes about 20 s.

    Parameters
    ----------
    spins : int
        Order H, from 2 on.
    time : array_like
        Times in rising order, at least 0.
    mixture : dict of int to float
        Orders, from 1 to 100, and their shares of variance, in place of ``spins``.
    temperature : float
        T, at least 0; 0 is gradient flow.
    start_temperature : float, optional
        Temperature, from T_s on, at whose equilibrium the dynamics begins; by default the start is uniform.
    waiting : array_like
        Waiting times t_w of ``correlation`` and ``response``.

    Returns
    -------
    Dynamics

    References
    ----------
    Crisanti, Horner, Sommers (1993); Cugliandolo, Kurchan (1993).

    Examples
    --------
    >>> import hspin as hs
    >>> found = hs.theory.dynamics(3, [0.5, 1.0], waiting=[0.5])
    >>> found.energy.round(4)
    array([-0.9681, -1.2198])
    >>> found.correlation.shape
    (2, 1)
    """
    model = model_of(spins, mixture)
    if time is None:
        raise InputError("time = None: times, which are real numbers")
    times, waits = _list("time", time), _list("waiting", waiting)
    chosen = f"--spins={model}" if isinstance(model, int) else f"--mixture={mixture_word(model)}"
    line = ["theory", "dynamics", chosen, f"--time={_words(times)}"]
    line.append(f"--temperature={_number('temperature', temperature)!r}")
    if start_temperature is not None:
        line.append(f"--start-temperature={_number('start_temperature', start_temperature)!r}")
    if waits.size:
        line.append(f"--waiting={_words(waits)}")
    values: list[dict[str, Any]] = document(line)["values"]

    def column(key: str) -> FloatArray:
        return np.array([value[key] for value in values], dtype=np.float64)

    pairs = np.full((2, times.size, waits.size), np.nan)
    for row, value in enumerate(values):
        known = {pair["waiting"]: pair for pair in value["waiting"]}
        for at, wait in enumerate(waits.tolist()):
            if wait in known:
                pairs[:, row, at] = known[wait]["correlation"], known[wait]["response"]
    return Dynamics(
        *shares_of(model),
        float(temperature),
        start_temperature,
        times,
        column("energy"),
        column("error"),
        column("overlap"),
        column("overlap_error"),
        column("multiplier"),
        waits,
        pairs[0],
        pairs[1],
    )


def _number(key: str, value: npt.ArrayLike) -> float:
    given = real_numbers(key, value)
    if given.ndim != 0:
        raise InputError(f"{key} = an array of shape {given.shape}: a finite number")
    return float(given)


def _list(key: str, values: npt.ArrayLike) -> FloatArray:
    numbers = np.atleast_1d(np.array(real_numbers(key, values), dtype=np.float64))
    if numbers.ndim != 1:
        raise InputError(f"{key} = an array of shape {numbers.shape}: a number or a list of numbers")
    return numbers


def _words(numbers: FloatArray) -> str:
    return ",".join(repr(number) for number in numbers.tolist())
