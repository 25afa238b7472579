"""Figures and tables of several runs side by side."""

from __future__ import annotations

import inspect
import pathlib

import numpy as np
import pytest
from shared import refused, told, told_json

import hspin as hs

STRENGTHS = (3.0, 0.9, 1.5)


@pytest.fixture(scope="module")
def spiked(tmp_path_factory: pytest.TempPathFactory) -> list[hs.Run]:
    """Descents with spikes of three strengths."""
    folder = tmp_path_factory.mktemp("spiked")
    return [
        hs.sweep(spike=strength, dims=[8, 12], starts=20, instances=3, out=folder / f"{strength}.run")
        for strength in STRENGTHS
    ]


@pytest.mark.parametrize("name", ["spike-overlap", "spike-histograms"])
def test_a_figure_of_several_runs_is_the_one_of_the_command_line(
    spiked: list[hs.Run], name: str, tmp_path: pathlib.Path
) -> None:
    flags = [f"--run={run.path}" for run in spiked]
    told("figure", name, *flags, f"--out={tmp_path}", "--format=svg")
    wanted = (tmp_path / f"{name}.svg").read_text()
    figure = hs.figure(name.replace("-", "_"), runs=spiked)
    assert figure.svg == wanted and figure.name == name
    assert figure.png.startswith(b"\x89PNG")
    paths = [run.path for run in spiked]
    assert hs.figure(name, runs=paths).svg == wanted == spiked[0].figure(name, runs=spiked[1:]).svg
    assert spiked[0].figure(name, runs=str(paths[1])).svg == hs.figure(name, runs=spiked[:2]).svg != wanted
    assert spiked[0].figure(name).svg == hs.figure(name, runs=spiked[0]).svg
    for strength in STRENGTHS:
        assert name == "spike-overlap" or f"λ = {strength:g}<" in wanted


def test_runs_that_do_not_belong_together_are_refused_in_the_words_of_the_command_line(
    spiked: list[hs.Run], swept: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    with pytest.raises(hs.InputError) as raised:
        hs.figure("spike-histograms", runs=[spiked[0], swept])
    flags = [f"--run={spiked[0].path}", f"--run={swept}", f"--out={tmp_path}"]
    assert refused("figure", "spike-histograms", *flags) == (2, str(raised.value))
    with pytest.raises(hs.InputError, match="one run: figure energy-histogram shows one"):
        spiked[0].figure("energy-histogram", runs=spiked[1:])
    with pytest.raises(hs.InputError, match="name its path"):
        hs.figure("spike-overlap")
    closed = hs.open(swept)
    closed.close()
    with pytest.raises(hs.InputError, match="closed"):
        hs.figure("energy-histogram", runs=closed)


def test_the_phase_table_is_what_the_records_give(spiked: list[hs.Run]) -> None:
    found = spiked[0].bands(spiked[1:])
    assert found == told_json("bands", *(str(run.path) for run in spiked))
    assert str(found) == told("bands", *(str(run.path) for run in spiked))
    order = [(phase.dim, phase.strength) for phase in found.phases]
    assert order == sorted(order) and len(order) == 6
    for strength, run in zip(STRENGTHS, spiked, strict=True):
        theory = hs.theory.spiked(spins=3, strength=strength)
        for phase in (phase for phase in found.phases if phase.strength == strength):
            assert (phase.overlap, phase.energy) == (theory.overlap, theory.energy)
            ends = run.records("numpy", dim=phase.dim)
            surfaces = []
            for instance in range(3):
                rows = (ends["instance"] == instance) & (ends["outcome"] == "converged")
                m, u = ends["spike_overlap"][rows], ends["energy_per_spin"][rows]
                surfaces.append((m.mean(), m[u.argmin()], m))
            for key, values in (
                ("mean_overlap", [mean for mean, *_ in surfaces]),
                ("lowest_overlap", [lowest for _, lowest, _ in surfaces]),
                ("met", phase.overlap and [(m > phase.overlap / 2).mean() for *_, m in surfaces]),
                ("lowest_met", phase.overlap and [float(m > phase.overlap / 2) for _, m, _ in surfaces]),
            ):
                if values is None:
                    assert phase[key] is None
                    continue
                np.testing.assert_allclose(phase[key].observed, np.mean(values), rtol=0, atol=1e-13)
                error = np.std(values, ddof=1) / np.sqrt(3)
                np.testing.assert_allclose(phase[key].standard_error, error, rtol=0, atol=1e-13)


def test_figures_of_theory_take_mixtures() -> None:
    of_dict = hs.figure("mixture-complexity", mixture={3: 0.5, 4: 0.5})
    of_text = hs.figure("mixture-complexity", mixture="3:0.5,4:0.5")
    other = hs.figure("mixture-complexity", mixture={3: 0.4, 4: 0.6})
    assert of_dict.svg == of_text.svg != other.svg and "<svg" in of_dict.svg


def test_keywords_are_documented() -> None:
    for call in (hs.figure, hs.Run.figure, hs.Run.bands, hs.Run.verify):
        text = inspect.getdoc(call) or ""
        for name in inspect.signature(call).parameters:
            assert name == "self" or name in text, (call, name)
