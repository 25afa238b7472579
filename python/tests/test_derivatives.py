"""Values and derivatives of surfaces against plain NumPy on the dense array of couplings."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pytest
from shared import symmetric

import hspin as hs

#: Rounding allowed, of the sum of the absolute values of what is added up.
ROUNDING = 1e-13
LETTERS = "abcdefgh"


class Dense(NamedTuple):
    """Energies and derivatives by einsum, and the sums of absolute values beside them."""

    couplings: np.ndarray
    exponent: float | None = None

    @property
    def order(self) -> int:
        return self.couplings.ndim

    def contracted(self, w: np.ndarray, free: int) -> np.ndarray:
        """Λ^{-(H-1)/2} H!/(H-f)! X[…] w…w with f indices left."""
        taken = LETTERS[: self.order]
        wheres = ",".join(taken[free:])
        exponent = (self.order - 1) / 2 if self.exponent is None else self.exponent
        factor = math.perm(self.order, free) * len(w) ** -exponent
        vectors = [w] * (self.order - free)
        if not vectors:
            return factor * self.couplings
        return factor * np.einsum(f"{taken},{wheres}->{taken[:free]}", self.couplings, *vectors)

    def energy(self, w: np.ndarray) -> float:
        return float(self.contracted(w, 0))

    def gradient(self, w: np.ndarray) -> np.ndarray:
        full = self.contracted(w, 1)
        return full - (w @ full / len(w)) * w

    def radial_slope(self, w: np.ndarray) -> float:
        return float(w @ self.contracted(w, 1) / len(w))

    def hessian(self, w: np.ndarray) -> np.ndarray:
        tangent = np.eye(len(w)) - np.outer(w, w) / len(w)
        return tangent @ self.contracted(w, 2) @ tangent - self.radial_slope(w) * tangent

    def spectrum(self, w: np.ndarray) -> np.ndarray:
        across = np.linalg.svd(w[None])[2][1:]
        return np.linalg.eigvalsh(across @ self.hessian(w) @ across.T)

    def size(self, w: np.ndarray, free: int) -> float:
        """The largest sum of absolute values."""
        return float(Dense(np.abs(self.couplings)).contracted(np.abs(w), free).max()) * len(w) ** (free / 2)


def agree(found: np.ndarray | float, wanted: np.ndarray | float, size: float) -> bool:
    """Whether two values differ by no more than rounding explains."""
    return bool(np.abs(np.asarray(found) - wanted).max() <= ROUNDING * size)


SURFACES = [(2, 9), (2, 40), (3, 7), (3, 21), (4, 6), (4, 12), (5, 5), (5, 9)]


CASES = [("random", *case) for case in SURFACES] + [("own", spins, 8) for spins in (2, 3, 4, 5)]


@pytest.fixture(scope="module", params=CASES, ids=lambda case: "{}-H{}-dim{}".format(*case))
def both(request: pytest.FixtureRequest) -> tuple[hs.Surface, Dense]:
    """A random surface, or one of an array of one's own, and the dense array."""
    kind, spins, dim = request.param
    if kind == "random":
        surface = hs.Surface(spins=spins, dim=dim, seed=7, instance=2)
        return surface, Dense(surface.couplings())
    array = 1234.5 * symmetric(dim, spins, seed=spins)
    return hs.Surface(array), Dense(array)


def test_energies_are_those_of_einsum(both):
    surface, dense = both
    points = surface.random_points(6)
    for w, energy in zip(points, surface.energy(points), strict=True):
        assert agree(energy, dense.energy(w), dense.size(w, 0))


def test_gradients_are_those_of_einsum(both):
    surface, dense = both
    points = surface.random_points(6)
    rows = zip(points, surface.gradient(points), surface.gradient(points, euclidean=True), strict=True)
    for w, riemannian, euclidean in rows:
        size = dense.size(w, 1)
        assert agree(euclidean, dense.contracted(w, 1), size)
        assert agree(riemannian, dense.gradient(w), 2 * size)
        assert abs(riemannian @ w) <= ROUNDING * size * len(w)


