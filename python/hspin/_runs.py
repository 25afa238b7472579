"""Sweeps, censuses and sampling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ._model import Law, Spike, SurfaceMixture, model_words
from ._progress import ProgressLike
from ._run import Run
from ._work import Couplings, ExecutorLike, PathLike, Points, carried_out

Protocol = Literal["sgd", "gd", "fast", "saddle", "anneal"]


def sweep(
    *,
    spins: int | None = None,
    mixture: SurfaceMixture | None = None,
    spike: Spike | None = None,
    law: Law | None = None,
    dims: int | Sequence[int] | None = None,
    starts: int | None = None,
    starts_from: Points | None = None,
    start_overlap: float | None = None,
    instances: int | None = None,
    seed: int | None = None,
    protocol: Protocol | None = None,
    samples: int | None = None,
    sweeps: int | None = None,
    preset: Literal["paper", "quick", "literal"] | None = None,
    config: PathLike | None = None,
    couplings: Couplings | None = None,
    symmetrize: bool = False,
    keep_couplings: bool = False,
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
    mixture : dict of int to float, or text, optional
        Orders and their variances in place of ``spins``: ``{2: 0.5, 3: 0.5}`` or ``"2:0.5,3:0.5"`` stands for
        ξ(q) = ½q² + ½q³. Order 1 is a random field. Records have ``radial_slope``, w·∇L/Λ.
    spike : float, or tuple of float and int, optional
        A strength λ, or (λ, r): adds −λΛ(w·v/Λ)^r with a hidden vector v; r is the highest order by default. Records have
        ``spike_overlap``, w·v/Λ, without its sign for even r.
    law : {"gaussian", "sign", "uniform", "exponential"}, optional
        Law of the entries of couplings, with mean 0 and variance 1; ``"gaussian"`` by default.
    dims : int or sequence of int, optional
        Dimensions Λ; those of the preset by default.
    starts : int, optional
        Starts on each surface.
    starts_from : path or array of shape (n, dim), optional
        Points of the sphere, |w|² = Λ to 1e-6 in |w|²/Λ, that starts begin from: the same on every surface, the first
        ``starts`` of them or all. ``dims`` is theirs by default. The run holds their checksum only: give them again to
        resume it, and for ``verify(deep=True, starts_from=…)``.
    start_overlap : float, optional
        Starts begin at this overlap w·v/Λ with the hidden vector of the spike, from −1 to 1, else at random.
    instances : int, optional
        Surfaces of each size, 1 by default.
    seed : int, optional
        Root of all random streams, 1 by default.
    protocol : {"sgd", "gd", "fast", "saddle", "anneal"}, optional
        How to descend, or to search critical points of any index; ``"sgd"`` by default.
    samples : int, optional
        Number of sample tensors of ``"sgd"``.
    sweeps : int, optional
        Sweeps of ``"anneal"``.
    preset : {"paper", "quick", "literal"}, optional
        Where defaults come from.
    config : path, optional
        TOML file with the same keys; keywords win over it.
    couplings : path or array of shape (N,) * H, or dict or list of them, optional
        A symmetric tensor of your own in place of random ones; or one for each order, ``{2: A, 3: B}`` or ``[A, B]``, where
        order 1, a field, has shape (N,). The run holds checksums only.
    symmetrize : bool
        Takes the symmetric part of an array that is not symmetric: the mean over all orders of its axes.
    keep_couplings : bool
        Stores the array in the run, which then needs it no more to be resumed or verified.
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
        "symmetrize": symmetrize,
        "keep_couplings": keep_couplings,
        "trace": trace,
        "spins": spins,
        **model_words(mixture, spike),
        "law": law,
        "dims": dims,
        "starts": starts,
        "starts_from": starts_from,
        "start_overlap": start_overlap,
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
    mixture: SurfaceMixture | None = None,
    spike: Spike | None = None,
    law: Law | None = None,
    dim: int | None = None,
    instances: int | None = None,
    seed: int | None = None,
    couplings: Couplings | None = None,
    symmetrize: bool = False,
    keep_couplings: bool = False,
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
    mixture, spike, law : optional
        As in :func:`sweep`.
    dim : int
        Dimension Λ; there are ((H−1)^Λ − 1)/(H−2) paths to follow, at most 10 million.
    instances : int, optional
        Surfaces, 1 by default; may grow.
    seed, couplings, symmetrize, keep_couplings, threads, out, resume, executor, progress
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
        **model_words(mixture, spike),
        "law": law,
        "dim": dim,
        "instances": instances,
        "seed": seed,
        "couplings": couplings,
        "symmetrize": symmetrize,
        "keep_couplings": keep_couplings,
        "threads": threads,
    }
    found = carried_out(
        ["census"], keywords, out=out, resume=resume, executor=executor, progress=progress
    )
    return found


def sample(
    *,
    temperatures: float | Sequence[float] | str | None = None,
    sweeps: int | None = None,
    spins: int | None = None,
    mixture: SurfaceMixture | None = None,
    spike: Spike | None = None,
    law: Law | None = None,
    dims: int | Sequence[int] | None = None,
    instances: int | None = None,
    burn_in: int | None = None,
    steps: int | None = None,
    replicas: int | None = None,
    exchange: bool = True,
    thin: int | None = None,
    seed: int | None = None,
    threads: int | None = None,
    out: PathLike | None = None,
    resume: bool = True,
    executor: ExecutorLike | None = None,
    progress: ProgressLike = None,
) -> Run:
    """Samples e^{−L/T} on the sphere without bias, with replica exchange between temperatures: ``hspin sample``.

    The same call on an existing run resumes it; ``dims`` and ``instances`` may grow. Chains that have not mixed (split-R̂ above
    1.05, or an effective size below 100) are data with a warning.

    Parameters
    ----------
    temperatures : float, sequence of float, or text
        Temperatures T in any order, or ``"0.7:1.5:0.1"``. L has variance Λ ξ(1). One alone needs ``exchange=False``.
    sweeps : int
        Sweeps that count: one trajectory of each replica to a sweep.
    spins, mixture, spike, law, dims, instances
        As in :func:`sweep`.
    burn_in : int, optional
        Sweeps before them, in which step lengths are adapted; half of ``sweeps`` by default.
    steps : int, optional
        Leapfrog steps of a trajectory, 8 by default; each takes a gradient.
    replicas : int, optional
        Independent sets of replicas, 2 by default; overlaps are between them.
    exchange : bool
        Whether replicas of neighbouring temperatures are exchanged.
    thin : int, optional
        Energies of every so many sweeps are kept; about a hundred of each replica by default.
    seed, threads, out, resume, executor, progress
        As in :func:`sweep`. A surface is worked on by one thread.

    Returns
    -------
    Run
        Its records are the temperatures of each surface; ``traces()`` has energies along the way, ``points()`` the last point of
        each replica.

    Raises
    ------
    InputError
        For a value that is not allowed: a temperature that is not above 0, one alone with exchange.
    RefusedError
        For too little memory, a run that another process works on, or a changed field that cannot grow.

    Examples
    --------
    >>> import hspin as hs
    >>> run = hs.sample(dims=[10], temperatures=[1.0, 1.5], sweeps=400, instances=2)
    >>> [row.temperature for row in run.summary().temperatures]
    [1.0, 1.5]
    """
    keywords = {
        "spins": spins,
        **model_words(mixture, spike),
        "law": law,
        "dims": dims,
        "temperatures": temperatures,
        "sweeps": sweeps,
        "burn_in": burn_in,
        "steps": steps,
        "replicas": replicas,
        "no_exchange": not exchange,
        "thin": thin,
        "instances": instances,
        "seed": seed,
        "threads": threads,
    }
    found = carried_out(
        ["sample"], keywords, out=out, resume=resume, executor=executor, progress=progress
    )
    return found
