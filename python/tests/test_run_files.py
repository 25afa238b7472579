"""Files of runs: saved, exported, merged, closed, removed, read by SQL."""

from __future__ import annotations

import csv
import gc
import os
import sqlite3
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet
import pytest
from shared import same_bits, same_table, started, told

import hspin as hs


@pytest.fixture
def run() -> hs.Run:
    return hs.sweep(dims=[6, 9], starts=5, instances=2, protocol="gd")


def test_a_run_without_a_file_goes_with_its_object():
    run = hs.sweep(dims=6, starts=2, protocol="gd")
    path = run.path
    assert path.exists() and path.is_absolute()
    del run
    gc.collect()
    assert not path.exists() and not path.parent.exists()


def test_closing_removes_it_at_once_and_refuses_what_comes_after(run):
    path = run.path
    with run:
        assert len(run.records()) == 20
    assert not path.parent.exists()
    calls = [run.records, run.summary, run.bands, run.verify, run.traces, lambda: run.points(6), lambda: run.spec]
    calls += [
        lambda: run.figure("energy-histogram"),
        lambda: run.couplings(6),
        lambda: run.export("x"),
        lambda: run.save("x"),
    ]
    for call in calls:
        with pytest.raises(hs.InputError, match="this one was closed"):
            call()
    assert "closed" in repr(run) and "closed" in run._repr_html_()
    run.close()


def test_a_file_of_ones_own_stays(tmp_path):
    out = tmp_path / "mine.run"
    with hs.sweep(dims=6, starts=2, protocol="gd", out=out) as run:
        assert run.path == out
    del run
    gc.collect()
    assert len(hs.open(out).records()) == 2
    assert len(hs.open(str(out)).records()) == 2