def test_energies_and_gradients_by_one_pass_are_the_same_bits(both):
    surface, _ = both
    points = surface.random_points(5)
    for euclidean in (False, True):
        energy, gradient = surface.energy_gradient(points, euclidean=euclidean)
        assert energy.tobytes() == surface.energy(points).tobytes()
        assert gradient.tobytes() == surface.gradient(points, euclidean=euclidean).tobytes()


def test_radial_slopes_are_those_of_einsum_and_of_euler(both):
    surface, dense = both
    points = surface.random_points(6)
    slopes, energies = surface.radial_slope(points), surface.energy(points)
    for w, slope, energy in zip(points, slopes, energies, strict=True):
        size = dense.size(w, 1)
        assert agree(slope, dense.radial_slope(w), size)
        assert agree(slope, surface.spins * energy / surface.dim, size)


def test_hessians_are_those_of_einsum(both):
    surface, dense = both
    points = surface.random_points(3)
    rows = zip(points, surface.hessian(points), surface.hessian(points, euclidean=True), strict=True)
    for w, riemannian, euclidean in rows:
        size = dense.size(w, 2)
        assert agree(euclidean, dense.contracted(w, 2), size)
        assert agree(riemannian, dense.hessian(w), 4 * size)
        assert np.array_equal(riemannian, riemannian.T)
        assert agree(riemannian @ w, np.zeros_like(w), 4 * size * len(w))


def test_hessian_products_are_those_of_the_matrix(both):
    surface, dense = both
    w = surface.random_points(1)[0]
    vectors = np.random.default_rng(1).standard_normal((4, surface.dim))
    size = dense.size(w, 2) * surface.dim
    assert agree(surface.hvp(w, vectors), vectors @ dense.hessian(w), size)
    # Parts along w are dropped.
    assert agree(surface.hvp(w, vectors + 3 * w), vectors @ dense.hessian(w), 4 * size)
    assert agree(surface.hvp(w, vectors[0]), dense.hessian(w) @ vectors[0], size)


def test_spectra_are_those_of_lapack(both):
    surface, dense = both
    points = surface.random_points(3)
    for w, found in zip(points, surface.spectrum(points), strict=True):
        assert found.shape == (surface.dim - 1,)
        assert (np.diff(found) >= 0).all()
        assert agree(found, dense.spectrum(w), 10 * dense.size(w, 2))


def test_a_great_circle_has_the_derivatives_of_its_energy(both):
    surface, dense = both
    w = surface.random_points(1)[0]
    direction = np.random.default_rng(2).standard_normal(surface.dim)
    tangent = direction - (w @ direction / surface.dim) * w
    tangent *= math.sqrt(surface.dim) / np.linalg.norm(tangent)
    circle = surface.great_circle(w, 5 * direction, [0, 0.3, 1.9, -2.5])
    assert circle.angle.tolist() == [0, 0.3, 1.9, -2.5]
    for k, angle in enumerate(circle.angle):
        at, along = w * np.cos(angle) + tangent * np.sin(angle), tangent * np.cos(angle) - w * np.sin(angle)
        size = dense.size(at, 2) * surface.dim
        assert np.abs(circle.points[k] - at).max() <= 1e-14 * math.sqrt(surface.dim)
        assert agree(circle.energy[k], dense.energy(at), size)
        assert agree(circle.slope[k], dense.contracted(at, 1) @ along, size)
        assert agree(circle.curvature[k], along @ dense.contracted(at, 2) @ along - dense.contracted(at, 1) @ at, size)


def test_a_great_circle_comes_back_and_passes_the_other_point():
    surface = hs.Surface(spins=4, dim=10)
    w, other = surface.random_points(2)
    circle = surface.great_circle(w, other)
    assert circle.angle.shape == (361,)
    assert np.allclose(circle.points[0], circle.points[-1], atol=1e-13)
    met = surface.great_circle(w, other, [math.acos(w @ other / 10)])
    assert np.allclose(met.points[0], other, atol=1e-13)


