"""A whole sweep, from the same starts to ‖g‖/√Λ ≤ 1e-10 with the index there: hspin against the same protocol by others.

python sweep.py THREADS [DIM …]

Protocol `gd`: constant step γ = 0.8/(2√6) in single precision to ‖g‖/√Λ ≤ 1e-3 or 2000 steps, then double precision.
Protocol `fast`: limited-memory BFGS in place of those steps. Each peer is beside the same protocol of hspin. hspin's time is that of the whole program, with the draw of the couplings and the store; the others' begins with the
couplings in memory and everything compiled.
"""
import sys

import shared

THREADS, DIMS = int(sys.argv[1]), [int(dim) for dim in sys.argv[2:]] or [100, 200]
shared.hold_to(THREADS)

import concurrent.futures
import csv
import dataclasses
import shutil
import time

import descend_pymanopt
import finish
import methods
import numpy as np
import quasi_newton
import threadpoolctl
import timing

STARTS, PYMANOPT_STARTS = {100: 384, 200: 192}, 3
RATE, HANDOVER, MOST_STEPS = 0.8 / (2 * 6**0.5), 1e-3, 2000
MOST_DOUBLE_STEPS = 20_000
PROTOCOLS = ["gd", "fast"]
POOL = concurrent.futures.ThreadPoolExecutor(THREADS)


def in_threads(job, W):
    """A job that returns arrays with one row per point, on equal shares of the points."""
    with threadpoolctl.threadpool_limits(1, "blas"):
        parts = list(POOL.map(job, np.array_split(W, THREADS)))
    return [np.concatenate(column) for column in zip(*parts)]


@dataclasses.dataclass
class Gradient:
    """A method's fastest way to be called."""

    Method: type
    call: object
    batch: int
    ms: float

    @classmethod
    def of(cls, Method, X, starts):
        return cls(Method, *timing.fastest(Method(X.astype("f4")), starts.astype("f4"), THREADS))

    def in_double(self, X):
        method = self.Method(X)
        call = timing.Shares(method, THREADS) if isinstance(self.call, timing.Shares) else method
        return Gradient(self.Method, call, self.batch, self.ms)

    def compile(self, starts):
        for size in timing.BATCHES:
            self.call(starts[:size])

    def __call__(self, W):
        """Gradients of all points, in calls of sizes that have been compiled."""
        found = []
        for first in range(0, len(W), self.batch):
            part = W[first : first + self.batch]
            size = next(size for size in timing.BATCHES if size >= len(part))
            padding = np.repeat(part[:1], size - len(part), axis=0)
            found.append(np.asarray(self.call(np.concatenate([part, padding])))[: len(part)])
        return np.concatenate(found)


def descend(gradient, W, tolerance, most):
    """Gradient descent of every row until its ‖g‖/√N ≤ tolerance; rows that are done leave."""
    W, active, rate = W.copy(), np.arange(len(W)), W.dtype.type(RATE)
    for _ in range(most + 1):
        g, norm = finish.riemannian(W[active], gradient(W[active]))
        going = norm > tolerance
        active, g = active[going], g[going]
        if not len(active):
            break
        W[active] = finish.retract(W[active] - rate * g)
    return W


class Peer:
    """Descent by a protocol with one method's gradients, then one of two ways to the end."""

    def __init__(self, gradient, X, starts, newton, protocol="gd"):
        way = "" if protocol == "gd" else ", L-BFGS"
        self.name = f"{gradient.Method.name}{way}; then {'Newton' if newton else 'descent in f64'}"
        self.protocol = protocol
        self.gradient, self.starts, self.landscape = gradient, starts, finish.Landscape(X)
        gradient.compile(starts.astype("f4"))
        self.double = None
        if not newton:
            self.double = gradient.in_double(X)
            self.double.compile(starts)

    def run(self):
        """Ends of all starts, with their indices."""
        W = self.starts.astype("f4")
        if self.protocol == "gd":
            W = descend(self.gradient, W, HANDOVER, MOST_STEPS)
        else:
            W, count = quasi_newton.descend(self.gradient, W, RATE, HANDOVER, MOST_STEPS)
            print(f"{self.name}: {count / len(W):.1f} gradients per start", file=sys.stderr)
        W = finish.retract(W.astype("f8"))
        if self.double is None:
            ends, _, _, index = in_threads(lambda part: finish.newton(self.landscape, part), W)
            return ends, index
        W = descend(self.double, W, finish.TOLERANCE, MOST_DOUBLE_STEPS)
        return in_threads(lambda part: (part, self.landscape.index(part)), W)


def hspin_sweep(dim, protocol):
    """Seconds of a whole new sweep, once threads of whoever ran before sleep."""
    time.sleep(0.5)
    run = shared.WORK / f"sweep-{protocol}-{dim}.run"
    run.unlink(missing_ok=True)
    words = ["--out", run, "--dims", dim, "--starts", STARTS[dim], "--protocol", protocol, "--threads", THREADS]
    return timing.seconds(lambda: shared.hspin("sweep", *words))


