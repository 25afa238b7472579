"""Which model is asked about: the order of a pure model, or orders with their shares of variance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._errors import InputError
from ._words import real_numbers, whole

#: Orders and their shares of variance.
Mixture = Mapping[int, float]
#: One order, or rising orders with their shares.
Model = int | list[tuple[int, float]]

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
