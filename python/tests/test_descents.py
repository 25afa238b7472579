"""Descents and critical points of a surface are those of a run on it."""

from __future__ import annotations

import numpy as np
import pytest
from shared import same_bits, same_table, symmetric

import hspin as hs

METHODS = {
    "gd": {"protocol": "gd"},
    "sgd": {"protocol": "sgd", "samples": 2},
    "fast": {"protocol": "fast"},
    "saddle": {"protocol": "saddle"},
    "anneal": {"protocol": "anneal", "sweeps": 30},
}


@pytest.fixture(scope="module", params=METHODS)
def method(request: pytest.FixtureRequest) -> dict:
    return METHODS[request.param]


@pytest.mark.parametrize("instance", [0, 2])
def test_a_descent_has_the_records_and_points_of_a_sweep(method, instance):
    run = hs.sweep(spins=3, dims=[9, 13], starts=15, instances=3, seed=6, trace=True, **method)
    surface = hs.Surface(spins=3, dim=13, seed=6, instance=instance)
    found = surface.descend(15, trace=True, **method)
    same_table(found.records("numpy"), run.records("numpy", dim=13, instance=instance))
    same_table(found.traces("numpy"), run.traces("numpy", dim=13, instance=instance))
    assert same_bits(found.points, run.points(13, instance))
    assert same_bits(surface.couplings(), run.couplings(13, instance))
    # Another surface has others.
    other = run.records("numpy", dim=13, instance=1)
    assert not same_bits(found.energy, other["energy"])


def test_fewer_starts_are_the_first_of_more(method):
    surface = hs.Surface(spins=3, dim=10)
    few, more = surface.descend(4, **method), surface.descend(9, **method)
    assert same_bits(few.points, more.points[:4])
    assert (len(few), len(more)) == (4, 9)


def test_a_descent_on_an_array_has_the_records_of_a_sweep(method):
    array = 12.5 * symmetric(9, 3, seed=1)
    run, surface = hs.sweep(couplings=array, starts=15, seed=2, **method), hs.Surface(array, seed=2)
    found = surface.descend(15, **method)
    same_table(found.records("numpy"), run.records("numpy"))
    assert same_bits(found.points, run.points(9))
    # In the units of the array.
    assert np.allclose(found.energy, surface.energy(found.points), rtol=1e-12)
    assert found.scale == surface.scale == run.records("numpy")["scale"][0]


@pytest.mark.parametrize("name", ["gd", "sgd", "fast", "anneal"])
@pytest.mark.parametrize("order", [2, 3, 4])
def test_from_the_starts_as_points_the_ends_are_the_same(name, order):
    surface = hs.Surface(spins=order, dim=10, seed=8)
    wanted = surface.descend(20, **METHODS[name])
    found = surface.descend(points=surface.random_points(20), **METHODS[name])
    assert np.abs(found.points - wanted.points).max() <= 1e-9
    assert np.allclose(found.energy, wanted.energy, rtol=1e-12)
    assert (found.index == wanted.index).all() and (found.outcome == wanted.outcome).all()
    assert (found.steps == wanted.steps).all() and (found.distinct == wanted.distinct).all()
    assert list(found.records("numpy")) == list(wanted.records("numpy"))
    # What a run knows of the way is not known here.
    assert np.isnan(found.descent_energy_per_spin).all()


def test_from_points_on_an_array_energies_are_those_of_the_array():
    surface = hs.Surface(12.5 * symmetric(9, 3, seed=1))
    found = surface.descend(points=surface.random_points(5), protocol="gd")
    assert np.allclose(found.energy, surface.energy(found.points), rtol=1e-12)
    wanted = surface.descend(5, protocol="gd")
    assert np.allclose(found.min_eigenvalue, wanted.min_eigenvalue, rtol=1e-9)


def test_from_given_points_searches_end_at_critical_points():
    surface = hs.Surface(spins=3, dim=10)
    found = surface.descend(points=surface.random_points(20), protocol="saddle")
    done = found.outcome == "converged"
    assert done.sum() >= 15
    assert np.abs(surface.gradient(found.points[done])).max() <= 1e-8
    assert (np.sum(surface.spectrum(found.points[done]) < 0, axis=1) == found.index[done]).all()