class Ends:
    """Where hspin's starts ended, to hold others' ends against."""

    def __init__(self, dim, protocol, landscape):
        folder = shared.WORK / f"sweep-{protocol}-{dim}"
        shutil.rmtree(folder, ignore_errors=True)
        run = shared.WORK / f"sweep-{protocol}-{dim}.run"
        shared.hspin("export", run, "--out", folder, "--dim", dim, "--instance", 0, "--points")
        rows = list(csv.DictReader((folder / "records.csv").open()))
        self.landscape, self.points = landscape, np.load(folder / "points.npy")
        self.energies = np.array([float(row["energy"]) for row in rows])
        self.index = np.array([int(row["index"]) for row in rows])
        energies, norms = landscape.energy_and_norm(self.points)
        assert np.abs(energies / self.energies - 1).max() < 1e-12 and norms.max() <= 1.01 * finish.TOLERANCE

    def compare(self, W, index):
        """How many got to a critical point, and to the same one; how far apart energies are there and on average."""
        count, n = W.shape
        energies, norms = self.landscape.energy_and_norm(W)
        converged = norms <= 1.01 * finish.TOLERANCE
        same = converged & ((W * self.points[:count]).sum(1) / n > 1 - 1e-8)
        ratio = np.abs(energies / self.energies[:count] - 1)
        shift = (energies - self.energies[:count]) / n
        return {
            "starts": count,
            "converged": float(converged.mean()),
            "norm": float(norms.max()),
            "same": float(same.mean()),
            "energy_difference": float(ratio[same].max(initial=0)),
            "index_agrees": bool(index is None or (index == self.index[:count])[same].all()),
            "shift": float(shift.mean()),
            "standard_error": float(shift.std() / count**0.5),
        }


def rows_at(dim):
    X, hspin = shared.exported(dim), shared.Gradients(dim, STARTS[dim])
    starts = hspin.starts
    hspin.close()
    gradients = [Gradient.of(Method, X, starts) for Method in methods.ALL[1:]]
    best = min(gradients, key=lambda gradient: gradient.ms)
    dense = min((g for g in gradients if g.Method in methods.DENSE), key=lambda gradient: gradient.ms)
    peers = [Peer(dense, X, starts, newton=False), Peer(dense, X, starts, newton=True)]
    peers.append(Peer(dense, X, starts, newton=True, protocol="fast"))
    if best is not dense:
        peers.extend(Peer(best, X, starts, newton=True, protocol=protocol) for protocol in PROTOCOLS)
    ours = {protocol: [hspin_sweep(dim, protocol)] for protocol in PROTOCOLS}
    ends = {protocol: Ends(dim, protocol, peers[0].landscape) for protocol in PROTOCOLS}
    rows = []

    def add(name, seconds, found, protocol="gd"):
        """Times per start: of the peer, and of hspin just before and after it."""
        for each in PROTOCOLS:
            ours[each].append(hspin_sweep(dim, each))
        ms = 1e3 * seconds / len(found[0])
        hspin_ms, fast_ms = (1e3 * (ours[each][-1] + ours[each][-2]) / 2 / STARTS[dim] for each in (protocol, "fast"))
        times = {"ms": ms, "hspin_ms": hspin_ms, "ratio": ms / hspin_ms, "fast_ms": fast_ms, "fast_ratio": ms / fast_ms}
        rows.append({"method": name, "dim": dim, "threads": THREADS, **times, **ends[protocol].compare(*found)})

    for peer in peers:
        found = []
        seconds = timing.seconds(lambda: found.extend(peer.run()))
        add(peer.name, seconds, found, peer.protocol)
    problem = descend_pymanopt.Problem(X)
    for optimizer in descend_pymanopt.OPTIMIZERS:
        ran = [problem.run(optimizer, start, finish.TOLERANCE) for start in starts[:PYMANOPT_STARTS]]
        add(f"(c) pymanopt, {optimizer}", sum(taken for taken, _ in ran), (np.array([end for _, end in ran]), None))
    return rows


def is_wrong(row):
    """Energies at the same point must agree, most starts get to the same point, means differ by chance only."""
    apart = abs(row["shift"]) > 5 * row["standard_error"] + 1e-12
    several = row["starts"] > PYMANOPT_STARTS
    differs = row["energy_difference"] > 1e-12 or not row["index_agrees"]
    return differs or several and (row["same"] < 0.5 or row["converged"] < 0.9 or apart)


def main():
    rows = [row for dim in DIMS for row in rows_at(dim)]
    print(f"Whole sweep, {shared.threads(THREADS)}, {shared.machine()}\n")
    formats = {
        "method": "{}",
        "dim": "{}",
        "starts": "{}",
        "ms": "{:.1f}",
        "hspin_ms": "{:.1f}",
        "ratio": "{:.1f} ×",
        "fast_ms": "{:.1f}",
        "fast_ratio": "{:.1f} ×",
        "norm": "{:.0e}",
        "same": "{:.0%}",
        "energy_difference": "{:.0e}",
        "shift": "{:+.4f}",
    }
    names = ["method", "Λ", "starts", "ms per start", "hspin ms", "ratio", "hspin fast ms", "ratio", "largest ‖g‖/√Λ"]
    names += ["at hspin's point", "energies differ there", "mean u differs"]

    def cell(row, key):
        compared = key != "energy_difference" or row["same"] > 0
        return formats[key].format(row[key]) if compared else "–"

    shared.markdown(names, [[cell(row, key) for key in formats] for row in rows])
    shared.save("-".join(map(str, ["sweep", THREADS, *DIMS])), rows)
    wrong = [row for row in rows if is_wrong(row)]
    if wrong:
        sys.exit(f"ends disagree: {wrong}")


main()
