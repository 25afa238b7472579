"""Surfaces of mixtures, laws and spikes against plain NumPy, and what cannot be one."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from shared import python, same_bits

import hspin as hs

#: Rounding allowed, of the sum of the absolute values of what is added up.
ROUNDING = 1e-13
LETTERS = "abcdefgh"
MIXTURE = {1: 0.3, 2: 0.5, 3: 0.25}


class Dense:
    """Energy and derivatives by einsum, from arrays of couplings and a hidden vector."""

    def __init__(self, surface: hs.Surface) -> None:
        arrays = surface.couplings()
        self.arrays = arrays if isinstance(arrays, dict) else {surface.spins: arrays}
        self.vector, self.spike, self.dim = surface.hidden_vector, surface.spike, surface.dim

    def derivative(self, w: np.ndarray, free: int, *, size: bool = False) -> np.ndarray:
        """Partial derivatives with so many indices; with ``size`` sums of absolute values in place of sums."""
        found = np.zeros((self.dim,) * free)
        made = np.abs if size else np.asarray
        for order, array in self.arrays.items():
            if order < free:
                continue
            taken = LETTERS[:order]
            wheres = ",".join([taken, *taken[free:]])
            term = np.einsum(f"{wheres}->{taken[:free]}", made(array), *[made(w)] * (order - free))
            found += math.perm(order, free) * self.dim ** (-(order - 1) / 2) * term
        if self.spike is not None and self.spike[1] >= free:
            strength, r = self.spike
            overlap = np.sum(made(w * self.vector)) / self.dim
            outer = np.ones(())
            for _ in range(free):
                outer = np.multiply.outer(outer, made(self.vector) / self.dim)
            sign = 1 if size else -1
            found += sign * strength * self.dim * math.perm(r, free) * overlap ** (r - free) * outer
        return found

    def radial_slope(self, w: np.ndarray) -> float:
        return float(w @ self.derivative(w, 1) / self.dim)

    def hessian(self, w: np.ndarray) -> np.ndarray:
        tangent = np.eye(self.dim) - np.outer(w, w) / self.dim
        return tangent @ self.derivative(w, 2) @ tangent - self.radial_slope(w) * tangent

    def agree(self, found: np.ndarray | float, wanted: np.ndarray | float, w: np.ndarray) -> bool:
        """Whether two values differ by no more than rounding explains."""
        sizes = [self.derivative(w, free, size=True).max() * self.dim ** (free / 2) for free in range(3)]
        return bool(np.abs(np.asarray(found) - wanted).max() <= ROUNDING * max(sizes))


SURFACES = {
    "field, orders 2 and 3, spike": {"mixture": MIXTURE, "spike": (1.4, 2), "dim": 11},
    "spike above all orders": {"mixture": MIXTURE, "spike": (0.8, 5), "dim": 8},
    "spike of order 1": {"spins": 3, "spike": (2.0, 1), "dim": 9},
    "a law": {"spins": 3, "law": "sign", "dim": 10},
    "orders 2 and 4 of a law": {"mixture": {2: 0.5, 4: 2.0}, "law": "exponential", "spike": 1.1, "dim": 7},
    "one order of another variance": {"mixture": {3: 0.4}, "dim": 9},
    "a field alone": {"mixture": {1: 2.0}, "dim": 12},
}


@pytest.fixture(scope="module", params=SURFACES)
def surface(request: pytest.FixtureRequest) -> hs.Surface:
    return hs.Surface(**SURFACES[request.param], seed=4, instance=2)


def test_energies_and_derivatives_are_those_of_einsum(surface):
    dense, points = Dense(surface), surface.random_points(5)
    values = zip(
        points,
        surface.energy(points),
        surface.gradient(points, euclidean=True),
        surface.gradient(points),
        surface.radial_slope(points),
        surface.hessian(points),
        surface.hessian(points, euclidean=True),
        surface.spectrum(points),
        strict=True,
    )
    for w, energy, euclidean, riemannian, slope, hessian, second, spectrum in values:
        assert dense.agree(energy, dense.derivative(w, 0), w)
        assert dense.agree(euclidean, dense.derivative(w, 1), w)
        assert dense.agree(riemannian, dense.derivative(w, 1) - dense.radial_slope(w) * w, w)
        assert dense.agree(slope, dense.radial_slope(w), w)
        assert dense.agree(second, dense.derivative(w, 2), w)
        assert dense.agree(hessian, dense.hessian(w), w)
        across = np.linalg.svd(w[None])[2][1:]
        assert dense.agree(spectrum, np.linalg.eigvalsh(across @ dense.hessian(w) @ across.T), w)


def test_products_and_great_circles_fit_the_hessian(surface):
    dense = Dense(surface)
    w, v = surface.random_points(2)
    assert dense.agree(surface.hvp(w, v) / 10, dense.hessian(w) @ v / 10, w)
    circle = surface.great_circle(w, v, [0.0, 0.4, 2.0])
    assert dense.agree(circle.energy, surface.energy(circle.points), w)
    tangent = v - (w @ v / surface.dim) * w
    tangent *= math.sqrt(surface.dim / (tangent @ tangent))
    assert math.isclose(circle.slope[0], tangent @ surface.gradient(w), rel_tol=1e-9, abs_tol=1e-11)
    assert math.isclose(circle.curvature[0], tangent @ surface.hessian(w) @ tangent, rel_tol=1e-9, abs_tol=1e-10)


def test_values_at_a_point_do_not_depend_on_other_points_or_threads(surface):
    points = surface.random_points(13)
    for call in (surface.energy, surface.gradient, surface.radial_slope, surface.hessian, surface.spectrum):
        together = call(points, threads=3)
        assert same_bits(together, call(points, threads=1))
        assert all(same_bits(call(w), row) for w, row in zip(points, together, strict=True))


def test_overlaps_are_those_with_the_hidden_vector():
    surface = hs.Surface(spins=3, spike=1.3, dim=20)
    v, points = surface.hidden_vector, surface.random_points(4)
    assert v.shape == (20,) and math.isclose(v @ v, 20)
    assert np.allclose(surface.overlap(points), points @ v / 20, rtol=0, atol=1e-14)
    assert math.isclose(surface.overlap(v), 1.0) and math.isclose(surface.overlap(-2 * v, project=True), -1.0)
    for overlap in (-1.0, 0.0, 0.3):
        starts = surface.random_points(6, overlap=overlap)
        assert np.allclose(surface.overlap(starts), overlap, rtol=0, atol=1e-13)
        assert np.allclose((starts**2).sum(1), 20)


def test_a_surface_says_what_it_is():
    pure = hs.Surface(dim=6)
    assert (pure.mixture, pure.law, pure.spike, pure.hidden_vector) == ({3: 1.0}, "gaussian", None, None)
    array = hs.Surface(np.eye(5))
    assert (array.mixture, array.law, array.spike, array.hidden_vector) == (None, None, None, None)
    mixed = hs.Surface(mixture="3:.5,2:.5", spike="1.3", law="sign", dim=6, seed=3, instance=1)
    assert (mixed.mixture, mixed.spike, mixed.law, mixed.spins) == ({2: 0.5, 3: 0.5}, (1.3, 3), "sign", 3)
    assert list(mixed.mixture) == [2, 3] and {p: x.ndim for p, x in mixed.couplings().items()} == {2: 2, 3: 3}
    for surface in (pure, mixed, array):
        again = pickle.loads(pickle.dumps(surface))
        assert again == surface and hash(again) == hash(surface) and repr(again) == repr(surface)
        point = surface.random_points(1)[0]
        assert again.energy(point) == surface.energy(point)
    assert eval(repr(mixed), {"hspin": hs}) == mixed and eval(repr(pure), {"hspin": hs}) == pure
    others = [{"spike": 1.2}, {"law": "uniform"}, {"mixture": {2: 0.5, 3: 0.25}}]
    for other in others:
        keywords = {"mixture": {2: 0.5, 3: 0.5}, "spike": 1.3, "law": "sign", "dim": 6, "seed": 3, "instance": 1} | other
        assert hs.Surface(**keywords) != mixed


def test_a_mixture_of_one_order_is_the_pure_surface():
    point = hs.Surface(spins=3, dim=9).random_points(1)[0]
    for mixture in ({3: 1}, "3:1", {np.int64(3): np.float32(1)}):
        surface = hs.Surface(mixture=mixture, dim=9)
        assert surface == hs.Surface(spins=3, dim=9)
        assert surface.energy(point) == hs.Surface(spins=3, dim=9).energy(point)
        assert same_bits(surface.couplings(), hs.Surface(spins=3, dim=9).couplings())


BAD = {
    "a negative variance": ({"mixture": {3: -1}}, "mixture = 3:-1: a variance from 1e-30 to 1e30"),
    "no orders": ({"mixture": {}}, "mixture = {}: a dict of whole orders from 1 to 16"),
    "order 17": ({"mixture": {17: 1}}, "mixture = 17:1: orders from 1 to 16"),
    "half an order": ({"mixture": {2.5: 1}}, "order of mixture = 2.5: a whole number"),
    "a list": ({"mixture": [(2, 0.5)]}, r"mixture = \[\(2, 0.5\)\]: a dict of whole orders"),
    "a variance in words": ({"mixture": {2: "half"}}, r"mixture\[2\] = .*real numbers"),
    "an order beside a mixture": ({"mixture": {2: 1}, "spins": 3}, "spins = 3: nothing beside a mixture"),
    "no such law": ({"law": "cauchy"}, "gaussian, sign, uniform, exponential"),
    "a law of a high order": ({"law": "sign", "spins": 7}, "law = sign: gaussian at orders above 6"),
    "a spike of nothing": ({"spike": math.nan}, "spike.*above 0"),
    "a spike downwards": ({"spike": -1.0}, "spike = -1.*above 0"),
    "a spike of order 0": ({"spike": (1.0, 0)}, "spike order = 0: a whole number from 1 to 100"),
    "a spike of three numbers": ({"spike": (1.0, 2, 3)}, r"spike = \(1.0, 2, 3\): a strength above 0, or a tuple"),
    "a spike that is true": ({"spike": True}, "spike = True: a strength above 0"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_model_that_cannot_be_is_refused_with_what_is_allowed(name, tmp_path):
    keywords, message = BAD[name]
    with pytest.raises(hs.InputError, match=message):
        hs.Surface(dim=5, **keywords)
    # A command says some of it in words of its own.
    with pytest.raises(hs.InputError) as raised:
        hs.sweep(dims=5, starts=2, out=tmp_path / "a.run", **keywords)
    (key,) = set(keywords) - {"spins"}
    assert key in str(raised.value)
    with pytest.raises(hs.InputError):
        hs.census(dim=4, out=tmp_path / "b.run", **keywords)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["2", "2:", "2:.5;3:.5", "two:.5", "-2:.5", ""])
def test_a_mixture_as_a_text_that_cannot_be(text):
    with pytest.raises(hs.InputError, match="mixture = "):
        hs.Surface(mixture=text, dim=5)
    with pytest.raises(hs.InputError, match="mixture"):
        hs.sweep(mixture=text, dims=5, starts=2)


def test_a_model_beside_an_array_is_refused():
    for keywords in ({"mixture": {2: 1}}, {"spike": 1.0}, {"law": "sign"}):
        with pytest.raises(hs.InputError, match=f"{next(iter(keywords))} = .*: nothing beside an array"):
            hs.Surface(np.eye(4), **keywords)
        with pytest.raises(hs.InputError, match=f"{next(iter(keywords))} = .*: nothing beside couplings"):
            hs.sweep(couplings=np.eye(4), starts=2, **keywords)


def test_without_a_spike_there_is_no_overlap():
    surface = hs.Surface(dim=5)
    with pytest.raises(hs.InputError, match="nothing without a spike"):
        surface.overlap(surface.random_points(2))
    with pytest.raises(hs.InputError, match="nothing without a spike"):
        surface.random_points(2, overlap=0.5)
    with pytest.raises(hs.InputError, match="start-overlap = 0.5: nothing without a spike"):
        surface.descend(2, start_overlap=0.5)
    spiked = hs.Surface(dim=5, spike=1.0)
    for overlap in (1.5, math.nan):
        with pytest.raises(hs.InputError, match="overlap from -1 to 1"):
            spiked.random_points(2, overlap=overlap)
        with pytest.raises(hs.InputError, match="overlap from -1 to 1"):
            spiked.descend(2, start_overlap=overlap)


def test_help_names_every_part_of_a_model():
    done = python("import hspin as hs; help(hs.sweep); help(hs.Surface)")
    for word in ("mixture", "spike", "law", "starts_from", "start_overlap", "hidden_vector", "overlap"):
        assert word in done.stdout
