"""Ways to call a method on all cores, and the fastest of them. Import after shared.hold_to."""
import concurrent.futures
import time

import methods
import numpy as np
import threadpoolctl

BATCHES = [16, 48, 96, 192, 384]


class Shares:
    """A NumPy method on equal shares of the points, each in a thread with a BLAS of its own: often beats threads in BLAS."""

    def __init__(self, method, threads):
        self.method, self.threads = method, threads
        self.pool = concurrent.futures.ThreadPoolExecutor(threads)

    def __call__(self, W):
        with threadpoolctl.threadpool_limits(1, "blas"):
            return np.concatenate(list(self.pool.map(self.method, np.array_split(W, self.threads))))


def seconds(call, *words):
    begin = time.perf_counter()
    call(*words)
    return time.perf_counter() - begin


def trial(call, W, least):
    """Milliseconds per point, over calls that take `least` seconds together, once threads of whoever ran before sleep."""
    time.sleep(0.05)
    calls, total = 0, 0.0
    while total < least:
        total += seconds(call, W)
        calls += 1
    return 1e3 * total / calls / len(W)


def candidates(method, threads):
    """Pairs (callable, points per call): all cores in one product or a share for each, batches of several sizes."""
    if isinstance(method, methods.Elementwise):
        return [(Shares(method, threads), threads)]
    ways = [method]
    if threads > 1 and not type(method).__name__.startswith("Jax"):
        ways.append(Shares(method, threads))
    return [(way, batch) for way in ways for batch in BATCHES]


def fastest(method, starts, threads):
    """The candidate with the best of three short trials, after one call to warm up and compile; its milliseconds."""
    timed = []
    for call, batch in candidates(method, threads):
        W = starts[:batch]
        if seconds(call, W) < 4:
            timed.append((min(trial(call, W, 0.03) for _ in range(3)), batch, call))
    ms, batch, call = min(timed, key=lambda way: way[:2])
    return call, batch, ms
