"""Threads, forks and processes: the same bits, and nothing that waits for ever."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from shared import ENVIRONMENT, python, same_bits, same_table

import hspin as hs


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_any_number_of_threads_gives_the_same_bits(threads):
    surface, other = hs.Surface(dim=20, seed=3, threads=1), hs.Surface(dim=20, seed=3, threads=threads)
    assert same_bits(surface.couplings(), other.couplings())
    points = surface.random_points(60)
    for name in ("energy", "gradient", "hessian", "spectrum", "radial_slope"):
        assert same_bits(getattr(other, name)(points, threads=threads), getattr(surface, name)(points, threads=1)), name
    assert same_bits(surface.hvp(points[0], points, threads=threads), surface.hvp(points[0], points, threads=1))
    for protocol in ("gd", "sgd", "fast", "saddle", "anneal"):
        found, wanted = (surface.descend(30, protocol=protocol, threads=n) for n in (threads, 1))
        same_table(found.records("numpy"), wanted.records("numpy"))
        found, wanted = (surface.descend(points=points, protocol=protocol, threads=n) for n in (threads, 1))
        same_table(found.records("numpy"), wanted.records("numpy"))
    small = hs.Surface(dim=7)
    same_table(*(small.critical_points(threads=n).records("numpy") for n in (threads, 1)))


RUNS = {
    "sweep": lambda threads: hs.sweep(dims=[9, 15], starts=70, instances=2, trace=True, threads=threads),
    "census": lambda threads: hs.census(dim=6, instances=3, threads=threads),
    "networks": lambda threads: hs.networks.sweep(hidden=[4, 6], networks=5, epochs=2, digits=100, threads=threads),
}


@pytest.mark.parametrize("kind", RUNS)
def test_any_number_of_threads_gives_the_same_runs(kind):
    one, *others = (RUNS[kind](threads).verify() for threads in (1, 2, 3, None))
    assert all(other == one for other in others) and one.complete


def at_once(*calls: Callable[[], object]) -> list:
    """Results of calls in as many threads, all begun together."""
    found: list = [None] * len(calls)
    gate = threading.Barrier(len(calls))

    def take(at: int) -> None:
        gate.wait()
        try:
            found[at] = calls[at]()
        except BaseException as error:
            found[at] = error

    workers = [threading.Thread(target=take, args=(at,)) for at in range(len(calls))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert not worker.is_alive()
    return found


def test_two_threads_of_python_can_call_at_once(swept):
    surface, run = hs.Surface(dim=30), hs.open(swept)
    points = surface.random_points(200)
    calls = {
        "energy": lambda: surface.energy(points),
        "gradient": lambda: surface.gradient(points),
        "descend": lambda: surface.descend(40, protocol="sgd").points,
        "from points": lambda: surface.descend(points=points[:40], protocol="sgd").points,
        "records": lambda: run.records("numpy")["energy"],
        "sweep": lambda: hs.sweep(dims=12, starts=40).records("numpy")["energy"],
        "theory": lambda: hs.theory.mean_count(3, 100, below=[-1.7, -1.6]).mean,
    }
    wanted = [call() for call in calls.values()]
    found = at_once(*calls.values(), *calls.values())
    for name, one, other, alone in zip(calls, found, found[len(calls) :], wanted, strict=False):
        assert same_bits(one, alone) and same_bits(other, alone), name


def test_one_of_two_threads_that_sweep_one_file_is_refused(tmp_path):
    def sweep() -> str:
        return hs.sweep(dims=30, starts=60, instances=20, protocol="gd", out=tmp_path / "a.run").verify().content_hash

    found = at_once(sweep, sweep)
    refused = [error for error in found if isinstance(error, hs.RefusedError)]
    done = [value for value in found if isinstance(value, str)]
    # The later one finds the work done, or is refused while it lasts.
    assert len(refused) + len(done) == 2 and done, found
    assert set(done) == {sweep()}


def longest_gap(call: Callable[[], object]) -> float:
    """The longest time for which another thread stood still, as a share of a call."""
    gaps, ended = [0.0], threading.Event()

    def tick() -> None:
        last = time.monotonic()
        while not ended.is_set():
            time.sleep(0.001)
            now = time.monotonic()
            gaps.append(now - last)
            last = now

    ticking = threading.Thread(target=tick)
    ticking.start()
    begin = time.monotonic()
    call()
    seconds = time.monotonic() - begin
    ended.set()
    ticking.join()
    return max(gaps) / seconds


@pytest.fixture(scope="module")
def wide() -> tuple[hs.Surface, np.ndarray]:
    surface = hs.Surface(dim=100)
    return surface, surface.random_points(8000)


ALONE = {
    "sweep": lambda surface, points: hs.sweep(dims=40, starts=300, instances=2, protocol="gd", progress=False),
    "descend": lambda surface, points: surface.descend(60, protocol="gd", progress=False),
    "from points": lambda surface, points: surface.descend(points=points[:60], protocol="gd"),
    "spectrum": lambda surface, points: surface.spectrum(points[:80]),
    "hessian": lambda surface, points: surface.hessian(points[:400]),
    "gradient": lambda surface, points: surface.gradient(points),
    "records": lambda surface, points: hs.sweep(dims=6, starts=2000, protocol="gd").records("numpy"),
    "random points": lambda surface, points: surface.random_points(40_000),
    "theory": lambda surface, points: hs.theory.mean_count(3, 300, index=3, below=[-1.65, -1.64]),
}


@pytest.mark.parametrize("name", ALONE)
def test_other_threads_go_on_while_a_long_call_lasts(name, wide):
    # Whoever holds the interpreter for all of a call stops the others for all of it. A busy machine may do so once.
    assert min(longest_gap(lambda: ALONE[name](*wide)) for _ in range(3)) < 0.5


def test_a_thread_that_stands_still_is_seen():
    """What must fail: a call that holds the interpreter."""
    assert longest_gap(lambda: sum(divmod(10**400_000, 7**100_000))) > 0.5


WORK = """
import multiprocessing, sys
import numpy as np
import hspin as hs

