"""Each failure of the command has its exception here, with the same words."""

from __future__ import annotations

import os
import pickle
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from shared import ENVIRONMENT, ran, refused, started, symmetric, without_times

import hspin as hs

STATUS = {1: hs.InternalError, 2: hs.InputError, 3: hs.RefusedError, 4: hs.DamagedError, 5: hs.StorageError}


def fails_as(call, *words: str) -> hs.Error:
    """Fails unless a call raises what the command says."""
    status, said = refused(*words)
    with pytest.raises(STATUS[status]) as raised:
        call()
    # Memory that is free changes between the two.
    assert re.sub(r"\d{8,} are available", "", str(raised.value)) == re.sub(r"\d{8,} are available", "", said)
    return raised.value


BAD = {
    "unknown order": ({"spins": 99}, ["--spins=99"]),
    "no dimension": ({"dims": 1}, ["--dims=1"]),
    "a dimension in words": ({"dims": "ten"}, ["--dims=ten"]),
    "no dimensions": ({"dims": []}, ["--dims="]),
    "no starts": ({"starts": 0}, ["--starts=0"]),
    "too many starts": ({"starts": 10**9}, ["--starts=1000000000"]),
    "half a start": ({"starts": 2.5}, ["--starts=2.5"]),
    "minus one": ({"seed": -1}, ["--seed=-1"]),
    "too large a seed": ({"seed": 2**64}, [f"--seed={2**64}"]),
    "no such protocol": ({"protocol": "newton"}, ["--protocol=newton"]),
    "no such preset": ({"preset": "slow"}, ["--preset=slow"]),
    "no such device": ({"device": "tpu"}, ["--device=tpu"]),
    "samples of another protocol": ({"protocol": "gd", "samples": 3}, ["--protocol=gd", "--samples=3"]),
    "sweeps of another protocol": ({"sweeps": 3}, ["--sweeps=3"]),
    "no threads": ({"threads": 0}, ["--threads=0"]),
    "a file that is not there": ({"config": "/no/file.toml"}, ["--config=/no/file.toml"]),
    "couplings that are not there": ({"couplings": "/no/file.npy"}, ["--couplings=/no/file.npy"]),
    "an order beside couplings": ({"couplings": "/no/file.npy", "spins": 4}, ["--couplings=/no/file.npy", "--spins=4"]),
    "too much memory": ({"spins": 5, "dims": 2000}, ["--spins=5", "--dims=2000"]),
}


@pytest.mark.parametrize("name", BAD)
def test_a_sweep_that_cannot_be(name, tmp_path):
    keywords, flags = BAD[name]
    out = tmp_path / "bad.run"
    fails_as(
        lambda: hs.sweep(out=out, **{"dims": 5, "starts": 2} | keywords), "sweep", *with_defaults(flags), f"--out={out}"
    )
    assert not list(tmp_path.iterdir())


def with_defaults(flags: list[str]) -> list[str]:
    given = {flag.split("=")[0] for flag in flags}
    return [flag for flag in ("--dims=5", "--starts=2") if flag.split("=")[0] not in given] + flags


def test_what_is_no_number_or_text_is_refused_before_the_command(tmp_path):
    for keywords in (
        {"dims": True},
        {"dims": [5, None]},
        {"starts": {}},
        {"dims": {5}},
        {"seed": 1j},
        {"starts": b"3"},
        {"seed": False},
    ):
        (key,) = keywords
        with pytest.raises(hs.InputError, match=f"{key} = "):
            hs.sweep(out=tmp_path / "a.run", **keywords)
    with pytest.raises(TypeError):
        hs.sweep(dimensions=3)


def test_a_census_and_networks_that_cannot_be(tmp_path):
    out = tmp_path / "bad.run"
    fails_as(lambda: hs.census(dim=60, out=out), "census", "--dim=60", f"--out={out}")
    fails_as(lambda: hs.census(out=out), "census", f"--out={out}")
    fails_as(lambda: hs.networks.sweep(hidden=0, out=out), "networks", "sweep", "--hidden=0", f"--out={out}")
    fails_as(
        lambda: hs.networks.sweep(data="/no/digits", out=out), "networks", "sweep", "--data=/no/digits", f"--out={out}"
    )


