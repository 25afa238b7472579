"""Sampling at temperature: the run of the command, its tables and points, its warnings, and an energy that is known."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from shared import told, told_json

import hspin as hs

ASKED = {"dims": [8, 10], "temperatures": [1.0, 1.5, 2.0], "sweeps": 600, "instances": 2, "seed": 3}
FLAGS = ["--dims=8,10", "--temperatures=1.5,1,2", "--sweeps=600", "--instances=2", "--seed=3"]


def content(run: hs.Run) -> str:
    return run.verify().content_hash


def test_a_run_is_that_of_the_command_line(tmp_path):
    run = hs.sample(**ASKED, out=tmp_path / "a.run")
    told("sample", *FLAGS, f"--out={tmp_path / 'b.run'}")
    assert told_json("verify", str(tmp_path / "b.run"))["content_hash"] == content(run)
    assert run.kind == "sample" and run.spec.temperatures == [1.0, 1.5, 2.0]
    assert run.verify(deep=True, all=True).deep.wrong == []
    assert content(hs.sample(**ASKED, out=tmp_path / "a.run")) == content(run)


def test_an_executor_makes_the_same_run(tmp_path):
    alone = hs.sample(**ASKED)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert content(hs.sample(**ASKED, executor=pool, out=tmp_path / "a.run")) == content(alone)


def test_tables_and_points_belong_together():
    run = hs.sample(**ASKED)
    records = run.records("numpy", dim=10, instance=1)
    assert records["temperature"].tolist() == [1.0, 1.5, 2.0]
    points = run.points(10, 1)
    assert points.shape == (6, 10) and np.allclose((points**2).sum(axis=1), 10)
    # The last energies of the series are those of the last points.
    series = run.traces("numpy", dim=10, instance=1)
    last = series["energy_per_spin"][series["sweep"] == 600]
    energies = hs.Surface(spins=3, dim=10, seed=3, instance=1).energy(points) / 10
    assert np.allclose(last, energies, rtol=0, atol=1e-12)
    assert len(run.records("numpy")["temperature"]) == 12
    with pytest.raises(hs.InputError, match="a surface"):
        run.records(instance=2)


def test_the_mean_energy_is_the_annealed_one_less_its_overlaps():
    run = hs.sample(dims=[20], temperatures=[1.5, 2.5], sweeps=2000, instances=20, seed=5)
    for row in run.summary().temperatures:
        assert row.mixed and abs(row.from_overlaps_z) < 5
        assert abs(row.mean - row.annealed) < 5 * row.std_error + 0.02


def test_chains_that_have_not_mixed_are_warned_of():
    with pytest.warns(UserWarning, match="have not mixed"):
        run = hs.sample(dims=[10], temperatures=[0.2, 0.3], sweeps=10)
    with pytest.warns(UserWarning, match="have not mixed"):
        summary = run.summary()
    assert not summary.temperatures[0].mixed and summary.notes


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"temperatures": [0.0, 1.0]}, "temperatures = 0"),
        ({"temperatures": [float("nan"), 1.0]}, "a finite number"),
        ({"temperatures": 1.0}, "no-exchange"),
        ({"sweeps": 0}, "from 1 to"),
    ],
)
def test_what_is_not_allowed_is_named(asked, named):
    with pytest.raises(hs.InputError, match=named):
        hs.sample(**{"dims": [8], "temperatures": [1.0, 2.0], "sweeps": 9, **asked})
