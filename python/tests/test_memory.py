"""Thousands of calls leave no memory behind."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from shared import python

import hspin as hs

#: Growth that is allowed in all, in bytes: that of allocators and caches.
GROWTH = 6 << 20


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def grown(call: Callable[[], object], times: int) -> int:
    """By how much memory grows in so many calls, after a third as many that fill caches."""
    for _ in range(times // 3):
        call()
    gc.collect()
    before = resident()
    for _ in range(times):
        call()
    gc.collect()
    return resident() - before


SURFACE = hs.Surface(dim=20)
POINTS = SURFACE.random_points(20)


def failing() -> None:
    with pytest.raises(hs.InputError):
        SURFACE.energy(np.ones(3))
    with pytest.raises(hs.InputError):
        SURFACE.gradient(2 * POINTS)


CALLS: dict[str, tuple[Callable[[], object], int]] = {
    "energy": (lambda: SURFACE.energy(POINTS[0], threads=1), 10_000),
    "gradient": (lambda: SURFACE.gradient(POINTS, threads=1), 10_000),
    "errors": (failing, 10_000),
    "hvp": (lambda: SURFACE.hvp(POINTS[0], POINTS), 1000),
    "hessian": (lambda: SURFACE.hessian(POINTS), 500),
    "spectrum": (lambda: SURFACE.spectrum(POINTS[:2]), 500),
    "couplings": (SURFACE.couplings, 500),
    "surfaces": (lambda: hs.Surface(dim=20), 300),
    "descents": (lambda: SURFACE.descend(5, protocol="gd").records("numpy"), 150),
    "theory": (lambda: hs.theory.complexity(3, [-1.6, -1.5]), 1000),
}


@pytest.mark.parametrize("name", CALLS)
def test_memory_does_not_grow(name):
    call, times = CALLS[name]
    assert grown(call, times) < GROWTH


def test_memory_does_not_grow_by_reading_runs(swept):
    run = hs.open(swept)
    forms = ("numpy", "pandas", "polars", "arrow")
    assert grown(lambda: [run.records(form) for form in forms], 30) < GROWTH
    assert grown(lambda: (run.summary(), run.verify(), run.points(8)), 30) < GROWTH


def test_no_files_and_threads_are_left_open(swept):
    def opened() -> int:
        return len(os.listdir("/proc/self/fd"))

    def alive() -> int:
        return len(os.listdir("/proc/self/task"))

    run = hs.open(swept)
    run.records("numpy")
    before = opened(), alive()
    for _ in range(30):
        run.records("numpy")
        run.traces("numpy")
        SURFACE.descend(3, protocol="gd")
        hs.sweep(dims=5, starts=2, protocol="gd").close()
    assert opened() <= before[0] and alive() <= before[1] + 1
    assert threading.active_count() <= 2


TOO_LARGE = {
    "hessian": "hs.Surface(spins=2, dim=400).hessian(np.ones((3000, 400)))",
    "great circle": "hs.Surface(spins=2, dim=400).great_circle(np.ones(400), np.arange(400.0), np.zeros(1_000_000))",
    "random points": "hs.Surface(spins=2, dim=400).random_points(700_000)",
    "couplings": "hs.Surface(spins=3, dim=640).couplings()",
}


@pytest.mark.parametrize(
    "name", TOO_LARGE
)
def test_a_result_that_does_not_fit_is_refused(name):
    done = python(f"""
        import resource
        import numpy as np
        import hspin as hs
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
        try:
            {TOO_LARGE[name]}
        except (hs.RefusedError, MemoryError):
            print("refused")
    """)
    assert (done.returncode, done.stdout) == (0, "refused\n"), done.stderr[:200]


def test_couplings_that_do_not_fit_are_refused():
    done = python("""
        import resource
        import hspin as hs
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
        for call in (lambda: hs.Surface(dim=1500), lambda: hs.sweep(dims=1500, starts=2)):
            try:
                call()
            except hs.RefusedError as error:
                print(error)
    """)
    assert done.stdout.count("bytes of memory") == 2, done.stderr


def test_a_growth_would_be_seen():
    """What must fail: a call that keeps a little."""
    kept: list[np.ndarray] = []
    assert grown(lambda: kept.append(np.ones(200)), 10_000) > GROWTH


def test_arrays_that_come_back_are_ones_own():
    energies = SURFACE.energy(POINTS)
    first = energies.copy()
    SURFACE.energy(-POINTS)
    assert np.array_equal(energies, first) and energies.flags.writeable
    couplings = SURFACE.couplings()
    couplings[:] = 0
    assert np.array_equal(SURFACE.energy(POINTS), first)