def test_a_path_that_is_no_run(tmp_path, swept):
    (tmp_path / "text.run").write_text("not a run at all")
    (tmp_path / "empty.run").write_bytes(b"")
    with sqlite3.connect(tmp_path / "other.run") as db:
        db.execute("CREATE TABLE spec (x)")
    db.close()
    cut = Path(swept).read_bytes()
    (tmp_path / "cut.run").write_bytes(cut[: len(cut) // 2])
    for name in ("none.run", "text.run", "empty.run", "other.run", "cut.run", "."):
        path = (tmp_path / name).absolute()
        error = fails_as(lambda path=path: hs.open(path).summary(), "show", str(path))
        if isinstance(error, hs.InputError):
            with pytest.raises(hs.InputError):
                hs.open(path)
        if name in ("text.run", "cut.run"):
            sweep = ["--dims=5", "--starts=2", f"--out={path}"]
            fails_as(lambda path=path: hs.sweep(dims=5, starts=2, out=path), "sweep", *sweep)


def test_a_place_that_cannot_be_written(tmp_path):
    for out in (tmp_path / "no" / "folder.run", Path("/proc/nothing.run")):
        fails_as(lambda: hs.sweep(dims=5, starts=2, out=out), "sweep", "--dims=5", "--starts=2", f"--out={out}")


def test_a_changed_spec(tmp_path):
    out = tmp_path / "a.run"
    hs.sweep(dims=6, starts=3, protocol="gd", out=out)
    for keywords, flags in (
        ({"seed": 2}, ["--seed=2"]),
        ({"spins": 4}, ["--spins=4"]),
        ({"protocol": "sgd"}, ["--protocol=sgd"]),
        ({"trace": True}, ["--trace"]),
        ({"starts": 2}, ["--starts=2"]),
    ):
        asked = {"dims": 6, "starts": 3, "protocol": "gd"} | keywords
        given = ["--dims=6", "--starts=3", "--protocol=gd"]
        given = [flag for flag in given if flag.split("=")[0] != flags[0].split("=")[0]] + flags
        error = fails_as(lambda asked=asked: hs.sweep(out=out, **asked), "sweep", *given, f"--out={out}")
        assert isinstance(error, hs.RefusedError) or "starts" in keywords


def test_a_newer_format(tmp_path, swept):
    path = tmp_path / "newer.run"
    shutil.copy(swept, path)
    with sqlite3.connect(path) as db:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        db.execute(f"PRAGMA user_version = {version + 900}")
    db.close()
    error = fails_as(lambda: hs.open(path), "show", str(path))
    assert isinstance(error, hs.RefusedError) and "newer" in str(error)


def flipped(source: Path, target: Path, share: float) -> Path:
    """A copy with some bytes turned over."""
    data = bytearray(source.read_bytes())
    at = int(len(data) * share)
    for k in range(at, at + 64):
        data[k] ^= 0xFF
    target.write_bytes(data)
    return target


@pytest.mark.parametrize("share", [0.35, 0.5, 0.65, 0.8, 0.95])
@pytest.mark.parametrize("kind", ["swept", "trained"])
def test_damaged_bytes_give_no_number(kind, share, request, tmp_path):
    """Each call either has the numbers that were stored or says what is damaged, as the command does."""
    source = Path(request.getfixturevalue(kind))
    path = flipped(source, tmp_path / "damaged.run", share)
    whole = hs.open(source)
    for name in ("records", "traces", "verify", "summary"):
        try:
            wanted = getattr(whole, name)()
        except hs.InputError:
            continue
        try:
            found = getattr(hs.open(path), name)()
        except hs.DamagedError as error:
            assert len(str(error)) > 10
        else:
            same = (
                found.equals(wanted) if name in ("records", "traces") else without_times(found) == without_times(wanted)
            )
            assert same, name
    done = ran("verify", str(path), "--json")
    if done.returncode:
        with pytest.raises(STATUS[done.returncode]) as raised:
            hs.open(path).verify()
        assert f"hspin: {raised.value}" in done.stderr
        assert raised.value.output in (done.stdout, done.stdout.rstrip("\n"))


def test_a_file_with_broken_pages_can_be_opened_and_repaired(tmp_path):
    out = tmp_path / "a.run"
    keywords = {"dims": [8, 14], "starts": 20, "instances": 3, "protocol": "gd", "trace": True}
    whole = hs.sweep(out=out, **keywords).verify()
    data = bytearray(out.read_bytes())
    tried = 0
    for page in range(2, len(data) // 4096, 6):
        broken = data.copy()
        broken[page * 4096 : page * 4096 + 64] = bytes(x ^ 0xFF for x in broken[page * 4096 : page * 4096 + 64])
        path = tmp_path / f"{page}.run"
        path.write_bytes(broken)
        run = hs.open(path)
        status = ran("verify", str(path)).returncode
        if status == 0:
            # A page that is not used.
            continue
        tried += 1
        with pytest.raises(STATUS[status]):
            run.verify()
        assert "damaged" in repr(run) or run.kind == "sweep"
        assert run.verify(repair=True).ok
        assert run.kind == "sweep" and len(run.records()) < 120
        assert hs.sweep(out=path, **keywords).verify() == whole
    assert tried >= 2


def test_damage_is_found_and_repaired(tmp_path):
    out = tmp_path / "a.run"
    keywords = {"dims": [8, 10], "starts": 30, "protocol": "gd"}
    run = hs.sweep(out=out, **keywords)
    whole = run.verify()
    with sqlite3.connect(out) as db:
        db.execute("UPDATE records SET energy = energy + 1 WHERE dim = 10 AND start = 3")
    db.close()
    with pytest.raises(hs.DamagedError) as raised:
        run.verify()
    assert '"damaged"' in raised.value.output
    with pytest.raises(hs.DamagedError):
        run.records(dim=10)
    assert len(run.records(dim=8)) == 30
    repaired = None
    try:
        repaired = run.verify(repair=True)
    except hs.DamagedError as error:
        assert "repair" in str(error) or error.output
    assert repaired is None or not repaired.complete
    assert hs.sweep(out=out, **keywords).verify() == whole


def test_a_run_that_another_process_works_on(tmp_path):
    out = tmp_path / "locked.run"
    code = """
        import sys, hspin as hs
        hs.sweep(dims=40, starts=100, instances=10_000, protocol="gd", out=sys.argv[1], threads=1, progress=False)
    """
    with started(code, out) as other:
        try:
            while not out.exists():
                time.sleep(0.05)
            time.sleep(0.5)
            same = ["--dims=40", "--starts=100", "--instances=10000", "--protocol=gd"]
            error = fails_as(
                lambda: hs.sweep(dims=40, starts=100, instances=10_000, protocol="gd", out=out),
                *("sweep", *same, f"--out={out}"),
            )
            assert isinstance(error, hs.RefusedError)
            # To read it is allowed.
            assert hs.open(out).verify().ok
        finally:
            other.kill()


def test_the_tree_of_exceptions():
    for kind in STATUS.values():
        assert issubclass(kind, hs.Error) and issubclass(kind, Exception)
        error = kind("words")
        error.output = "{}"
        other = pickle.loads(pickle.dumps(error))
        assert (type(other), str(other), other.output) == (kind, "words", "{}")
    assert issubclass(hs.InputError, ValueError) and issubclass(hs.StorageError, OSError)
    assert hs.Error("x").output == ""


def test_what_the_command_warns_of_becomes_a_warning(tmp_path):
    with sqlite3.connect(tmp_path / "x.db"):
        pass
    np.save(tmp_path / "a.npy", symmetric(5, 3, 1))
    done = ran("sweep", f"--couplings={tmp_path / 'a.npy'}", "--starts=2", f"--out={tmp_path / 'a.run'}")
    warned = [line for line in done.stderr.splitlines() if line.startswith("hspin: ")]
    if warned:
        with pytest.warns(UserWarning) as caught:
            hs.sweep(couplings=tmp_path / "a.npy", starts=2)
        assert [f"hspin: {warning.message}" for warning in caught] == warned


def test_the_command_of_the_wheel_has_the_exit_status():
    line = [*("python", "-c"), "from hspin._command import main; import sys; sys.exit(main())"]
    for words, status in ((["show", "/none.run"], 2), (["--version"], 0), (["sweep", "--dims=1"], 2)):
        done = subprocess.run([sys.executable, *line[1:], *words], capture_output=True, text=True, env=ENVIRONMENT)
        assert done.returncode == status
    assert ran("--version").stdout.split() == ["hspin", hs.__version__]


def test_a_closed_pipe_is_silent(swept):
    shell = f'"{sys.executable}" -m hspin show "{swept}" --json | head -c 1'
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, env=dict(os.environ) | ENVIRONMENT)
    assert done.stderr == ""