def work():
    surface = hs.Surface(dim=16, seed=5)
    points = surface.random_points(50)
    parts = [surface.energy(points), surface.gradient(points), surface.hessian(points), surface.spectrum(points)]
    parts += [surface.descend(20, protocol=name, progress=False).points for name in ("gd", "sgd", "fast", "saddle", "anneal")]
    parts += [surface.descend(points=points, protocol="gd").points, hs.Surface(dim=6).critical_points(progress=False).energy]
    parts += [np.ravel(hs.theory.mean_count(3, 60, index=1, below=[-1.6]).mean)]
    parts += [hs.sweep(dims=9, starts=20, progress=False).records("numpy")["energy"]]
    parts += [hs.networks.sweep(hidden=4, networks=2, epochs=1, digits=50, progress=False).records("numpy")["train_loss"]]
    return np.concatenate([part.ravel() for part in parts])

def own():
    array = hs.Surface(dim=7).couplings()
    return hs.Surface(array).energy(np.ones(7)) + np.zeros(1)

def from_points():
    surface = hs.Surface(dim=7)
    return surface.descend(points=surface.random_points(3), protocol="sgd").points

def report(queue, name):
    queue.put(globals()[name]().tobytes())

if __name__ == "__main__":
    start, name, seconds = sys.argv[1:]
    wanted = globals()[name]().tobytes()
    context = multiprocessing.get_context(start)
    queue = context.Queue()
    child = context.Process(target=report, args=(queue, name))
    child.start()
    try:
        print("same" if queue.get(timeout=float(seconds)) == wanted else "other")
    except Exception as error:
        print(type(error).__name__)
    child.kill()
    # The parent is as it was.
    assert globals()[name]().tobytes() == wanted
"""


def in_a_child(folder: Path, start: str, name: str, seconds: float = 30) -> str:
    """What becomes of work in a child of a process that has done the same before."""
    script = folder / "script.py"
    script.write_text(WORK)
    line = [sys.executable, str(script), start, name, str(seconds)]
    done = subprocess.run(line, capture_output=True, text=True, env=ENVIRONMENT, timeout=100)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("start", ["fork", "spawn", "forkserver"])
def test_a_child_of_a_process_that_has_worked_has_the_same_numbers(start, tmp_path):
    assert in_a_child(tmp_path, start, "work") == "same"


@pytest.mark.parametrize("name", ["own", "from_points"])
def test_a_forked_child_can_use_arrays_and_points_of_its_own(name, tmp_path):
    assert in_a_child(tmp_path, "fork", name, 2) == "same"


def square(surface: hs.Surface, points: np.ndarray) -> np.ndarray:
    return surface.energy(points) ** 2


def test_surfaces_go_to_the_workers_of_a_pool():
    surface = hs.Surface(dim=12)
    points = surface.random_points(6)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found = pool.starmap(square, [(surface, points[:3]), (surface, points[3:])])
    assert same_bits(np.concatenate(found), surface.energy(points) ** 2)


def test_interpreters_end_while_work_is_under_way():
    done = python("""
        import threading, time
        import hspin as hs
        threading.Thread(target=lambda: hs.Surface(dim=60).descend(10_000, progress=False), daemon=True).start()
        time.sleep(0.7)
        print("ends")
    """)
    assert (done.returncode, done.stdout, done.stderr) == (0, "ends\n", "")
