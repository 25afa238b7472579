"""Calls against the command in a process of its own: the same records to the bit, the same JSON, the same content."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from shared import same_bits, symmetric, told, told_json, without_times

import hspin as hs

SMALL = {"dims": [6, 11], "starts": 12, "instances": 2, "seed": 3}
#: What is asked for, beside SMALL.
SWEEPS = {
    "gd": {"protocol": "gd"},
    "sgd": {"protocol": "sgd", "samples": 3},
    "fast": {"protocol": "fast", "trace": True},
    "saddle": {"protocol": "saddle"},
    "anneal": {"protocol": "anneal", "sweeps": 30},
    "traces": {"protocol": "gd", "trace": True},
    "without points": {"protocol": "gd", "points": False},
    "order 4": {"protocol": "gd", "spins": 4},
    "order 2": {"protocol": "gd", "spins": 2},
}


def flags(keywords: dict) -> list[str]:
    """Keywords as a person types them."""
    typed = []
    for key, value in keywords.items():
        if key == "points":
            typed += [] if value else ["--no-points"]
        elif value is True:
            typed.append(f"--{key}")
        else:
            typed.append(f"--{key.replace('_', '-')}={','.join(map(str, value)) if isinstance(value, list) else value}")
    return typed


def table(run: Path, out: Path) -> dict[str, list[str]]:
    """Columns of the records that the command exports."""
    told("export", str(run), f"--out={out}")
    with next(out.glob("*.csv")).open() as file:
        rows = list(csv.reader(file))
    return {name: [row[at] for row in rows[1:]] for at, name in enumerate(rows[0])}


def same_as_csv(found: dict, wanted: dict[str, list[str]]) -> None:
    """Fails where a column is not that of the command's table; floats round-trip."""
    names = {"morse_index": "index"}
    # The index has both its names in CSV.
    assert [names.get(name, name) for name in found] == [name for name in wanted if name != "morse_index"]
    assert wanted["morse_index"] == wanted["index"]
    for name, values in found.items():
        texts = wanted[names.get(name, name)]
        if values.dtype.kind == "f":
            assert same_bits(values, np.array([float(text) if text else np.nan for text in texts])), name
        else:
            assert [str(value) if known else "" for value, known in known_or_not(values)] == texts, name


def known_or_not(values: np.ndarray) -> list[tuple]:
    return list(zip(np.ma.getdata(values), ~np.ma.getmaskarray(values), strict=True))


@pytest.mark.parametrize("name", SWEEPS)
def test_a_sweep_is_that_of_the_command(name, tmp_path):
    keywords = SMALL | SWEEPS[name]
    other = tmp_path / "command.run"
    told("sweep", f"--out={other}", *flags(keywords))
    run = hs.sweep(**keywords)
    assert run.kind == "sweep"
    assert run.verify() == told_json("verify", str(other))
    assert run.verify(deep=True, all=True, sample_seed=1).ok
    same_as_csv(run.records("numpy"), table(other, tmp_path / "out"))
    if name in ("traces", "order 2"):
        assert without_times(run.summary()) == without_times(told_json("show", str(other)))


def test_a_sweep_of_an_array_is_that_of_its_file(tmp_path):
    array = 12.5 * symmetric(9, 3, seed=1)
    np.save(tmp_path / "own.npy", array)
    other = tmp_path / "command.run"
    told("sweep", f"--couplings={tmp_path / 'own.npy'}", "--starts=20", "--protocol=gd", f"--out={other}")
    wanted = told_json("verify", str(other))
    for couplings in (array, tmp_path / "own.npy", str(tmp_path / "own.npy"), np.asfortranarray(array), array.tolist()):
        run = hs.sweep(couplings=couplings, starts=20, protocol="gd")
        assert run.verify() == wanted
    same_as_csv(run.records("numpy"), table(other, tmp_path / "out"))
    assert without_times(run.summary()) == without_times(told_json("show", str(other)))


