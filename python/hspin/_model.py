"""Which model is asked about: the order of a pure model, or orders with their shares of variance; of surfaces a spike, too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Union

import numpy as np

from ._errors import InputError
from ._words import real_numbers, whole

#: Orders and their shares of variance.
Mixture = Mapping[int, float]
#: One order, or rising orders with their shares.
Model = int | list[tuple[int, float]]

#: The same for surfaces, or the text of the command line.
SurfaceMixture = Union[Mapping[int, float], str]
#: Strength λ of a spike, or λ and its order r, or the text of the command line.
Spike = Union[float, tuple[float, int], str]
Law = Literal["gaussian", "sign", "uniform", "exponential"]

#: What is accepted; ranges are those of the library, which checks them.
ALLOWED = (
    "a dict of whole orders from 1 to 100 and their shares of variance from 1e-100 to 1e100, such as {2: 0.5, 3: 0.5}"
)


def model_of(spins: Any, mixture: Any) -> Model:
    """The one that is given."""
    if (spins is None) == (mixture is None):
        how_many = "neither" if spins is None else "both"
        raise InputError(f"{how_many} of spins and mixture given: one of spins (the order H) and mixture ({ALLOWED})")
    return whole("spins", spins, 10**6) if mixture is None else _shares(mixture)


def _shares(mixture: Any) -> list[tuple[int, float]]:
    if not isinstance(mixture, Mapping) or not mixture:
        raise InputError(f"mixture = {mixture!r}: {ALLOWED}")
    shares: dict[int, float] = {}
    for order, share in mixture.items():
        found = whole("order of mixture", order)
        value = real_numbers(f"mixture[{found}]", share)
        # NaN is in no range.
        if value.ndim != 0 or not (1 <= found <= 100 and 1e-100 <= float(value) <= 1e100):
            raise InputError(f"mixture = {{{order!r}: {share!r}}}: {ALLOWED}")
        if found in shares:
            raise InputError(f"mixture = {mixture!r}: order {found} is repeated; {ALLOWED}")
        shares[found] = float(value)
    return sorted(shares.items())


def shares_of(model: Model) -> tuple[int | None, dict[int, float] | None]:
    """The keywords ``spins`` and ``mixture`` of a model."""
    return (model, None) if isinstance(model, int) else (None, dict(model))


def mixture_word(shares: list[tuple[int, float]]) -> str:
    """A mixture as the command line takes it."""
    return ",".join(f"{order}:{share!r}" for order, share in shares)


#: What is accepted of surfaces; ranges are those of the library, which checks them.
SIMULATED = (
    "a dict of whole orders from 1 to 16 and their variances above 0, such as {2: 0.5, 3: 0.5}, or a text such as '2:0.5,3:0.5'"
)
SPIKES = "a strength above 0, or a tuple of a strength and an order from 1 to 100, such as (1.3, 3)"


def surface_shares(mixture: SurfaceMixture | None) -> list[tuple[int, float]] | None:
    """Orders of a surface with their variances."""
    if mixture is None:
        return None
    if isinstance(mixture, str):
        parts = [part.split(":") for part in mixture.split(",")]
        try:
            return [(whole("order of mixture", int(order)), float(share)) for order, share in parts]
        except ValueError:
            raise InputError(f"mixture = {mixture!r}: {SIMULATED}") from None
    if not isinstance(mixture, Mapping) or not mixture:
        raise InputError(f"mixture = {mixture!r}: {SIMULATED}")
    return [
        (whole("order of mixture", order), _real(f"mixture[{order!r}]", share, "a variance above 0"))
        for order, share in mixture.items()
    ]


def spike_of(spike: Spike | None) -> tuple[float, int | None] | None:
    """Strength and order of a spike; the order is None where it is left open."""
    if spike is None:
        return None
    if isinstance(spike, str):
        strength, colon, order = spike.partition(":")
        try:
            return float(strength), whole("order of spike", int(order)) if colon else None
        except ValueError:
            raise InputError(f"spike = {spike!r}: {SPIKES}") from None
    if isinstance(spike, (tuple, list)):
        if len(spike) != 2:
            raise InputError(f"spike = {spike!r}: {SPIKES}")
        return _real("spike", spike[0], SPIKES), whole("order of spike", spike[1])
    return _real("spike", spike, SPIKES), None


def model_words(mixture: SurfaceMixture | None, spike: Spike | None) -> dict[str, str | None]:
    """A mixture and a spike as the command line takes them; texts are handed on as they are."""
    if not isinstance(mixture, str):
        shares = surface_shares(mixture)
        mixture = None if shares is None else mixture_word(shares)
    if not isinstance(spike, str):
        planted = spike_of(spike)
        spike = None if planted is None else _spike_word(*planted)
    return {"mixture": mixture, "spike": spike}


def _spike_word(strength: float, order: int | None) -> str:
    return repr(strength) if order is None else f"{strength!r}:{order}"


def _real(key: str, value: Any, allowed: str) -> float:
    if isinstance(value, (bool, np.bool_)):
        raise InputError(f"{key} = {value}: {allowed}")
    found = real_numbers(key, value)
    if found.ndim != 0:
        raise InputError(f"{key} = shape {found.shape}: {allowed}")
    return float(found)
