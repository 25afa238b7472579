"""Runs on mixtures, laws and spikes: those of the command line, of surfaces at hand, and of executors."""

from __future__ import annotations

import math
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
from shared import same_bits, same_table, told, told_json

import hspin as hs
from hspin import _executor

MODELS = {
    "mixture": {"mixture": {2: 0.5, 3: 0.5}},
    "field": {"mixture": {1: 0.2, 3: 0.8}},
    "law": {"spins": 3, "law": "sign"},
    "spike": {"spins": 3, "spike": 1.3},
    "all": {"mixture": {2: 0.5, 4: 0.25}, "spike": (2.0, 3), "law": "uniform"},
}
FLAGS = {
    "mixture": ["--mixture=2:.5,3:.5"],
    "field": ["--mixture=1:.2,3:.8"],
    "law": ["--spins=3", "--law=sign"],
    "spike": ["--spike=1.3"],
    "all": ["--mixture=2:.5,4:.25", "--spike=2:3", "--law=uniform"],
}
METHODS = {
    "gd": {"protocol": "gd"},
    "sgd": {"protocol": "sgd", "samples": 2},
    "fast": {"protocol": "fast"},
    "saddle": {"protocol": "saddle"},
    "anneal": {"protocol": "anneal", "sweeps": 30},
}


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest) -> str:
    return request.param


def pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(2, mp_context=get_context("spawn"))


def content(run: hs.Run) -> str:
    return run.verify(deep=False).content_hash


def test_a_sweep_is_that_of_the_command_line(model, tmp_path):
    sizes = {"dims": [8, 11], "starts": 25, "instances": 2, "seed": 3}
    run = hs.sweep(**sizes, **MODELS[model], out=tmp_path / "a.run")
    flags = ["--dims=8,11", "--starts=25", "--instances=2", "--seed=3"]
    told("sweep", *flags, *FLAGS[model], f"--out={tmp_path / 'b.run'}")
    assert told_json("verify", str(tmp_path / "b.run"))["content_hash"] == content(run)
    # The same call goes on with it.
    assert content(hs.sweep(**sizes, **MODELS[model], out=tmp_path / "a.run")) == content(run)
    records = run.records("numpy")
    assert np.isfinite(records["radial_slope"]).all()
    assert np.isfinite(records["spike_overlap"]).all() == ("spike" in MODELS[model])


@pytest.mark.parametrize("method", METHODS)
def test_a_descent_has_the_records_and_points_of_a_sweep(model, method):
    how = METHODS[method]
    run = hs.sweep(**MODELS[model], dims=[7, 10], starts=12, instances=2, seed=6, trace=True, **how)
    surface = hs.Surface(**MODELS[model], dim=10, seed=6, instance=1)
    found = surface.descend(12, trace=True, **how)
    same_table(found.records("numpy"), run.records("numpy", dim=10, instance=1))
    same_table(found.traces("numpy"), run.traces("numpy", dim=10, instance=1))
    assert same_bits(found.points, run.points(10, 1))
    assert np.allclose(found.radial_slope, surface.radial_slope(found.points), rtol=1e-9, atol=1e-9)


def test_arrays_of_a_run_are_those_of_the_surface_and_of_the_export(model, tmp_path):
    run = hs.sweep(**MODELS[model], dims=6, starts=2, instances=2)
    surface = hs.Surface(**MODELS[model], dim=6, instance=1)
    found, wanted = run.couplings(6, 1), surface.couplings()
    assert type(found) is type(wanted)
    found, wanted = (x if isinstance(x, dict) else {None: x} for x in (found, wanted))
    assert list(found) == list(wanted) and all(same_bits(found[p], wanted[p]) for p in found)
    has_spike = surface.spike is not None
    files = run.export(tmp_path / "out", dim=6, instance=1, couplings=True, spike=has_spike, points=True)
    for order, array in found.items():
        name = "couplings.npy" if order is None else f"couplings-{order}.npy"
        assert same_bits(np.load(tmp_path / "out" / name), array)
    assert ((tmp_path / "out" / "spike.npy") in files) == has_spike
    if has_spike:
        vector = run.hidden_vector(6, 1)
        assert same_bits(vector, surface.hidden_vector)
        assert same_bits(np.load(tmp_path / "out" / "spike.npy"), vector)
    else:
        with pytest.raises(hs.InputError, match="spike = none: a run with a spike"):
            run.hidden_vector(6, 1)


