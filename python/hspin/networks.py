"""Neural networks beside the spin glass: ``hspin networks``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ._progress import ProgressLike
from ._run import Run
from ._work import ExecutorLike, PathLike, carried_out

__all__ = ["sweep"]


def sweep(
    *,
    hidden: int | Sequence[int] | None = None,
    networks: int | None = None,
    protocol: Literal["sgd", "anneal"] | None = None,
    data: PathLike | None = None,
    digits: int | None = None,
    epochs: int | None = None,
    batch: int | None = None,
    rate: float | None = None,
    decay: float | None = None,
    sweeps: int | None = None,
    hot: float | None = None,
    cold: float | None = None,
    kept: float | None = None,
    gain: float | None = None,
    index: int | None = None,
    index_hidden: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    out: PathLike | None = None,
    resume: bool = True,
    executor: ExecutorLike | None = None,
    progress: ProgressLike = None,
) -> Run:
    """Trains many networks 100 → n₁ → 10 on 10×10 digits from independent starts: ``hspin networks sweep``.

    The same call on an existing run resumes it; ``hidden``, ``networks``, ``index`` and ``index_hidden`` may grow.

    Parameters
    ----------
    hidden : int or sequence of int, optional
        Hidden units n₁; 25, 50, 100, 250 and 500 by default.
    networks : int, optional
        Networks of each size, 1000 by default.
    protocol : {"sgd", "anneal"}, optional
        Gradient descent, or simulated annealing of three-valued weights.
    data : path, optional
        Folder with the four IDX files of MNIST or of your own; 6000 bundled digits by default.
    digits : int, optional
        Train on so many digits only.
    epochs, batch, rate, decay : optional
        Of gradient descent: passes, mini-batch, learning rate, and its decay ``rate/(1 + decay e)`` in epoch e.
    sweeps, hot, cold, kept, gain : optional
        Of annealing: moves per free weight, first and last temperature, share of free weights, factor of the outputs.
    index : int, optional
        Number of networks of each size whose Hessian index is found.
    index_hidden : int, optional
        Largest n₁ with indices.
    seed, threads, out, resume, executor, progress
        As in :func:`hspin.sweep`.

    Returns
    -------
    Run
        One record for each network.
    """
    keywords = {
        "hidden": hidden,
        "networks": networks,
        "protocol": protocol,
        "data": data,
        "digits": digits,
        "epochs": epochs,
        "batch": batch,
        "rate": rate,
        "decay": decay,
        "sweeps": sweeps,
        "hot": hot,
        "cold": cold,
        "kept": kept,
        "gain": gain,
        "index": index,
        "index_hidden": index_hidden,
        "seed": seed,
        "threads": threads,
    }
    verb = ["networks", "sweep"]
    found = carried_out(verb, keywords, out=out, resume=resume, executor=executor, progress=progress)
    return found