def test_a_relative_path_stays_where_it_was(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = hs.sweep(dims=6, starts=2, protocol="gd", out="-odd name, ü.run")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert len(run.records()) == 2 and run.verify().ok
    assert run.path == tmp_path / "-odd name, ü.run"


def test_a_saved_run_has_the_same_content(run, tmp_path):
    copy = run.save(tmp_path / "copy.run")
    assert copy.path == tmp_path / "copy.run"
    assert copy.verify() == run.verify()
    same_table(copy.records("numpy"), run.records("numpy"))
    run.close()
    assert copy.verify(deep=True).ok
    with pytest.raises(hs.InputError, match="there is one already"):
        copy.save(copy.path)
    with pytest.raises(hs.Error):
        copy.save(tmp_path / "no" / "folder.run")
    assert [path.name for path in tmp_path.iterdir()] == ["copy.run"]


@pytest.mark.parametrize("kind", ["counted", "trained", "own"])
def test_runs_of_all_kinds_can_be_saved(kind, request, tmp_path):
    path = request.getfixturevalue(kind)
    run = hs.open(path[0] if isinstance(path, tuple) else path)
    copy = run.save(tmp_path / "copy.run")
    assert copy.verify() == run.verify() and copy.kind == run.kind


def test_a_run_that_is_being_written_can_be_saved(tmp_path):
    """The copy is whole, and the run stays locked for other processes."""
    code = """
        import sys, threading, time
        import hspin as hs
        out = sys.argv[1]
        working = threading.Thread(target=hs.sweep, kwargs=dict(
            dims=[60], starts=4000, instances=40, protocol="gd", out=out, threads=1, progress=False), daemon=True)
        working.start()
        time.sleep(1.5)
        hs.open(out).save(out + ".copy")
        hs.open(out).records()
        print("saved", flush=True)
        time.sleep(30)
    """
    out = tmp_path / "locked.run"
    with started(code, out) as other:
        try:
            assert other.stdout is not None and other.stdout.readline() == "saved\n"
            with pytest.raises(hs.RefusedError, match="another process|in use|lock"):
                hs.sweep(dims=[60], starts=4000, instances=40, protocol="gd", out=out)
        finally:
            other.kill()
    assert hs.open(f"{out}.copy").verify().ok


def test_records_are_exported_as_csv_and_parquet(run, tmp_path):
    records = run.records("numpy")
    written = run.export(tmp_path / "csv")
    assert [path.suffix for path in written if path.stem == "records"] == [".csv"]
    with (tmp_path / "csv" / "records.csv").open() as file:
        rows = list(csv.DictReader(file))
    # Old scripts read `index`; data frames read `morse_index`.
    assert (
        [row["index"] for row in rows]
        == [row["morse_index"] for row in rows]
        == [str(k) for k in records["morse_index"]]
    )
    assert [float(row["energy"]) for row in rows] == records["energy"].tolist()
    written = run.export(tmp_path / "parquet", format="parquet")
    table = pyarrow.parquet.read_table(next(path for path in written if path.stem == "records"))
    assert table["energy"].to_pylist() == records["energy"].tolist()
    assert table["index"].to_pylist() == records["morse_index"].tolist()


def test_arrays_are_exported(run, tmp_path):
    run.export(tmp_path, dim=9, instance=1, couplings=True, points=True)
    assert same_bits(np.load(tmp_path / "points.npy"), run.points(9, 1))
    assert same_bits(np.load(tmp_path / "couplings.npy"), run.couplings(9, 1))
    (tmp_path / "points.npy").write_text("mine")
    with pytest.raises(hs.RefusedError, match="points.npy"):
        run.export(tmp_path, dim=9, instance=1, points=True)
    run.export(tmp_path, dim=9, instance=1, points=True, force=True)
    assert same_bits(np.load(tmp_path / "points.npy"), run.points(9, 1))
    with pytest.raises(hs.InputError):
        run.export(tmp_path / "x", couplings=True)
    with pytest.raises(hs.InputError, match="format"):
        run.export(tmp_path / "x", format="xlsx")


def test_sql_keeps_the_index_and_has_a_view_for_data_frames(swept, trained):
    for path, tables in ((swept, ("records", "records_frame")), (trained, ("networks", "networks_frame"))):
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
            old = db.execute(f'SELECT "index" FROM {tables[0]}').fetchall()
            new = db.execute(f"SELECT morse_index FROM {tables[1]}").fetchall()
            assert sorted(map(str, old)) == sorted(map(str, new)) and len(old) > 0
            names = [row[1] for row in db.execute(f"PRAGMA table_info({tables[1]})")]
        db.close()
        assert "index" not in names
        assert set(names) <= set(hs.open(path).records("numpy"))


def test_runs_of_one_spec_are_merged(tmp_path):
    asked = {"starts": 5, "protocol": "gd", "seed": 3}
    whole = hs.sweep(dims=[6, 9], **asked)
    parts = [hs.sweep(dims=[dim], out=tmp_path / f"{dim}.run", **asked) for dim in (6, 9)]
    run = hs.merge([parts[0], parts[1].path], tmp_path / "both.run")
    assert run.verify() == whole.verify()
    same_table(run.records("numpy"), whole.records("numpy"))
    with pytest.raises(hs.Error):
        hs.merge(parts, tmp_path / "both.run")
    assert hs.merge(parts[0], tmp_path / "one.run").verify() == parts[0].verify()
    with pytest.raises(hs.InputError):
        hs.merge([], tmp_path / "none.run")
    (tmp_path / "one.run").unlink()
    with pytest.raises(hs.Error, match="not of one spec"):
        hs.merge([parts[0], hs.sweep(dims=6, starts=5, protocol="gd", seed=4)], tmp_path / "other.run")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["6.run", "9.run", "both.run"]


def test_a_file_that_was_removed_between_calls_is_missed(tmp_path):
    run = hs.sweep(dims=6, starts=2, protocol="gd", out=tmp_path / "gone.run")
    os.remove(run.path)
    calls = [run.records, run.summary, run.bands, run.verify, run.traces, lambda: run.points(6), lambda: run.spec]
    calls += [lambda: run.figure("energy-histogram"), lambda: run.couplings(6), run._repr_html_]
    calls += [lambda: run.save(tmp_path / "x.run"), lambda: run.export(tmp_path / "x")]
    for call in calls:
        with pytest.raises(hs.InputError, match="an existing run"):
            call()
    assert not list(tmp_path.glob("*.run*"))


def test_resume_can_be_forbidden(tmp_path):
    out = tmp_path / "once.run"
    hs.sweep(dims=6, starts=2, protocol="gd", out=out, resume=False)
    with pytest.raises(hs.RefusedError, match="is there already: resume=True goes on with it"):
        hs.sweep(dims=6, starts=3, protocol="gd", out=out, resume=False)
    assert len(hs.sweep(dims=6, starts=3, protocol="gd", out=out).records()) == 3


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_fork_does_not_remove_the_files_of_its_parent(run):
    path = run.path
    child = os.fork()
    if child == 0:
        run.close()
        del run
        gc.collect()
        os._exit(0)
    os.waitpid(child, 0)
    assert path.exists() and len(run.records()) == 20


def test_frames_of_all_libraries_read_what_the_command_exports(swept, tmp_path):
    told("export", str(swept), f"--out={tmp_path}", "--format=parquet")
    frame = pl.read_parquet(tmp_path / "records.parquet")
    assert frame["energy"].to_list() == hs.open(Path(swept)).records("numpy")["energy"].tolist()
