"""Arrays that are given: any real type, order and layout is taken for what it is, anything else is refused in words."""

from __future__ import annotations

import fractions
import itertools
import math
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shared import same_bits, symmetric

import hspin as hs

DIM = 14


def laid_out(points: np.ndarray, layout: str) -> object:
    """The same numbers in another form."""
    wide = np.zeros((2 * len(points), 3 * DIM))
    wide[::2, 1::3] = points
    fixed = points.copy()
    fixed.flags.writeable = False
    forms = {
        "lists": lambda: points.tolist(),
        "tuples": lambda: tuple(map(tuple, points.tolist())),
        "list of arrays": lambda: list(points),
        "Fortran": lambda: np.asfortranarray(points),
        "strided": lambda: wide[::2, 1::3],
        "reversed": lambda: points[::-1, ::-1].copy()[::-1, ::-1],
        "read-only": lambda: fixed,
        "big-endian": lambda: points.astype(">f8"),
        "long double": lambda: points.astype(np.longdouble),
        "subclass": lambda: np.ma.MaskedArray(points),
        "transposed": lambda: points.T.copy().T,
    }
    return forms[layout]()


LAYOUTS = [
    *("lists", "tuples", "list of arrays", "Fortran", "strided", "reversed", "read-only", "big-endian", "long double"),
    *("subclass", "transposed"),
]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_numbers_in_another_layout_have_the_same_values(surface, layout):
    points = surface.random_points(5)
    form = laid_out(points, layout)
    assert same_bits(surface.energy(form), surface.energy(points))
    assert same_bits(surface.gradient(form), surface.gradient(points))
    assert same_bits(surface.hessian(form), surface.hessian(points))
    assert same_bits(surface.spectrum(form), surface.spectrum(points))
    assert same_bits(surface.radial_slope(form), surface.radial_slope(points))
    assert same_bits(surface.hvp(points[0], form), surface.hvp(points[0], points))
    assert same_bits(
        surface.descend(points=form, protocol="gd").points, surface.descend(points=points, protocol="gd").points
    )


@pytest.mark.parametrize("layout", ["lists", "Fortran", "read-only", "big-endian", "transposed"])
def test_what_is_given_stays_as_it_is(surface, layout):
    points = 2 * surface.random_points(3)
    form = laid_out(points, layout)
    surface.energy(form, project=True)
    surface.descend(points=form, project=True, protocol="gd")
    assert np.array_equal(np.asarray(form, dtype=float), points)


@given(
    n=st.integers(0, 9),
    kind=st.sampled_from(["f4", "f8", ">f4", ">f8", "f2"]),
    order=st.sampled_from("CF"),
    step=st.integers(1, 3),
)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_values_of_a_batch_are_those_of_its_points(n, kind, order, step):
    surface = hs.Surface(spins=3, dim=DIM, seed=4, instance=1)
    points = np.array(surface.random_points(n * step), dtype=kind, order=order)[::step]
    # Single and half precision are off the sphere by their rounding.
    energy, gradient = surface.energy_gradient(points, project=True)
    assert energy.shape == (n,) and gradient.shape == (n, DIM)
    assert energy.dtype == gradient.dtype == np.float64
    assert surface.hessian(points, project=True).shape == (n, DIM, DIM)
    assert surface.spectrum(points, project=True).shape == (n, DIM - 1)
    for row, value, slope in zip(points, energy, gradient, strict=True):
        alone = surface.energy(row, project=True)
        assert isinstance(alone, float) and same_bits(np.float64(alone), value)
        assert same_bits(surface.gradient(row, project=True), slope)


@given(shape=st.lists(st.integers(0, 16), min_size=0, max_size=4))
@settings(max_examples=80, deadline=None, derandomize=True)
def test_a_wrong_shape_is_refused_with_the_shape_wanted_and_given(shape):
    surface = hs.Surface(spins=3, dim=DIM, seed=4, instance=1)
    if len(shape) in (1, 2) and shape[-1] == DIM:
        shape = [*shape[:-1], DIM + 1]
    points = np.ones(shape)
    for call in (surface.energy, surface.gradient, surface.hessian, surface.spectrum, surface.radial_slope):
        with pytest.raises(hs.InputError) as refused:
            call(points)
        assert str(refused.value) == f"points = shape {points.shape}: shape (n, {DIM}) or ({DIM},)"
    with pytest.raises(hs.InputError, match="points = shape"):
        surface.descend(points=points)
    with pytest.raises(hs.InputError, match="V = shape"):
        surface.hvp(surface.random_points(1)[0], points)


