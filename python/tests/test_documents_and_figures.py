"""What a notebook shows: documents, runs and figures."""

from __future__ import annotations

import copy
import json
import pickle
import re
from pathlib import Path

import pytest
from shared import refused, told, told_json

import hspin as hs

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize("kind", ["swept", "counted", "trained"])
def test_a_summary_prints_as_the_command_does_and_holds_its_json(kind, request):
    path = request.getfixturevalue(kind)
    summary = hs.open(path).summary()
    assert str(summary) == told("show", str(path))
    assert summary == told_json("show", str(path)) == json.loads(json.dumps(summary))


def test_bands_print_as_the_command_does_and_hold_its_json(counted):
    bands = hs.open(counted).bands()
    assert str(bands) == told("bands", str(counted))
    assert bands == told_json("bands", str(counted))
    assert bands.verdict in str(bands)


def test_keys_are_attributes_at_every_depth(swept):
    summary = hs.open(swept).summary()
    assert summary.units.done == summary["units"]["done"] == 6
    assert [size.dim for size in summary.dims] == [8, 14]
    assert summary.dims[0].index_counts["0"] == 60
    assert {"units", "dims", "keys"} <= set(dir(summary))
    with pytest.raises(AttributeError, match="no 'unit'; there are spins"):
        _ = summary.unit
    assert getattr(summary, "unit", None) is None


def test_a_document_is_pickled_and_copied_with_its_text(swept):
    summary = hs.open(swept).summary()
    for other in (pickle.loads(pickle.dumps(summary)), copy.copy(summary), copy.deepcopy(summary)):
        assert isinstance(other, hs.Document) and other == summary and str(other) == str(summary)
        assert other.dims[1].dim == 14
    assert "<pre>" in summary._repr_html_() and "&lt;" in summary._repr_html_()
    verified = hs.open(swept).verify()
    assert str(verified) == repr(dict(verified)) and eval(repr(verified)) == verified


def test_a_run_shows_itself(swept, tmp_path):
    run = hs.open(swept)
    assert repr(run) == f"<hspin.Run sweep {str(swept)!r}>"
    html = run._repr_html_()
    assert html.startswith("<code>") and "complete" in html and "u &lt; −E_∞" in html
    odd = tmp_path / "<b>&.run"
    odd.write_bytes(Path(swept).read_bytes())
    assert "<b>" not in hs.open(odd)._repr_html_()


NEEDS = {"swept", "searched", "counted", "trained"}


@pytest.mark.parametrize("kind", sorted(NEEDS))
def test_each_figure_of_a_run_is_drawn_or_says_what_it_needs(kind, request, tmp_path):
    path = request.getfixturevalue(kind)
    run = hs.open(path)
    drawn, last = 0, None
    listed = told_json("figure", "--list")["figures"]
    assert set(run.figures) < {figure["name"] for figure in listed}
    for name in run.figures:
        try:
            figure = run.figure(name.replace("-", "_"))
        except hs.InputError as error:
            assert re.search(f"figure {name} (shows|takes)", str(error))
            last = name
            continue
        drawn += 1
        assert figure.name == name and repr(figure) == f"<hspin.Figure {name}>"
        assert figure.svg.startswith("<svg") and figure.svg.rstrip().endswith("</svg>")
        assert figure._repr_svg_() == figure.svg
        if drawn == 1:
            told("figure", name, f"--run={path}", f"--out={tmp_path}", "--format=svg")
            assert (tmp_path / f"{name}.svg").read_text() == figure.svg
    assert drawn >= 2
    if last is not None:
        with pytest.raises(hs.InputError) as raised:
            run.figure(last)
        assert refused("figure", last, f"--run={path}", f"--out={tmp_path}") == (2, str(raised.value))


def test_figures_with_another_run_beside(swept, trained):
    run = hs.open(trained)
    for glass in (hs.open(swept), swept, str(swept)):
        assert run.figure("glass-and-networks", glass=glass).svg.startswith("<svg")
    with pytest.raises(hs.InputError, match="annealed"):
        run.figure("network-annealing")


def test_figures_of_theory():
    assert hs.figure("complexity", spins=4).svg.startswith("<svg")
    assert hs.figure("mean_counts", dim=12).svg.startswith("<svg")
    with pytest.raises(hs.InputError, match="run"):
        hs.figure("energy-histogram")
    with pytest.raises(hs.InputError, match="no-such"):
        hs.figure("no-such")
    for name in ("all", "--list", "-h", "", None, 3):
        with pytest.raises(hs.InputError):
            hs.figure(name)


def test_a_figure_is_saved_as_its_name_ends(swept, tmp_path):
    figure = hs.open(swept).figure("energy-histogram")
    assert figure.png.startswith(PNG)
    assert figure.save(tmp_path / "a.svg").read_text() == figure.svg
    assert figure.save(str(tmp_path / "a.png")).read_bytes().startswith(PNG)
    for name in ("a.pdf", "a", "a.SVG.txt"):
        with pytest.raises(hs.InputError, match=r"ends with \.svg or \.png"):
            figure.save(tmp_path / name)
    with pytest.raises(hs.StorageError, match="No such file"):
        figure.save(tmp_path / "no" / "folder.svg")


def test_a_figure_is_pickled_and_stays_when_its_run_is_gone(tmp_path):
    run = hs.sweep(dims=[6, 8], starts=20, protocol="gd", out=tmp_path / "a.run")
    figure = run.figure("energy-histogram")
    other = pickle.loads(pickle.dumps(figure))
    assert other.svg == figure.svg == copy.deepcopy(figure).svg and other.png == figure.png
    run.path.unlink()
    assert other._repr_svg_() == figure.svg
    with pytest.raises(hs.InputError, match="an existing run"):
        _ = other.png
