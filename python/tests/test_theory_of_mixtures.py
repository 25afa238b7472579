"""Mixtures and spikes against the command line and against values of the literature."""

from __future__ import annotations

import math

import numpy as np
import pytest
from shared import told_json

import hspin as hs

ENERGIES = [-1.75, -1.7, -1.6, -1.0, 0.0, 0.5]
MIXTURES = [{3: 0.5, 4: 0.5}, {2: 0.95, 4: 0.05}, {1: 0.2, 3: 0.8}, {2: 0.7, 10: 0.3}, {3: 2.0}, {1: 1.5}]


def typed(energies: list[float]) -> str:
    return ",".join(map(str, energies))


def word(mixture: dict[int, float]) -> str:
    return "--mixture=" + ",".join(f"{order}:{share}" for order, share in mixture.items())


def same(found: np.ndarray, wanted: list) -> None:
    """Fails unless numbers are those of JSON, to the bit; null is not a number, or one that is infinite."""
    wanted = np.array([math.nan if x is None else x for x in wanted], dtype=float)
    known = ~np.isnan(wanted)
    assert found.shape == wanted.shape and (found[known] == wanted[known]).all()
    assert not np.isfinite(found[~known]).any()


@pytest.mark.parametrize("mixture", MIXTURES, ids=str)
def test_thresholds_are_those_of_the_command(mixture):
    wanted = told_json("theory", "thresholds", word(mixture), "--max-index=3")
    found = hs.theory.thresholds(mixture=mixture, max_index=3)
    # Every key of the command is there.
    assert set(vars(found)) == set(wanted)
    same(found.e, wanted["e"])
    assert found.mixture == mixture and found.overlaps.tolist() == wanted["overlaps"]
    assert list(found.xi) == wanted["xi"]
    for key in ("phase", "e_0", "e_0_error", "e_inf", "e_th", "e_alg", "e_plus", "e_minus"):
        assert getattr(found, key) == wanted[key], key


def test_thresholds_of_the_literature():
    found = hs.theory.thresholds(mixture={4: 0.5, 3: 0.5})
    assert found.phase == "1rsb" and list(found.mixture) == [3, 4] and found.xi == (1.0, 3.5, 9.0)
    numbers = [found.e_th, found.e_alg, found.e_0, found.e_plus, found.e_minus]
    wanted = [1.690476190, 1.699522254, 1.733069558, 1.715905879, 1.644094121]
    assert np.allclose(numbers, wanted, rtol=0, atol=1e-9)
    found = hs.theory.thresholds(mixture={2: 0.5, 4: 0.5})
    assert np.allclose([found.e_th, found.e_0], [1.637846050, 1.656998363527], rtol=0, atol=1e-9)
    found = hs.theory.thresholds(mixture={2: 0.95, 4: 0.05})
    assert found.phase == "full-rsb" and found.e_0 == found.e_alg
    found = hs.theory.thresholds(mixture={1: 0.2, 3: 0.8})
    assert np.allclose([found.e_0, found.e_alg], [1.57539, 1.57386], rtol=0, atol=1e-5) and found.e_th is None
    # One order with variance v is √v times the pure model.
    single, pure = hs.theory.thresholds(mixture={3: 4.0}), hs.theory.thresholds(3)
    assert math.isclose(single.e_inf, 2 * pure.e_inf, rel_tol=1e-15) and (single.e == 2 * pure.e).all()


@pytest.mark.parametrize("mixture", MIXTURES, ids=str)
def test_complexities_are_those_of_the_command(mixture):
    words = ["theory", "complexity", word(mixture), f"--energy={typed(ENERGIES)}", "--max-index=2"]
    wanted = told_json(*words)["values"]
    found = hs.theory.complexity(mixture=mixture, energy=np.reshape(ENERGIES, (2, 3)), max_index=2)
    assert found.total.shape == found.at.shape == (2, 3) and found.by_index.shape == (2, 3, 3)
    assert found.spins is None and found.mixture == mixture
    same(found.at.ravel(), [value["at"] for value in wanted])
    same(found.total.ravel(), [value["total"] for value in wanted])
    same(found.by_index.ravel(), [x for value in wanted for x in value["by_index"]])


@pytest.mark.parametrize("mixture", MIXTURES, ids=str)
def test_mean_counts_are_those_of_the_command(mixture):
    below = [*ENERGIES, math.inf]
    words = ["theory", "mean-count", word(mixture), "--dim=8", f"--below={typed(below)}", "--index=all"]
    values = told_json(*words)["values"]
    total = hs.theory.mean_count(mixture=mixture, dim=8, below=below)
    same(total.mean, [value["total"] for value in values])
    same(total.log_mean, [value["log_total"] for value in values])
    same(total.rel_error, [value["rel_error"] for value in values])
    each = hs.theory.mean_count(mixture=mixture, dim=8, index=range(8), below=below)
    same(each.mean.ravel(), [x for value in values for x in value["by_index"]])
    same(each.log_mean.ravel(), [x for value in values for x in value["log_by_index"]])
    assert each.mixture == mixture and each.spins is None and each.density([-1.5, -1.0]).shape == (2, 8)


def test_at_dimension_two_the_number_is_that_of_rice():
    for mixture in MIXTURES:
        slope = sum(v * p for p, v in mixture.items())
        curvature = sum(v * p * (p - 1) for p, v in mixture.items())
        found = float(hs.theory.mean_count(mixture=mixture, dim=2).mean)
        assert math.isclose(found, 2 * math.sqrt((3 * curvature + slope) / slope), rel_tol=1e-10)


