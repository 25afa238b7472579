"""Dynamics as Λ → ∞ against the command line, and an equation of their own."""

from __future__ import annotations

import numpy as np
import pytest
from shared import told_json

import hspin as hs


def test_numbers_are_those_of_the_command():
    wanted = told_json("theory", "dynamics", "--mixture=2:0.5,3:0.5", "--temperature=0.3", "--time=0.5,1.5", "--waiting=1,0.25")
    found = hs.theory.dynamics(mixture={2: 0.5, 3: 0.5}, time=[0.5, 1.5], temperature=0.3, waiting=[1, 0.25])
    assert found.mixture == {2: 0.5, 3: 0.5} and found.spins is None
    assert (found.temperature, found.start_temperature) == (wanted["temperature"], wanted["start_temperature"])
    keys = {"energy": "energy", "energy_error": "error", "overlap": "overlap", "overlap_error": "overlap_error"}
    for name, key in (keys | {"time": "time", "multiplier": "multiplier"}).items():
        assert getattr(found, name).tolist() == [value[key] for value in wanted["values"]], name
    assert [[pair["waiting"] for pair in value["waiting"]] for value in wanted["values"]] == [[0.25], [1.0, 0.25]]
    assert np.isnan(found.correlation[0, 0]) and np.isnan(found.response[0, 0])
    known = wanted["values"][1]["waiting"]
    assert found.correlation[1].tolist() == [pair["correlation"] for pair in known]
    assert found.response[1].tolist() == [pair["response"] for pair in known]


def test_a_field_turns_the_point_to_it():
    times = np.linspace(0, 5, 11)
    found = hs.theory.dynamics(mixture={1: 1.0}, time=times)
    assert np.allclose(found.energy, -np.tanh(times), atol=2e-6)


def test_equilibrium_stays():
    found = hs.theory.dynamics(3, [1.0, 2.0], temperature=1.0, start_temperature=1.0)
    assert np.allclose(found.energy, -1.0, atol=1e-5)


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"time": [2, 1]}, "time"),
        ({"time": [-1]}, "time"),
        ({"time": ["x"]}, "time"),
        ({"time": [[1.0]]}, "time"),
        ({"time": [1], "temperature": -1}, "temperature"),
        ({"time": [1], "temperature": [1, 2]}, "temperature"),
        ({"time": [1], "start_temperature": 0.5}, "start"),
        ({"time": [1e9]}, "time"),
        ({}, "time"),
    ],
    ids=str,
)
def test_wrong_input_is_named(asked, named):
    with pytest.raises(hs.InputError, match=named):
        hs.theory.dynamics(3, **asked)