def test_single_precision_is_on_the_sphere_to_its_rounding(surface):
    points = surface.random_points(5)
    single = points.astype(np.float32)
    assert same_bits(surface.energy(single), surface.energy(single.astype(np.float64)))
    assert np.allclose(surface.energy(single), surface.energy(points), rtol=1e-5, atol=1e-5)


def test_whole_numbers_and_flags_are_numbers(surface):
    corner = np.ones(DIM)
    corner[::3] = -1
    for kind in (np.int8, np.int64, np.float16, int):
        assert surface.energy(corner.astype(kind)) == surface.energy(corner)
    assert surface.energy(np.ones(DIM, bool)) == surface.energy(np.ones(DIM, np.uint8)) == surface.energy([1] * DIM)


NOT_NUMBERS = {
    "complex": np.ones((2, DIM), complex),
    "texts": [["1"] * DIM],
    "objects": np.full((2, DIM), fractions.Fraction(1)),
    "times": np.zeros(DIM, "datetime64[s]"),
    "None": None,
    "rows of different lengths": [[1.0] * DIM, [1.0]],
    "masked": np.ma.MaskedArray(np.ones((2, DIM)), mask=[[True] + [False] * (DIM - 1)] * 2),
    "dict": {"a": 1},
    "text": "points",
}


@pytest.mark.parametrize("name", NOT_NUMBERS)
def test_what_is_no_real_number_is_refused(surface, name):
    w, values = surface.random_points(1)[0], NOT_NUMBERS[name]
    for key, call in {
        "points": lambda: surface.energy(values),
        "w": lambda: surface.hvp(values, w),
        "V": lambda: surface.hvp(w, values),
        "direction": lambda: surface.great_circle(w, values),
        "angle": lambda: surface.great_circle(w, np.arange(DIM), values if values is not None else "none"),
        "couplings": lambda: hs.Surface(values if values is not None else "none"),
        "energy": lambda: hs.theory.complexity(3, values),
        "below": lambda: hs.theory.mean_count(3, 10, below=values),
    }.items():
        with pytest.raises(hs.InputError, match=f"^{key} = "):
            call()


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_refused(surface, bad):
    points = surface.random_points(3)
    points[1, 4] = bad
    for project in (False, True):
        for call in (surface.energy, surface.gradient, surface.hessian, surface.spectrum, surface.radial_slope):
            with pytest.raises(hs.InputError, match="points = row 1: finite numbers"):
                call(points, project=project)
        with pytest.raises(hs.InputError, match="points = row 1: finite numbers"):
            surface.descend(points=points, project=project)
    with pytest.raises(hs.InputError, match="V = not finite"):
        surface.hvp(points[0], points)
    with pytest.raises(hs.InputError, match="direction = not finite"):
        surface.great_circle(points[0], points[1])
    with pytest.raises(hs.InputError, match="angle = not finite"):
        surface.great_circle(points[0], points[2], [0, bad])


def test_points_off_the_sphere_are_refused_with_their_norm_and_projected_if_asked(surface):
    points = surface.random_points(3)
    for factor in (0.5, 1 + 1e-5, 3):
        off = points * [[1], [factor], [1]]
        square = float(off[1] @ off[1] / DIM)
        with pytest.raises(hs.InputError) as refused:
            surface.energy(off)
        assert "row 1" in str(refused.value) and "project=True" in str(refused.value)
        said = float(str(refused.value).split("|w|²/Λ = ")[1].split(" ")[0])
        assert math.isclose(said, square, rel_tol=1e-12)
        assert np.allclose(surface.energy(off, project=True), surface.energy(points), rtol=1e-12)
        assert np.allclose(surface.gradient(off, project=True), surface.gradient(points), rtol=1e-10, atol=1e-12)
    assert np.allclose(surface.energy(points * (1 + 1e-8)), surface.energy(points), rtol=1e-6)
    with pytest.raises(hs.InputError, match="= 0 in row 0"):
        surface.energy(np.zeros(DIM), project=True)
    for factor in (1e-150, 1e150):
        assert np.allclose(surface.energy(points * factor, project=True), surface.energy(points), rtol=1e-9)


