"""Ctrl-C ends long calls within two seconds, and what was finished stays."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from shared import python, started

import hspin as hs

#: How long a call may take to end.
PATIENCE = 2.0
SWEEP = {"dims": [40], "starts": 100, "instances": 20, "protocol": "gd"}


def interrupted(other: subprocess.Popen[str], after: float) -> tuple[float, str, str]:
    """Sends Ctrl-C after a line of output and a while; seconds until the end of the call, what was printed, what was said."""
    with other:
        assert other.stdout is not None and other.stdout.readline() == "ready\n"
        time.sleep(after)
        assert other.poll() is None, other.stderr.read() if other.stderr else ""
        begin = time.monotonic()
        other.send_signal(signal.SIGINT)
        first = other.stdout.readline()
        seconds = time.monotonic() - begin
        rest, said = other.communicate(timeout=60)
    return seconds, first + rest, said


CODE = """
    import sys
    import hspin as hs
    print("ready", flush=True)
    try:
        {call}
    except KeyboardInterrupt as interrupt:
        print("stopped", interrupt, flush=True)
"""


#: Ctrl-C once a tenth of it is done.
STOPPED = """
    import os, signal, sys, time
    import hspin as hs
    sweep, out, pressed = {sweep}, {out}, []
    def progress(sizes):
        if sizes and sizes[0][2] > 200 and not pressed:
            pressed.append(time.monotonic())
            os.kill(os.getpid(), signal.SIGINT)
    try:
        hs.sweep(**sweep, out=out, threads=1, progress=progress)
    except KeyboardInterrupt as interrupt:
        print("stopped", interrupt)
        assert time.monotonic() - pressed[0] < 2
"""


def stopped(out: Path | None, more: str = "") -> str:
    done = python(STOPPED.format(sweep=SWEEP, out="None" if out is None else repr(str(out))) + more)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("stopped; what was finished is kept in".replace("stopped;", "stopped stopped;"))
    return done.stdout


def test_a_run_that_was_stopped_goes_on_to_the_same_records(tmp_path):
    out = tmp_path / "stopped.run"
    assert f"kept in {out}: the same call goes on" in stopped(out)
    run = hs.open(out)
    kept = run.verify()
    assert kept.ok and not kept.complete and 0 < kept.units
    before = run.records()
    done = hs.sweep(**SWEEP, out=out)
    whole = hs.sweep(**SWEEP)
    assert done.verify().complete and done.verify() == whole.verify()
    assert len(done.records()) == 2000 > len(before)


def test_the_same_process_goes_on_at_once(tmp_path):
    out = tmp_path / "stopped.run"
    printed = stopped(out, "    print(hs.sweep(**sweep, out=out, progress=False).verify().content_hash)")
    assert printed.split()[-1] == hs.sweep(**SWEEP).verify().content_hash


def test_without_a_file_the_message_names_where_it_is_kept():
    printed = stopped(None)
    path = Path(printed.split("kept in ")[1].split(":")[0])
    try:
        assert f"out={str(path)!r}" in printed
        assert not hs.open(path).verify().complete
    finally:
        path.unlink()
        path.parent.rmdir()


CALLS = {
    "census": "hs.census(dim=12, instances=50, threads=1)",
    "networks": "hs.networks.sweep(hidden=100, networks=100, threads=1)",
    "descend": "hs.Surface(dim=60).descend(20_000, protocol='sgd', threads=1, progress=False)",
    "descend from points": (
        "(lambda s: s.descend(points=s.random_points(20_000), protocol='sgd', threads=1))(hs.Surface(dim=60))"
    ),
    "critical points": "hs.Surface(dim=15).critical_points(threads=1)",
    "mean count by index": "hs.theory.mean_count(3, 64, index=list(range(64)), below=[-1.6])",
    "spectra": "(lambda s: s.spectrum(s.random_points(4000), threads=1))(hs.Surface(dim=150))",
    "verify deep": "hs.sweep(dims=40, starts=2000, instances=4, protocol='gd').verify(deep=True, all=True)",
    "gradients": "(lambda s: [s.gradient(s.random_points(2000), threads=1) for _ in range(99)])(hs.Surface(dim=150))",
}


@pytest.mark.parametrize("name", CALLS)
def test_each_long_call_ends(name):
    seconds, printed, said = interrupted(started(CODE.format(call=CALLS[name])), 0.4)
    assert printed.startswith("stopped") and seconds < PATIENCE, (printed, said)
    kept = printed.partition("kept in ")[2].split(":")[0]
    if kept:
        os.unlink(kept)
        os.rmdir(Path(kept).parent)


def test_a_signal_handler_of_ones_own_is_heard(tmp_path):
    code = """
        import signal, sys
        import hspin as hs
        class Stop(Exception): pass
        def stop(*_): raise Stop("by hand")
        signal.signal(signal.SIGINT, stop)
        print("ready", flush=True)
        try:
            hs.sweep(dims=40, starts=100, instances=500, protocol="gd", out=sys.argv[1], threads=1, progress=False)
        except Stop as error:
            print("stopped", error, flush=True)
    """
    seconds, printed, _ = interrupted(started(code, tmp_path / "a.run"), 0.8)
    assert printed == "stopped by hand\n" and seconds < PATIENCE
    assert hs.open(tmp_path / "a.run").verify().ok
