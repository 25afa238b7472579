"""A tensor that is not symmetric, and one that the run keeps."""

from __future__ import annotations

import itertools
import pathlib

import numpy as np
import pytest

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