def test_ends_are_minima_with_the_index_and_eigenvalue_of_their_spectrum():
    surface = hs.Surface(spins=3, dim=16)
    found = surface.descend(30, protocol="gd")
    assert (found.outcome == "converged").all()
    spectra = surface.spectrum(found.points)
    assert np.allclose(spectra[:, 0], found.min_eigenvalue, rtol=1e-8)
    assert (found.index == 0).all() and (found.index == found.morse_index).all()
    norms = np.linalg.norm(surface.gradient(found.points), axis=1) / 4
    assert (norms <= 1e-10).all() and (found.gradient_norm <= 1e-10).all()
    assert np.allclose(found.energy_per_spin, surface.energy(found.points) / 16, rtol=1e-13)
    # Downhill from where they began.
    assert (found.energy < surface.energy(surface.random_points(30))).all()


@pytest.mark.parametrize("instance", [0, 2])
def test_critical_points_are_those_of_the_census(instance):
    census = hs.census(spins=3, dim=6, instances=3, seed=5)
    surface = hs.Surface(spins=3, dim=6, seed=5, instance=instance)
    found = surface.critical_points()
    same_table(found.records("numpy"), census.records("numpy", instance=instance))
    assert same_bits(found.points, census.points(6, instance))
    assert found.certified is True and len(found) == found.facts["real"]
    assert found.facts["complex"] == found.facts["expected_complex"] == 63
    # −w is there for each w.
    energies = np.sort(found.energy)
    assert np.allclose(energies, -energies[::-1], rtol=1e-9)


def test_critical_points_at_order_two_are_eigenvectors():
    surface = hs.Surface(spins=2, dim=12)
    matrix = surface.couplings()
    found = surface.critical_points()
    wanted = np.repeat(np.linalg.eigvalsh(matrix), 2) * 12**0.5
    assert np.allclose(found.energy, wanted, rtol=1e-11, atol=1e-11)
    assert np.bincount(found.index).tolist() == [2] * 12
    assert surface.descend(3, protocol="gd").certified is None


def test_critical_points_of_an_array_are_in_its_units():
    array = 12.5 * symmetric(5, 3, seed=1)
    found, surface = hs.Surface(array).critical_points(), hs.Surface(array)
    assert np.allclose(found.energy, surface.energy(found.points), rtol=1e-10, atol=1e-9)
    same_table(found.records("numpy"), hs.census(couplings=array).records("numpy"))


def test_no_points_end_nowhere():
    surface = hs.Surface(spins=3, dim=10)
    found = surface.descend(points=np.empty((0, 10)))
    assert len(found) == 0 and found.points.shape == (0, 10) and len(found.records("numpy")["energy"]) == 0


def test_one_point_alone_is_one_start():
    surface = hs.Surface(spins=3, dim=10)
    w = surface.random_points(1)[0]
    found = surface.descend(points=w, protocol="gd")
    assert len(found) == 1 and same_bits(found.points, surface.descend(points=w[None], protocol="gd").points)


def test_what_cannot_be_asked_for_is_refused():
    surface = hs.Surface(spins=3, dim=10)
    points = surface.random_points(2)
    for words, call in {
        "starts = 0: a whole number from 1": lambda: surface.descend(0),
        "starts = 3: nothing where points are given": lambda: surface.descend(3, points),
        "protocol": lambda: surface.descend(3, protocol="newton"),
        "trace": lambda: surface.descend(points=points, trace=True),
        "samples": lambda: surface.descend(3, samples=0),
        "sweeps": lambda: surface.descend(3, protocol="gd", sweeps=5),
        "threads = 0": lambda: surface.descend(3, threads=0),
        "starts = 2.5": lambda: surface.descend(2.5),
        "starts = True": lambda: surface.descend(True),
        "starts = -1": lambda: surface.descend(-1),
        "paths": lambda: hs.Surface(spins=3, dim=60).critical_points(),
    }.items():
        with pytest.raises(hs.InputError, match=words):
            call()


def test_a_name_that_is_no_column_is_an_attribute_error():
    found = hs.Surface(spins=3, dim=10).descend(2, protocol="gd")
    with pytest.raises(AttributeError, match="no 'enrgy'; there are spins, dim"):
        _ = found.enrgy
    assert "energy_per_spin" in dir(found) and "energy_per_spin" in repr(found)
