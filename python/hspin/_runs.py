"""Sweeps and censuses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ._progress import ProgressLike
from ._run import Run
from ._work import Couplings, ExecutorLike, PathLike, carried_out

Protocol = Literal["sgd", "gd", "saddle", "anneal"]


def sweep(
    *,
    spins: int | None = None,
    dims: int | Sequence[int] | None = None,
    starts: int | None = None,
    instances: int | None = None,
    seed: int | None = None,
    protocol: Protocol | None = None,
    samples: int | None = None,
    sweeps: int | None = None,
    preset: Literal["paper", "quick", "literal"] | None = None,
    config: PathLike | None = None,
    couplings: Couplings | None = None,
    trace: bool = False,
    points: bool = True,
    device: Literal["cpu", "cuda", "auto"] | None = None,
    threads: int | None = None,
    out: PathLike | None = None,
    resume: bool = True,
    executor: ExecutorLike | None = None,
    progress: ProgressLike = None,
) -> Run:
    """Descends from many random starts at many sizes: ``hspin sweep``.

    The same call on an existing run resumes it; ``dims``, ``starts`` and ``instances`` may grow. Records are a function of
    these keywords alone: the same for any number of threads, any executor and any interruption, and those of the command.

    Parameters
    ----------
    spins : int, optional
        Order H, 3 by default.
    dims : int or sequence of int, optional
        Dimensions Λ; those of the preset by default.
    starts : int, optional
        Starts on each surface.
    instances : int, optional
        Surfaces of each size, 1 by default.
    seed : int, optional
        Root of all random streams, 1 by default.
    protocol : {"sgd", "gd", "saddle", "anneal"}, optional
        How to descend, or to search critical points of any index; ``"sgd"`` by default.
    samples : int, optional
        Number of sample tensors of ``"sgd"``.
    sweeps : int, optional
        Sweeps of ``"anneal"``.
    preset : {"paper", "quick", "literal"}, optional
        Where defaults come from.
    config : path, optional
        TOML file with the same keys; keywords win over it.
    couplings : path or array of shape (N,) * H, optional
        A symmetric tensor of your own in place of random ones. The run holds its checksum only.
    trace : bool
        Keep log-spaced (step, energy, gradient norm) of each start.
    points : bool
        Keep final points.
    device : {"cpu", "cuda", "auto"}, optional
        Where to descend.
    threads : int, optional
        Worker threads; all cores by default.
    out : path, optional
        The run: a new file, or an existing one to go on with. By default a temporary file that goes with the object.
    resume : bool
        Whether to go on with an existing file; otherwise one is refused.
    executor : concurrent.futures.Executor, optional
        Shares out the work to processes, also on other machines: any executor, a Dask client, or a function that makes one.
    progress : bool or function, optional
        ``None`` draws a bar after a second, ``False`` none; a function gets a list of (size, items planned, items done).

    Returns
    -------
    Run

    Raises
    ------
    InputError
        For a value that is not allowed.
    RefusedError
        For too little memory, a run that another process works on, or a changed field that cannot grow.
    KeyboardInterrupt
        After Ctrl-C, with every finished unit stored: the same call goes on.

    Examples
    --------
    >>> import hspin as hs
    >>> run = hs.sweep(dims=[10, 20], starts=50, protocol="gd")
    >>> run.records("numpy")["energy_per_spin"].shape
    (100,)
    """
    keywords = {
        "preset": preset,
        "config": config,
        "couplings": couplings,
        "trace": trace,
        "spins": spins,
        "dims": dims,
        "starts": starts,
        "instances": instances,
        "protocol": protocol,
        "device": device,
        "samples": samples,
        "sweeps": sweeps,
        "seed": seed,
        "threads": threads,
        "no_points": not points,
    }
    found = carried_out(
        ["sweep"], keywords, out=out, resume=resume, executor=executor, progress=progress
    )
    return found


def census(
    *,
    spins: int | None = None,
    dim: int | None = None,
    instances: int | None = None,
    seed: int | None = None,
    couplings: Couplings | None = None,
    threads: int | None = None,
    out: PathLike | None = None,
    resume: bool = True,
    executor: ExecutorLike | None = None,
    progress: ProgressLike = None,
) -> Run:
    """Finds every critical point of random surfaces, with a proof that none is missing: ``hspin census``.

    Parameters
    ----------
    spins : int, optional
        Order H, 3 by default.
    dim : int
        Dimension Λ; there are ((H−1)^Λ − 1)/(H−2) paths to follow, at most 10 million.
    instances : int, optional
        Surfaces, 1 by default; may grow.
    seed, couplings, threads, out, resume, executor, progress
        As in :func:`sweep`.

    Returns
    -------
    Run
        Its records are the critical points, w and −w both, by energy.

    Examples
    --------
    >>> import hspin as hs
    >>> census = hs.census(dim=6)
    >>> census.summary().complete
    True
    """
    keywords = {
        "spins": spins,
        "dim": dim,
        "instances": instances,
        "seed": seed,
        "couplings": couplings,
        "threads": threads,
    }
    found = carried_out(
        ["census"], keywords, out=out, resume=resume, executor=executor, progress=progress
    )
    return found
