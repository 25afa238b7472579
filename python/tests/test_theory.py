"""Exact theory against the command line and against closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from shared import told_json

import hspin as hs

ENERGIES = [-1.7, -1.66, -1.6, -1.0, 0.0, 0.5]


def typed(energies: list[float]) -> str:
    return ",".join(map(str, energies))


def same(found: np.ndarray, wanted: list) -> None:
    """Fails unless numbers are those of JSON, to the bit; null is not a number, or one that is too large."""
    found = np.asarray(found, dtype=float)
    wanted = np.array([math.nan if x is None else x for x in wanted], dtype=float)
    known = ~np.isnan(wanted)
    assert found.shape == wanted.shape and (found[known] == wanted[known]).all()
    assert not np.isfinite(found[~known]).any()


@pytest.mark.parametrize("spins", [2, 3, 4, 7])
def test_thresholds_are_those_of_the_command(spins):
    wanted = told_json("theory", "thresholds", f"--spins={spins}", "--max-index=8")
    found = hs.theory.thresholds(spins, max_index=8)
    assert (found.spins, found.e_inf) == (spins, wanted["e_inf"])
    same(found.e, wanted["e"])
    assert found.e_inf == 2 * math.sqrt((spins - 1) / spins)
    assert np.allclose(found.gap, found.e - found.e_inf, atol=1e-15)
    if spins > 2:
        assert (np.diff(found.e) < 0).all() and (found.gap > 0).all()
    else:
        assert np.allclose(found.e, math.sqrt(2))


def test_thresholds_of_the_literature():
    e = hs.theory.thresholds(3, 1).e
    assert np.allclose(e[0], 1.656998363527, atol=5e-13) and e.shape == (2,)
    # The complexity vanishes there.
    for spins in (3, 4, 5):
        thresholds = hs.theory.thresholds(spins, 3)
        by_index = hs.theory.complexity(spins, -thresholds.e, 3).by_index
        assert np.abs(np.diag(by_index)).max() < 1e-12
        assert hs.theory.thresholds(spins, 3).e_inf == 2 * math.sqrt((spins - 1) / spins)


@pytest.mark.parametrize("spins", [2, 3, 5])
def test_complexities_are_those_of_the_command(spins):
    wanted = told_json("theory", "complexity", f"--spins={spins}", f"--energy={typed(ENERGIES)}", "--max-index=4")[
        "values"
    ]
    found = hs.theory.complexity(spins, ENERGIES, max_index=4)
    same(found.total, [value["total"] for value in wanted])
    same(found.by_index.ravel(), [x for value in wanted for x in value["by_index"]])
    assert found.by_index.shape == (6, 5)


def test_complexities_are_those_of_the_formula():
    """ABC (2010), Theorem 2.8, by quadrature: the rate of the semicircle's largest eigenvalue is an integral."""
    spins = 3
    e_inf = 2 * math.sqrt((spins - 1) / spins)
    for u in (-1.64, -1.66, -1.7, -2.0):
        t, weights = np.polynomial.legendre.leggauss(200)
        # Substituting z = e_inf cosh x takes the root away.
        top = math.acosh(-u / e_inf)
        x = top * (t + 1) / 2
        rate = 2 * (top / 2 * weights @ np.sinh(x) ** 2)
        base = 0.5 * math.log(spins - 1) - (spins - 2) / (4 * (spins - 1)) * u**2
        found = hs.theory.complexity(spins, u, 3)
        assert np.allclose(found.by_index, [base - (k + 1) * rate for k in range(4)], atol=1e-12)
        assert math.isclose(float(found.total), base - rate, abs_tol=1e-12)
    assert math.isclose(float(hs.theory.complexity(4, math.inf).total), 0.5 * math.log(3), abs_tol=1e-14)


@pytest.mark.parametrize(("spins", "dim"), [(2, 9), (3, 12), (4, 15), (3, 70)])
def test_mean_counts_are_those_of_the_command(spins, dim):
    below = [*ENERGIES, math.inf]
    words = ["theory", "mean-count", f"--spins={spins}", f"--dim={dim}", f"--below={typed(below)}"]
    values = told_json(*words)["values"]
    found = hs.theory.mean_count(spins, dim, below=below)
    same(found.mean, [value["total"] for value in values])
    same(found.log_mean, [value["log_total"] for value in values])
    values = told_json(*words, "--index=1")
    at = values.get("indices", [1]).index(1)
    found = hs.theory.mean_count(spins, dim, index=1, below=below)
    same(found.mean, [value["by_index"][at] for value in values["values"]])
    same(found.log_mean, [value["log_by_index"][at] for value in values["values"]])
    assert (found.rel_error[np.isfinite(found.mean)] < 1e-6).all()


def test_at_order_two_there_are_two_for_each_dimension():
    for dim in (2, 3, 10, 100, 1000):
        count = hs.theory.mean_count(2, dim)
        assert math.isclose(float(count.mean), 2 * dim, rel_tol=max(1e-12, 2 * float(count.rel_error)))
        assert count.mean.shape == () and count.index == "total"
    for index in range(6):
        assert math.isclose(float(hs.theory.mean_count(2, 6, index).mean), 2, rel_tol=1e-10)