def test_one_order_of_variance_one_is_the_pure_model():
    models = {"spins": 3}, {"mixture": {3: 1}}
    pure, mixed = (hs.theory.mean_count(**model, dim=9, index=1, below=ENERGIES) for model in models)
    assert (pure.mean == mixed.mean).all() and (pure.density() == mixed.density()).all()
    pure, mixed = (hs.theory.complexity(**model, energy=ENERGIES) for model in models)
    assert (pure.total == mixed.total).all() and (pure.by_index == mixed.by_index).all() and (pure.at == mixed.at).all()
    # Below the mode, most points below u are near u.
    assert (pure.at[:4] == pure.total[:4]).all()


@pytest.mark.parametrize("words", [(3, 1.3), (4, 1.0), (4, 2.5), (3, 1.2, 2), (2, 0.0), (5, 3.0, 7)])
def test_spikes_are_those_of_the_command(words):
    flags = [f"--{key}={value}" for key, value in zip(("spins", "strength", "order"), words, strict=False)]
    found = hs.theory.spiked(*words)
    assert vars(found) == told_json("theory", "spiked", *flags)


def test_spikes_of_the_literature():
    for spins, lambda_s, lambda_ml in ((3, 1.154700538, 1.206555734568), (4, 1.299038106, 1.405668918261)):
        found = hs.theory.spiked(spins, 1.5)
        assert math.isclose(found.lambda_s, lambda_s, abs_tol=1e-9)
        assert math.isclose(found.lambda_ml, lambda_ml, abs_tol=1e-11)
        m = found.overlap
        assert math.isclose(spins * 1.5**2 * m ** (2 * spins - 4) * (1 - m * m), 1, rel_tol=1e-12)
        assert math.isclose(found.energy, -1.5 * m**spins - math.sqrt(spins * (1 - m * m)), rel_tol=1e-12)
        # At λ_ML the good minimum is as low as the ground state.
        assert math.isclose(hs.theory.spiked(spins, lambda_ml).energy, -hs.theory.thresholds(spins).e[0], abs_tol=1e-10)
        assert hs.theory.spiked(spins, 0.99 * lambda_s).overlap is None


MODELS = {
    "thresholds": lambda **model: hs.theory.thresholds(**model),
    "complexity": lambda **model: hs.theory.complexity(energy=-1.0, **model),
    "mean_count": lambda **model: hs.theory.mean_count(dim=5, **model),
}

NO_MODELS = {
    "neither of spins and mixture": {},
    "both of spins and mixture": {"spins": 3, "mixture": {3: 1.0}},
    "mixture = {0: 0.5}": {"mixture": {0: 0.5}},
    "mixture = {101: 1}": {"mixture": {101: 1}},
    "order of mixture = 2.5": {"mixture": {2.5: 1}},
    "order of mixture = '3'": {"mixture": {"3": 1}},
    "mixture = {3: -0.5}": {"mixture": {2: 1, 3: -0.5}},
    "mixture = {3: 0}": {"mixture": {3: 0}},
    "mixture = {3: nan}": {"mixture": {3: math.nan}},
    "mixture = {3: inf}": {"mixture": {3: math.inf}},
    "mixture = {3: [1, 2]}": {"mixture": {3: [1, 2]}},
    "mixture[3] = dtype": {"mixture": {3: "x"}},
    "mixture = {}": {"mixture": {}},
    "mixture = '3:1'": {"mixture": "3:1"},
}


@pytest.mark.parametrize("call", MODELS)
@pytest.mark.parametrize("words", NO_MODELS)
def test_what_is_no_model_is_refused_with_what_is(call, words):
    with pytest.raises(hs.InputError) as raised:
        MODELS[call](**NO_MODELS[words])
    said = str(raised.value)
    assert words in said and ("whole" in said or "real numbers" in said), said


def test_orders_and_shares_at_the_ends_of_their_ranges_are_accepted():
    for mixture in ({1: 1e-100, 100: 1.0}, {3: 1e100}, {np.int64(3): np.float32(0.5), 4.0: 1}):
        assert math.isfinite(hs.theory.thresholds(mixture=mixture).e_0)
        assert math.isfinite(hs.theory.mean_count(mixture=mixture, dim=3).log_mean)


NO_SPIKES = {
    "'-1.0' for '--strength.*: a finite number of at least 0": (3, -1),
    "'nan' for '--strength.*: a finite number of at least 0": (3, math.nan),
    "strength = an array": (3, [1.0, 2.0]),
    "strength = dtype": (3, "1"),
    "'1' for '--spins.*: a whole number from 2 to 1000000": (1, 1.0),
    "'0' for '--order.*: a whole number from 1 to 1000000": (3, 1.0, 0),
    "order = 2.5": (3, 1.0, 2.5),
}


@pytest.mark.parametrize("words", NO_SPIKES)
def test_what_is_no_spike_is_refused(words):
    with pytest.raises(hs.InputError, match=words):
        hs.theory.spiked(*NO_SPIKES[words])


def test_what_is_missing_is_named():
    with pytest.raises(hs.InputError, match="energy = None: energies per spin"):
        hs.theory.complexity(mixture={3: 1})
    with pytest.raises(hs.InputError, match="dim = None: a whole number from 2 to 10000"):
        hs.theory.mean_count(3)
