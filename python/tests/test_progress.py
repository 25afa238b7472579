"""What a call says while it lasts."""

from __future__ import annotations

import pytest
from shared import python

import hspin as hs

SWEEP = {"dims": [30, 40], "starts": 200, "instances": 3, "protocol": "gd", "threads": 1}


def counts(call) -> list[list[tuple[int, int, float]]]:
    seen: list[list[tuple[int, int, float]]] = []
    call(lambda sizes: seen.append(list(sizes)))
    return seen


def test_a_function_is_told_of_more_and_more_until_all_is_done():
    seen = counts(lambda progress: hs.sweep(**SWEEP, progress=progress))
    assert len(seen) >= 3
    totals = [sum(done for _, _, done in sizes) for sizes in seen]
    assert totals == sorted(totals) and totals[0] < totals[-1]
    assert [(size, planned, done) for size, planned, done in seen[-1]] == [(30, 600, 600), (40, 600, 600)]
    for sizes in seen:
        assert all(0 <= done <= planned == 600 for _, planned, done in sizes)


def test_a_resumed_run_begins_with_what_is_done(tmp_path):
    out = tmp_path / "a.run"
    hs.sweep(**SWEEP | {"dims": [30]}, out=out, progress=False)
    seen = counts(lambda progress: hs.sweep(**SWEEP, out=out, progress=progress))
    # A size that is done has no part in it.
    assert seen[-1] == [(40, 600, 600)]
    seen = counts(lambda progress: hs.sweep(**SWEEP | {"instances": 4}, out=out, progress=progress))
    assert seen[-1] == [(30, 800, 800), (40, 800, 800)]
    assert all(done >= 600 for sizes in seen for _, _, done in sizes)


CALLS = {
    "descend": lambda progress: hs.Surface(dim=40).descend(300, progress=progress),
    "critical points": lambda progress: hs.Surface(dim=9).critical_points(progress=progress),
    "census": lambda progress: hs.census(dim=7, instances=4, progress=progress),
    "networks": lambda progress: hs.networks.sweep(hidden=8, networks=4, epochs=2, digits=500, progress=progress),
}


@pytest.mark.parametrize("name", CALLS)
def test_other_long_calls_tell_as_well(name):
    seen = counts(CALLS[name])
    totals = [sum(done for _, _, done in sizes) for sizes in seen]
    assert totals and totals == sorted(totals)
    assert all(len(part) == 3 for sizes in seen for part in sizes)
    # What it says does not change what comes out.
    assert len(CALLS[name](False).records("numpy")["outcome"]) == len(CALLS[name](None).records("numpy")["outcome"])


class Stop(Exception):
    pass


def stopping(after: int):
    calls = []

    def progress(sizes: list) -> None:
        calls.append(sizes)
        if len(calls) >= after:
            raise Stop("enough")

    return progress


def test_an_exception_of_the_function_ends_the_call_and_the_run_can_go_on(tmp_path):
    out = tmp_path / "a.run"
    many = SWEEP | {"dims": [40], "instances": 12}
    with pytest.raises(Stop, match="enough"):
        hs.sweep(**many, out=out, progress=stopping(3))
    kept = hs.open(out).verify()
    assert kept.ok and not kept.complete
    many["threads"] = None
    assert hs.sweep(**many, out=out).verify() == hs.sweep(**many).verify()
    with pytest.raises(Stop):
        hs.Surface(dim=60).descend(5000, progress=stopping(2))


def test_without_a_file_what_an_exception_left_is_kept_and_named(tmp_path, monkeypatch):
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(hs.InputError):
        hs.sweep(dims=1)
    with pytest.raises(hs.InputError):
        hs.sweep(dims=(dim for dim in [5, 6]))
    assert not list(tmp_path.iterdir())
    with pytest.raises(Stop) as stopped:
        hs.sweep(**SWEEP | {"instances": 40}, progress=stopping(3))
    kept = [path for folder in tmp_path.iterdir() for path in folder.iterdir()]
    notes = getattr(stopped.value, "__notes__", [])
    # Where nothing was stored yet nothing is kept.
    assert len(kept) == len(notes) and all(f"out={str(path)!r}" in note for path, note in zip(kept, notes))
    assert all(hs.open(path).summary().units.done > 0 for path in kept)


BAR = """
    import fcntl, os, pty, struct, termios
    import hspin as hs
    from hspin import _progress
    _progress.DELAY = 0.0
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    os.dup2(child, 2)
    hs.sweep(dims=40, starts=200, instances=4, protocol="gd", threads=1, progress={progress})
    os.set_blocking(parent, False)
    try:
        shown = os.read(parent, 1 << 20).decode()
    except BlockingIOError:
        shown = ""
    print(repr(shown))
"""


@pytest.mark.parametrize(("progress", "bar"), [("None", True), ("True", True), ("False", False)])
def test_a_terminal_shows_a_bar_if_wanted(progress, bar):
    done = python(BAR.format(progress=progress))
    assert done.returncode == 0, done.stderr
    assert ("sweep" in done.stdout and "%" in done.stdout and "/800" in done.stdout) == bar, done.stdout
    assert bar or done.stdout == "''\n"


def test_a_log_file_shows_none():
    done = python("""
        import hspin as hs
        from hspin import _progress
        _progress.DELAY = 0.0
        hs.sweep(dims=30, starts=200, instances=2, protocol="gd", threads=1)
    """)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