def test_at_dimension_two_the_number_is_that_of_rice():
    """On a circle of stationary variance: 2 √(−r⁗(0)/−r″(0)) zeros of the slope, here 2 √(3H − 2)."""
    for spins in (2, 3, 4, 8):
        assert math.isclose(float(hs.theory.mean_count(spins, 2).mean), 2 * math.sqrt(3 * spins - 2), rel_tol=1e-10)


def test_indices_add_up_to_the_total_and_are_symmetric():
    for spins, dim in ((3, 5), (4, 4)):
        below = [-1.5, -0.5, math.inf]
        total = hs.theory.mean_count(spins, dim, below=below)
        parts = [hs.theory.mean_count(spins, dim, k, below) for k in range(dim)]
        assert np.allclose(sum(part.mean for part in parts), total.mean, rtol=1e-9)
        whole = [part.mean[-1] for part in parts]
        assert np.allclose(whole, whole[::-1], rtol=1e-9)
        # The Morse sum of the sphere.
        signs = [(-1) ** k * number for k, number in enumerate(whole)]
        assert math.isclose(sum(signs), 2 if dim % 2 else 0, abs_tol=1e-7)


@pytest.mark.parametrize("index", ["total", 0, 2])
def test_the_density_is_that_of_the_number(index):
    low, high = -1.7, -0.9
    nodes, weights = np.polynomial.legendre.leggauss(60)
    at = low + (high - low) * (nodes + 1) / 2
    ends = hs.theory.mean_count(3, 20, index, below=[low, high])
    density = ends.density(at)
    assert math.isclose((high - low) / 2 * weights @ density, np.diff(ends.mean)[0], rel_tol=1e-8)
    assert (density > 0).all()
    assert np.array_equal(ends.density(), ends.density([low, high]))
    with pytest.raises(hs.InputError, match="energy = inf: finite"):
        hs.theory.mean_count(3, 20, index).density()


def test_a_wrong_law_is_told_from_the_right_one():
    """What must fail: a number that is for one of ±w, and a threshold without its factor."""
    assert not math.isclose(float(hs.theory.mean_count(2, 10).mean), 10, rel_tol=0.1)
    assert not math.isclose(hs.theory.thresholds(3).e_inf, math.sqrt(2 / 3), rel_tol=0.1)


def test_a_census_agrees_with_the_mean_number(counted):
    """21 surfaces at Λ = 5: the mean number of points is the exact one within its error, and not half of it."""
    records = hs.open(counted).records("numpy")
    numbers = np.bincount(records["instance"])
    error = numbers.std(ddof=1) / math.sqrt(len(numbers))
    wanted = float(hs.theory.mean_count(3, 5).mean)
    assert abs(numbers.mean() - wanted) < 4 * error < wanted / 2


def test_shapes_are_those_of_the_energies():
    for shape in ((), (1,), (4,), (2, 3), (0,), (2, 0, 3)):
        at = np.full(shape, -1.5)
        assert hs.theory.complexity(3, at, 2).total.shape == shape
        assert hs.theory.complexity(3, at, 2).by_index.shape == (*shape, 3)
        count = hs.theory.mean_count(3, 9, below=at)
        assert count.mean.shape == count.log_mean.shape == count.rel_error.shape == count.density().shape == shape
    single = hs.theory.complexity(3, np.float32([-1.5]))
    assert single.total.dtype == np.float64 and single.total == hs.theory.complexity(3, -1.5).total


def test_several_indices_are_those_alone():
    at = np.array([[-1.6, -1.5, -1.2]])
    found = hs.theory.mean_count(3, 12, index=range(4), below=at)
    assert found.mean.shape == found.density().shape == (1, 3, 4) and found.index == (0, 1, 2, 3)
    for k in range(4):
        alone = hs.theory.mean_count(3, 12, index=k, below=at)
        assert np.array_equal(found.mean[..., k], alone.mean)
        assert np.array_equal(found.density()[..., k], alone.density())


def test_numbers_beyond_float64_have_their_logarithm():
    count = hs.theory.mean_count(10, 1000)
    assert math.isinf(count.mean) and 709 < count.log_mean < 2000


WRONG = {
    "spins = 1|spins": lambda: hs.theory.thresholds(1),
    "spins = 1000001": lambda: hs.theory.thresholds(10**6 + 1),
    "spins = 2.5": lambda: hs.theory.thresholds(2.5),
    "spins = '3'": lambda: hs.theory.complexity("3", -1),
    "max_index = -1": lambda: hs.theory.thresholds(3, -1),
    "max_index = 1001": lambda: hs.theory.complexity(3, -1, 1001),
    "dim = -2": lambda: hs.theory.mean_count(3, -2),
    "dim": lambda: hs.theory.mean_count(3, 10_001),
    "index = 10|index": lambda: hs.theory.mean_count(3, 10, 10),
    "index = all": lambda: hs.theory.mean_count(3, 10, "all"),
    "below = nan": lambda: hs.theory.mean_count(3, 10, below=[0, math.nan]),
    "energy = nan": lambda: hs.theory.complexity(3, math.nan),
    "energy = nan: ": lambda: hs.theory.mean_count(3, 10).density(math.nan),
}


@pytest.mark.parametrize("words", WRONG)
def test_what_has_no_number_is_refused(words):
    with pytest.raises(hs.InputError, match=words):
        WRONG[words]()