def test_a_slice_has_the_energies_of_the_ends_of_its_geodesics(both):
    surface, dense = both
    w, one, other = surface.random_points(3)
    found = surface.slice(w, [one, other], [-0.7, 0, 0.4], [0.0, 1.1])
    first, second = found.axes
    root = math.sqrt(surface.dim)
    assert max(abs(w @ first), abs(w @ second), abs(first @ second)) < 1e-12 * surface.dim
    assert math.isclose(np.linalg.norm(first), root) and math.isclose(np.linalg.norm(second), root)
    assert found.energy.shape == (3, 2)
    for i, a in enumerate(found.first):
        for j, b in enumerate(found.second):
            rho = math.hypot(a, b)
            there = w * math.cos(rho) + (a * first + b * second) * (math.sin(rho) / rho if rho else 1.0)
            assert agree(found.energy[i, j], dense.energy(there), dense.size(there, 2) * surface.dim)


def test_a_slice_needs_two_directions():
    surface = hs.Surface(spins=3, dim=6)
    w, one = surface.random_points(2)
    assert surface.slice(w, np.eye(6)[:2]).energy.shape == (121, 121)
    for directions, word in (([one, w], "second direction"), ([w, one], "first direction"), ([one], "two rows")):
        with pytest.raises(hs.InputError, match=word):
            surface.slice(w, directions)
    with pytest.raises(hs.InputError, match="first = not finite"):
        surface.slice(w, np.eye(6)[:2], [math.nan])


def test_parity():
    for spins in (2, 3, 4, 5):
        surface = hs.Surface(spins=spins, dim=7)
        points = surface.random_points(4)
        assert np.allclose(surface.energy(-points), (-1) ** spins * surface.energy(points), rtol=1e-13, atol=0)


def test_couplings_are_symmetric_and_of_the_scale_they_say():
    for spins, dim in SURFACES:
        couplings = hs.Surface(spins=spins, dim=dim).couplings()
        assert np.array_equal(couplings, np.swapaxes(couplings, 0, spins - 1))
    array = 37.5 * symmetric(12, 3, seed=5)
    wanted = math.sqrt((array**2).sum() / math.comb(14, 3))
    surface = hs.Surface(array)
    assert math.isclose(surface.scale, wanted, rel_tol=1e-14)
    assert np.abs(surface.couplings() - array).max() <= 1e-15 * np.abs(array).max()
    assert hs.Surface(spins=3, dim=12).scale == 1


def test_random_points_are_on_the_sphere_and_begin_with_fewer():
    surface = hs.Surface(spins=3, dim=30, seed=9)
    points = surface.random_points(50)
    assert np.allclose((points**2).sum(1), 30, rtol=1e-13)
    assert points[:20].tobytes() == surface.random_points(20).tobytes()
    assert len(np.unique(points[:, 0])) == 50


def test_a_wrong_formula_is_told_from_the_right_one():
    """What must fail: exponents and terms that are not those of the model."""
    for spins, dim in SURFACES:
        surface = hs.Surface(spins=spins, dim=dim)
        dense, w = Dense(surface.couplings()), surface.random_points(1)[0]
        size = dense.size(w, 1)
        assert not agree(surface.energy(w), Dense(dense.couplings, spins / 2).energy(w), dense.size(w, 0))
        assert not agree(surface.gradient(w), dense.contracted(w, 1), 2 * size)
        assert not agree(surface.gradient(w), dense.gradient(w) / spins, 2 * size)
        tangent = np.eye(dim) - np.outer(w, w) / dim
        without = tangent @ dense.contracted(w, 2) @ tangent
        assert not agree(surface.hessian(w), without, 4 * dense.size(w, 2))
        # One part in a million is seen.
        assert not agree(surface.energy(w), dense.energy(w) * (1 + 1e-6) + 1e-6 * dense.size(w, 0), dense.size(w, 0))
    array = 37.5 * symmetric(8, 3, seed=5)
    surface = hs.Surface(array)
    w = surface.random_points(1)[0]
    assert not agree(surface.energy(w), Dense(array / surface.scale).energy(w), Dense(array).size(w, 0))