@pytest.mark.parametrize("name", ["gd", "sgd", "fast", "anneal"])
def test_from_the_starts_as_points_the_ends_are_the_same(model, name):
    surface = hs.Surface(**MODELS[model], dim=10, seed=8)
    wanted = surface.descend(20, **METHODS[name])
    found = surface.descend(points=surface.random_points(20), **METHODS[name])
    assert np.abs(found.points - wanted.points).max() <= 1e-8
    assert list(found.records("numpy")) == list(wanted.records("numpy"))
    assert np.allclose(found.radial_slope, wanted.radial_slope, rtol=1e-9, atol=1e-9)
    assert np.allclose(found.spike_overlap, wanted.spike_overlap, rtol=0, atol=1e-8, equal_nan=True)
    assert (found.index == wanted.index).all() and (found.outcome == wanted.outcome).all()
    assert (found.steps == wanted.steps).all()


def test_starts_begin_at_the_overlap_that_is_asked_for():
    surface = hs.Surface(spins=3, spike=1.3, dim=30, seed=2)
    run = hs.sweep(spins=3, spike=1.3, dims=30, starts=20, seed=2, start_overlap=0.9)
    found = surface.descend(20, start_overlap=0.9)
    same_table(found.records("numpy"), run.records("numpy"))
    # Near the hidden vector they stay there; some random starts do not find it.
    assert (run.records("numpy")["spike_overlap"] > 0.6).all()
    assert (np.abs(surface.descend(20).spike_overlap) < 0.6).any()
    begun = surface.random_points(20, overlap=0.9)
    assert np.abs(surface.descend(points=begun).points - found.points).max() <= 1e-7
    # Of the first step of gd: the trace begins at the energy of the starts.
    traced = hs.sweep(spins=3, spike=1.3, dims=30, starts=20, seed=2, start_overlap=-0.4, protocol="gd", trace=True)
    traces = traced.traces("numpy")
    first = traces["energy_per_spin"][traces["step"] == traces["step"].min()]
    energies = surface.energy(surface.random_points(20, overlap=-0.4)) / 30
    assert np.abs(first - energies).max() <= 0.05 and traces["step"].min() <= 1


@pytest.mark.parametrize("as_path", [False, True])
def test_starts_from_points_are_those_of_the_command_line(as_path, tmp_path):
    surface = hs.Surface(mixture={2: 0.5, 3: 0.5}, dim=9, seed=5)
    points, path = surface.random_points(15), tmp_path / "points.npy"
    np.save(path, points)
    given = path if as_path else points.astype(np.float64).T.copy().T
    keywords = {"mixture": {2: 0.5, 3: 0.5}, "seed": 5, "protocol": "gd"}
    run = hs.sweep(**keywords, starts_from=given, out=tmp_path / "a.run")
    told("sweep", "--mixture=2:.5,3:.5", "--seed=5", "--protocol=gd", f"--starts-from={path}", f"--out={tmp_path / 'b.run'}")
    assert content(run) == told_json("verify", str(tmp_path / "b.run"))["content_hash"]
    # Points that random starts begin at lead where these end.
    wanted = surface.descend(15, protocol="gd")
    assert np.abs(run.points(9) - wanted.points).max() <= 1e-9 and len(run.records("numpy")["energy"]) == 15
    assert run.verify(deep=True, all=True, starts_from=given).ok
    with pytest.raises(hs.RefusedError, match="starts-from"):
        run.verify(deep=True)
    with pytest.raises(hs.RefusedError, match="starts-from"):
        run.verify(deep=True, starts_from=surface.random_points(14))
    # It goes on on other surfaces from the same points.
    grown = hs.sweep(**keywords, starts_from=given, instances=2, out=tmp_path / "a.run")
    assert len(grown.records("numpy")["energy"]) == 30
    one = hs.sweep(**keywords, starts_from=points[3])
    assert same_bits(one.points(9), run.points(9)[3:4])