def test_one_point_is_wanted_where_it_is(surface):
    points = surface.random_points(2)
    with pytest.raises(hs.InputError, match=r"w = shape \(2, 14\): shape \(14,\)"):
        surface.hvp(points, points)
    with pytest.raises(hs.InputError, match=r"direction = shape \(2, 14\): shape \(14,\)"):
        surface.great_circle(points[0], points)
    with pytest.raises(hs.InputError, match="direction"):
        surface.great_circle(points[0], 2 * points[0])


ARRAYS = {
    "not symmetric": (np.arange(27.0).reshape(3, 3, 3), "symmetric"),
    "zero": (np.zeros((3, 3, 3)), "scale = 0"),
    "nan": (np.full((3, 3), np.nan), "finite"),
    "inf": (np.full((3, 3), np.inf), "finite"),
    "a vector": (np.ones(4), r"shape \(4,\): shape \(N,\) \* H"),
    "sides that differ": (np.ones((3, 3, 4)), r"shape \(3, 3, 4\)"),
    "one number": (np.float64(3), r"shape \(\)"),
    "nothing": (np.ones((0, 0)), "shape"),
    "one spin": (np.ones((1, 1)), "2"),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_that_is_no_surface_is_refused(name):
    array, words = ARRAYS[name]
    with pytest.raises(hs.InputError, match=words):
        hs.Surface(array)
    with pytest.raises(hs.InputError, match=words):
        hs.sweep(couplings=array, starts=2)


@pytest.mark.parametrize("layout", ["list", "Fortran", "strided", "read-only", "big-endian", "single", "whole"])
def test_couplings_of_any_layout_are_the_same_surface(layout):
    array = np.round(1000 * symmetric(6, 3, seed=3))
    big = np.zeros((6, 12, 6))
    big[:, ::2] = array
    fixed = array.copy()
    fixed.flags.writeable = False
    form = {
        "list": array.tolist(),
        "Fortran": np.asfortranarray(array),
        "strided": big[:, ::2],
        "read-only": fixed,
        "big-endian": array.astype(">f8"),
        "single": array.astype(np.float32),
        "whole": array.astype(np.int16),
    }[layout]
    surface, wanted = hs.Surface(form), hs.Surface(array)
    points = wanted.random_points(3)
    assert surface == wanted and surface.scale == wanted.scale
    assert same_bits(surface.energy(points), wanted.energy(points))


def several(n=5):
    """Arrays of orders 1, 2 and 3 that belong together."""
    return {1: np.random.default_rng(8).standard_normal(n), 2: symmetric(n, 2, seed=9), 3: symmetric(n, 3, seed=10)}


def test_arrays_of_several_orders_are_one_surface_in_every_form(tmp_path):
    arrays = several()
    surface = hs.Surface(arrays)
    points = surface.random_points(4)
    # L(w) = Σ_p N^{-(p-1)/2} A_p[w, …, w].
    wanted = [
        arrays[1] @ w + w @ arrays[2] @ w / 5**0.5 + np.einsum("ijk,i,j,k->", arrays[3], w, w, w) / 5
        for w in points
    ]
    assert np.allclose(surface.energy(points), wanted, rtol=1e-12, atol=1e-12)
    assert surface.spins == 3 and "orders 1, 2, 3" in repr(surface)
    back = surface.couplings()
    assert list(back) == [1, 2, 3] and all(np.allclose(back[p], arrays[p], rtol=1e-12) for p in arrays)
    again = pickle.loads(pickle.dumps(surface))
    assert again == surface and same_bits(again.energy(points), surface.energy(points))
    files = [tmp_path / f"{p}.npy" for p in arrays]
    for path, array in zip(files, arrays.values(), strict=True):
        np.save(path, array)
    run = hs.sweep(couplings=arrays, starts=30, seed=3)
    assert run.summary().orders == [1, 2, 3] and "orders 1, 2, 3" in str(run.summary())
    for form in (list(arrays.values()), files, ",".join(map(str, files)), dict(zip(arrays, files, strict=True))):
        assert hs.sweep(couplings=form, starts=30, seed=3).summary().content_hash == run.summary().content_hash
        assert run.verify(deep=True, couplings=form).ok
    ends = hs.Surface(arrays, seed=3).descend(30)
    assert same_bits(ends.energy_per_spin, run.records(format="numpy")["energy_per_spin"])
    with ThreadPoolExecutor(1) as executor:
        shared = hs.sweep(couplings=files, starts=30, seed=3, executor=executor)
    assert shared.summary().content_hash == run.summary().content_hash
    census = hs.census(couplings={2: arrays[2], 3: arrays[3]})
    assert "orders 2, 3" in str(census.summary())


def test_a_list_of_rows_is_one_array_and_a_list_of_one_array_is_that_array():
    matrix = symmetric(4, 2, seed=2)
    for form in (list(matrix), matrix.tolist(), [matrix], {2: matrix}):
        assert hs.Surface(form) == hs.Surface(matrix)


SEVERAL = {
    "a wrong order": ({3: np.ones((4, 4))}, r"couplings\[3\] = shape \(4, 4\)"),
    "an order that is none": ({"a": np.ones((4, 4))}, "couplings = a dict with the key 'a'"),
    "order 0": ({0: np.ones(4)}, "couplings = a dict with the key 0"),
    "nothing": ({}, "couplings = {}"),
    "two sizes": ([np.ones(4), np.ones((5, 5))], "dimension"),
    "an order twice": ([np.ones(4), np.ones((4, 4)), np.eye(4)], "one array for each order"),
}


@pytest.mark.parametrize("name", SEVERAL)
def test_arrays_that_do_not_belong_together_are_refused(name):
    arrays, words = SEVERAL[name]
    for call in (lambda: hs.Surface(arrays), lambda: hs.sweep(couplings=arrays, starts=2)):
        with pytest.raises(hs.InputError, match=words):
            call()


def test_the_symmetric_part_is_taken_where_it_is_asked_for():
    raw = np.round(100 * np.random.default_rng(3).standard_normal((4, 4, 4)))
    part = sum(raw.transpose(axes) for axes in itertools.permutations(range(3))) / 6
    surface = hs.Surface(raw, symmetrize=True)
    points = surface.random_points(3)
    assert np.allclose(surface.energy(points), hs.Surface(part).energy(points), rtol=1e-12)
    for call in (lambda: hs.Surface(raw), lambda: hs.sweep(couplings=raw, starts=2)):
        with pytest.raises(hs.InputError) as refused:
            call()
        words = str(refused.value)
        assert words.startswith("couplings = array of shape (4, 4, 4): ") and "symmetrize=True" in words, words
        assert "--" not in words and "[" in words, words
    with pytest.raises(hs.InputError, match="symmetrize = True"):
        hs.Surface(dim=5, symmetrize=True)


SURFACES = {
    "dim = None": {},
    "dim": {"dim": 1},
    "dim = 2.5": {"dim": 2.5},
    "dim = '7'": {"dim": "7"},
    "dim = -3": {"dim": -3},
    "spins": {"dim": 5, "spins": 1},
    "spins = 17|spins": {"dim": 5, "spins": 17},
    "seed = -1": {"dim": 5, "seed": -1},
    "seed = 18446744073709551616": {"dim": 5, "seed": 2**64},
    "instance = -1": {"dim": 5, "instance": -1},
    "instance = True": {"dim": 5, "instance": True},
    "threads = 0": {"dim": 5, "threads": 0},
    "spins = 3: nothing": {"couplings": np.ones((2, 2)), "spins": 3},
    "dim = 2: nothing": {"couplings": np.ones((2, 2)), "dim": 2},
}


@pytest.mark.parametrize("words", SURFACES)
def test_a_surface_that_cannot_be_is_refused(words):
    with pytest.raises(hs.InputError, match=words):
        hs.Surface(**SURFACES[words])


def test_a_surface_that_does_not_fit_is_refused_before_it_is_drawn():
    with pytest.raises(hs.RefusedError, match="of memory"):
        hs.Surface(spins=4, dim=3000)
    with pytest.raises(hs.RefusedError, match="2 GiB|couplings"):
        hs.Surface(spins=4, dim=140).couplings()
