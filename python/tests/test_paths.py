"""Barriers between minima."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import hspin as hs


@pytest.fixture(scope="module")
def census(tmp_path_factory: pytest.TempPathFactory) -> hs.Run:
    """Two surfaces."""
    return hs.census(dim=6, instances=2, seed=3, out=tmp_path_factory.mktemp("paths") / "census.run")


def test_barriers_lie_between_the_exact_minimax_energy_and_the_great_circle(census: hs.Run) -> None:
    run = census.paths(dim=6, instance=1)
    assert run.kind == "paths" and run.figures == ["disconnectivity"]
    records = run.records("numpy")
    joined = records["outcome"] == "connected"
    assert joined.any() and len(joined) == len(run.summary().paths)
    barrier, minimax = records["barrier"][joined], records["minimax"][joined]
    assert np.all(barrier >= minimax - 1e-9) and np.all(barrier <= records["great_circle"][joined] + 1e-9)
    assert np.all(barrier > np.maximum(records["energy_a"], records["energy_b"])[joined])
    found = run.bands()
    assert (found.verdict, found.compared, found.below) == ("agrees", int(joined.sum()), 0)
    tree = run.summary().graph
    assert tree.exact and tree.connected and len(tree.merges) == len(tree.minima) - 1
    assert run.verify(deep=True, all=True).ok


def test_a_run_of_paths_grows_and_a_pair_can_be_chosen(census: hs.Run, tmp_path: Path) -> None:
    out = tmp_path / "paths.run"
    first = hs.paths(census, 6, pairs=2, out=out).records("numpy")
    more = hs.paths(census, 6, pairs=3, out=out).records("numpy")
    assert len(more["a"]) == 3
    assert all(np.array_equal(more[name][:2], first[name], equal_nan=first[name].dtype.kind == "f") for name in first)
    a, b = int(more["a"][2]), int(more["b"][2])
    chosen = hs.paths(census, 6, pair=[(a, b)]).records("numpy")
    assert chosen["barrier"][0] == more["barrier"][2]
    with pytest.raises(hs.RefusedError, match="pairs: the run has 3, asked for 2"):
        hs.paths(census, 6, pairs=2, out=out)


def test_what_is_not_allowed_is_named(census: hs.Run) -> None:
    with pytest.raises(hs.InputError, match="instance = 7"):
        census.paths(dim=6, instance=7)
    with pytest.raises(hs.InputError, match="dim = 9"):
        census.paths(dim=9)
    with pytest.raises(hs.InputError, match="two different minima"):
        census.paths(dim=6, pair=[(0, 0)])
    bare = hs.sweep(dims=8, starts=10, protocol="gd", points=False)
    with pytest.raises(hs.InputError, match="keeps the points"):
        bare.paths(dim=8)
    swept = hs.sweep(dims=10, starts=40, protocol="gd")
    with pytest.raises(hs.InputError, match="certified census"):
        swept.paths(dim=10, exact=True)