def test_executors_carry_out_such_runs(tmp_path):
    points = hs.Surface(dim=9).random_points(60)
    sweep = {**MODELS["all"], "dims": [8, 9], "starts": 60, "instances": 2, "start_overlap": 0.4}
    given = {**MODELS["mixture"], "starts_from": points, "instances": 2}
    census = {"spins": 3, "law": "sign", "spike": 1.3, "dim": 4, "instances": 3}
    with pool() as executor:
        assert content(hs.sweep(**sweep, executor=executor)) == content(hs.sweep(**sweep))
        assert content(hs.sweep(**given, executor=executor)) == content(hs.sweep(**given))
        assert content(hs.census(**census, executor=executor)) == content(hs.census(**census))


def test_a_worker_that_does_not_find_a_file_says_what_to_do():
    with pytest.raises(hs.InputError, match="starts_from = /no/points.npy: .*every worker.*share"):
        _executor.work("surfaces", "{}", b"", {"couplings": None, "starts_from": "/no/points.npy", "data": None})


def test_points_that_are_none_are_refused(tmp_path):
    points = hs.Surface(dim=6).random_points(4)
    for given, message in (
        (1.001 * points, "starts-from = off the sphere: .* that of row 0"),
        (np.full((2, 6), math.nan), "starts-from"),
        (points[None], r"starts_from = shape \(1, 4, 6\): points of shape"),
        (points.astype(complex), "starts_from = dtype complex128: real numbers"),
        (["a", "b"], "starts_from = dtype"),
        ("/no/points.npy", "/no/points.npy"),
    ):
        with pytest.raises(hs.InputError, match=message):
            hs.sweep(starts_from=given, out=tmp_path / "a.run")
    with pytest.raises(hs.InputError, match="dims = .*: 6, as the points have"):
        hs.sweep(starts_from=points, dims=7, out=tmp_path / "a.run")
    with pytest.raises(hs.InputError, match="starts = 5: at most 4"):
        hs.sweep(starts_from=points, starts=5, out=tmp_path / "a.run")
    with pytest.raises(hs.InputError, match="start-overlap = 0.3: nothing without a spike"):
        hs.sweep(start_overlap=0.3, dims=6, out=tmp_path / "a.run")
    with pytest.raises(hs.InputError, match="start-overlap"):
        hs.sweep(start_overlap=0.3, starts_from=points, spike=1.0, out=tmp_path / "a.run")
    assert not list(Path(tmp_path).iterdir())


def test_a_run_of_another_model_is_not_gone_on_with(tmp_path):
    sizes = {"dims": 6, "starts": 3, "out": tmp_path / "a.run"}
    hs.sweep(**sizes, **MODELS["all"])
    for other in ({"mixture": {2: 0.5, 4: 0.3}}, {"law": "sign"}, {"spike": 1.9}, {"start_overlap": 0.2}):
        with pytest.raises(hs.RefusedError, match="the run has"):
            hs.sweep(**sizes, **{**MODELS["all"], **other})


def census_is_that_of_the_surface(model: dict, dim: int) -> None:
    run = hs.census(**model, dim=dim, instances=2)
    surface = hs.Surface(**model, dim=dim, instance=1)
    found = surface.critical_points()
    same_table(found.records("numpy"), run.records("numpy", instance=1))
    assert same_bits(found.points, run.points(dim, 1))
    assert found.certified and len(found) > 0
    assert np.abs(surface.gradient(found.points)).max() <= 1e-7
    assert np.allclose(surface.radial_slope(found.points), found.radial_slope, rtol=1e-7, atol=1e-7)
    # Indices alternate as on every sphere: the sum of their signs is its Euler characteristic.
    assert ((-1.0) ** np.asarray(found.index)).sum() == (2 if dim % 2 else 0)


@pytest.mark.parametrize("name", ["law", "spike"])
def test_a_census_of_one_order_with_a_law_or_a_spike(name):
    census_is_that_of_the_surface(MODELS[name], 5)


@pytest.mark.parametrize("name", ["mixture", "field", "all"])
def test_a_census_of_a_mixture(name):
    census_is_that_of_the_surface(MODELS[name], 4)