def test_another_sweep_has_another_content():
    one, other = (hs.sweep(dims=8, starts=5, protocol="gd", seed=seed).verify() for seed in (1, 2))
    assert one.content_hash != other.content_hash


def test_a_census_is_that_of_the_command(counted, tmp_path):
    run = hs.census(spins=3, dim=5, instances=21, seed=2)
    assert run.kind == "census"
    assert run.verify() == told_json("verify", str(counted))
    assert without_times(run.summary()) == without_times(told_json("show", str(counted)))
    same_as_csv(run.records("numpy"), table(counted, tmp_path))
    printed = told_json("census", "--spins=3", "--dim=5", "--instances=21", "--seed=2")
    records = run.records("numpy")
    for instance in printed["instances"]:
        here = records["instance"] == instance["instance"]
        assert here.sum() == instance["real"]
        found = [records["energy_per_spin"][here & (records["morse_index"] == k)].tolist() for k in range(5)]
        assert found == instance["energies_per_spin"]


def test_a_census_of_an_array_is_that_of_its_file(tmp_path):
    array = symmetric(5, 3, seed=1)
    np.save(tmp_path / "own.npy", array)
    other = tmp_path / "command.run"
    told("census", f"--couplings={tmp_path / 'own.npy'}", f"--out={other}")
    assert hs.census(couplings=array).verify() == told_json("verify", str(other))


def test_networks_are_those_of_the_command(trained, tmp_path):
    run = hs.networks.sweep(hidden=[4, 6, 8, 10], networks=6, epochs=3, digits=200, index=2, index_hidden=6, seed=3)
    assert run.kind == "networks"
    assert run.verify() == told_json("verify", str(trained))
    assert without_times(run.summary()) == without_times(told_json("show", str(trained)))
    same_as_csv(run.records("numpy"), table(trained, tmp_path))


def test_annealed_networks_are_those_of_the_command(tmp_path):
    other = tmp_path / "command.run"
    asked = {"hidden": 3, "networks": 2, "protocol": "anneal", "sweeps": 1, "digits": 50, "kept": 0.25, "index": 0}
    told("networks", "sweep", *flags(asked), f"--out={other}")
    assert hs.networks.sweep(**asked).verify() == told_json("verify", str(other))


def test_a_run_of_the_command_opens_with_its_spec(swept, own):
    spec = hs.open(swept).spec
    assert (spec.dims, spec.starts, spec.instances, spec.seed, spec.trace) == ([8, 14], 20, 3, 4, True)
    assert spec.descent.method == "gd"
    assert hs.open(own[0]).spec.couplings != "random"


def test_a_file_of_keywords_is_read(tmp_path):
    file = tmp_path / "keys.toml"
    file.write_text('dims = [7]\nstarts = 6\nprotocol = "gd"\n')
    assert hs.sweep(config=file).verify() == hs.sweep(dims=7, starts=6, protocol="gd").verify()
    # Keywords win.
    assert len(hs.sweep(config=file, starts=4).records("numpy")["start"]) == 4


def test_a_run_grows_and_stays_what_it_was(tmp_path):
    out = tmp_path / "grown.run"
    hs.sweep(dims=[6], starts=10, protocol="gd", out=out)
    run = hs.sweep(dims=[6, 11], starts=12, instances=2, seed=1, protocol="gd", out=out)
    assert run.verify() == hs.sweep(**SMALL | {"protocol": "gd", "seed": 1}).verify()
    assert run.path == out


def test_numbers_of_numpy_are_numbers():
    keywords = {"dims": np.array([6, 7]), "starts": np.int32(5), "seed": np.uint64(2**63), "instances": 1e0}
    run = hs.sweep(protocol="gd", trace=np.True_, **keywords)
    assert (run.spec.dims, run.spec.starts, run.spec.seed, run.spec.trace) == ([6, 7], 5, 2**63, True)
    assert hs.sweep(dims=range(5, 8), starts=2, protocol="gd").spec.dims == [5, 6, 7]
    assert hs.sweep(dims="5,6", starts=2, protocol="gd").spec.dims == [5, 6]
