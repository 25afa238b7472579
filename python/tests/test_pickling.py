"""What can be sent to another process or copied, and what comes out there."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from shared import same_bits, same_table, symmetric

import hspin as hs

WAYS = {
    "pickle": lambda it: pickle.loads(pickle.dumps(it)),
    "oldest pickle": lambda it: pickle.loads(pickle.dumps(it, 2)),
    "copy": copy.copy,
    "deep copy": copy.deepcopy,
}


@pytest.fixture(params=WAYS)
def sent(request: pytest.FixtureRequest):
    return WAYS[request.param]


def test_a_random_surface_is_sent_as_its_name(sent):
    surface = hs.Surface(spins=4, dim=9, seed=2**63 + 5, instance=7)
    other = sent(surface)
    assert other == surface and hash(other) == hash(surface) and repr(other) == repr(surface)
    assert same_bits(other.couplings(), surface.couplings())
    assert len(pickle.dumps(surface)) < 200
    assert eval(repr(surface), {"hspin": hs}) == surface


def test_a_surface_of_an_array_is_sent_with_it(sent):
    array = 12.5 * symmetric(8, 3, seed=1)
    surface = hs.Surface(array, seed=4)
    other = sent(surface)
    points = surface.random_points(4)
    assert other == surface and hash(other) == hash(surface) and other.scale == surface.scale
    assert same_bits(other.energy(points), surface.energy(points))
    same_table(other.descend(5).records("numpy"), surface.descend(5).records("numpy"))


def test_surfaces_that_differ_are_not_equal():
    array = symmetric(5, 3, seed=1)
    surfaces = [hs.Surface(dim=5), hs.Surface(dim=6), hs.Surface(dim=5, spins=4), hs.Surface(dim=5, seed=2)]
    surfaces += [hs.Surface(dim=5, instance=1), hs.Surface(array), hs.Surface(array, seed=2), hs.Surface(2 * array)]
    for at, one in enumerate(surfaces):
        assert [one == other for other in surfaces] == [at == k for k in range(len(surfaces))]
    assert surfaces[0] != "surface" and len(set(surfaces)) == len(surfaces)


def test_starts_are_sent_with_all_they_have(sent):
    surface = hs.Surface(dim=10)
    for starts in (
        surface.descend(6, protocol="gd", trace=True),
        surface.descend(points=surface.random_points(4), protocol="gd"),
        hs.Surface(dim=5).critical_points(),
    ):
        other = sent(sent(starts))
        same_table(other.records("numpy"), starts.records("numpy"))
        same_table(other.traces("numpy"), starts.traces("numpy"))
        assert same_bits(other.points, starts.points) and len(other) == len(starts)
        assert other.facts == starts.facts and other.certified == starts.certified and other.scale == starts.scale
        assert other.records("arrow").equals(starts.records("arrow"))
        assert other.records("polars").equals(starts.records("polars"))
        assert other.records("polars").schema == starts.records("polars").schema
        assert other.records("pandas").equals(starts.records("pandas"))
        assert (other.records("pandas").dtypes == starts.records("pandas").dtypes).all()
        assert repr(other) == repr(starts) and (other.index == starts.index).all()


def test_points_of_starts_are_ones_own():
    starts = pickle.loads(pickle.dumps(hs.Surface(dim=10).descend(3, protocol="gd")))
    starts.points[:] = 0
    assert (starts.points != 0).all()


def test_a_run_is_sent_as_its_path(sent, swept):
    run = hs.open(swept)
    other = sent(run)
    assert other.path == run.path and other.kind == run.kind
    same_table(other.records("numpy"), run.records("numpy"))


def test_a_copy_does_not_take_the_file_along(sent):
    run = hs.sweep(dims=6, starts=2, protocol="gd")
    try:
        other = sent(run)
    except hs.InputError as refused:
        # Its file would be gone by the time that it arrives.
        assert "temporary" in str(refused)
    else:
        assert other is run
        del other
    assert len(run.records()) == 2


def test_theory_is_sent(sent):
    count = hs.theory.mean_count(3, 10, below=[-1.6, np.inf])
    other = sent(count)
    assert same_bits(other.mean, count.mean) and same_bits(other.density([-1.0]), count.density([-1.0]))
    circle = hs.Surface(dim=5).great_circle(np.ones(5), np.arange(5.0))
    assert same_bits(sent(circle).energy, circle.energy)


def test_results_of_theory_do_not_change():
    thresholds = hs.theory.thresholds(3)
    with pytest.raises(AttributeError):
        thresholds.e_inf = 2
