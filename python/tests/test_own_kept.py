"""A tensor that is not symmetric, and one that the run keeps."""

from __future__ import annotations

import itertools
import pathlib

import numpy as np
import pytest
from shared import ran

import hspin as hs


def test_the_symmetric_part_is_taken_where_that_is_asked_for_and_kept(tmp_path: pathlib.Path) -> None:
    raw = np.random.default_rng(3).integers(-50, 50, (5, 5, 5)).astype(np.float64)
    part = sum(raw.transpose(axes) for axes in itertools.permutations(range(3))) / 6
    with pytest.raises(hs.InputError, match="symmetric"):
        hs.sweep(couplings=raw, starts=20)
    path = tmp_path / "kept.run"
    run = hs.sweep(couplings=raw, symmetrize=True, keep_couplings=True, starts=20, out=path)
    np.testing.assert_allclose(run.couplings(5), part, rtol=0, atol=1e-12)
    assert run.summary()["keeps_couplings"]
    # The run goes on without the array, and is the run of the symmetric part.
    grown = hs.sweep(starts=40, out=path)
    other = hs.sweep(couplings=run.couplings(5), starts=40)
    assert grown.verify()["content_hash"] == other.verify()["content_hash"]


def test_a_run_on_a_symmetric_part_is_verified_deeply_from_the_array_that_was_given(tmp_path: pathlib.Path) -> None:
    raw = np.random.default_rng(4).integers(-50, 50, (5, 5, 5)).astype(np.float64)
    path, file = tmp_path / "part.run", tmp_path / "raw.npy"
    np.save(file, raw)
    run = hs.sweep(couplings=raw, symmetrize=True, starts=20, out=path)
    for given in (raw, file, np.asfortranarray(raw)):
        found = run.verify(deep=True, all=True, couplings=given, symmetrize=True)
        assert found.ok and found.deep == {"tried": 20, "rerun": 20, "wrong": []}, found
    assert ran("verify", str(path), "--deep", "--all", f"--couplings={file}", "--symmetrize").returncode == 0
    # As it is, the array is not symmetric; another array has another symmetric part.
    with pytest.raises(hs.InputError, match="symmetrize=True"):
        run.verify(deep=True, couplings=raw)
    other = raw.copy()
    other[0, 1, 2] += 6
    with pytest.raises(hs.Error, match="couplings"):
        run.verify(deep=True, couplings=other, symmetrize=True)
    # What differs by an antisymmetric part only has the same one.
    same = raw.copy()
    same[0, 1, 2] += 6
    same[2, 1, 0] -= 6
    assert run.verify(deep=True, all=True, couplings=same, symmetrize=True).ok
    with pytest.raises(hs.InputError, match="couplings"):
        run.verify(deep=True, symmetrize=True)
    # A run that keeps its couplings needs none.
    kept = hs.sweep(couplings=raw, symmetrize=True, keep_couplings=True, starts=20)
    assert kept.verify(deep=True, all=True).ok
