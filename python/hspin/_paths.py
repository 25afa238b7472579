"""Barriers between minima."""

from __future__ import annotations

from collections.abc import Sequence

from ._progress import ProgressLike
from ._run import OneRun, Run, paths_of
from ._work import PathLike, carried_out


def paths(
    run: OneRun,
    dim: int,
    instance: int = 0,
    *,
    pairs: int | None = None,
    pair: Sequence[tuple[int, int]] | None = None,
    images: int | None = None,
    exact: bool = False,
    threads: int | None = None,
    out: PathLike | None = None,
    resume: bool = True,
    progress: ProgressLike = None,
) -> Run:
    """Finds barriers between distinct minima of one surface: ``hspin paths``.

    A band is relaxed between two minima; its top is refined to a saddle of index 1 and certified, and descents from both its
    sides say which minima it joins. Further bands close what is left between them, until a chain of certified passes leads
    from one minimum to the other. Its highest pass is the barrier, an upper bound of the exact minimax energy.

    Parameters
    ----------
    run : Run or path
        A sweep or a census that keeps points.
    dim : int
        Λ of the surface.
    instance : int
        Number of the surface.
    pairs : int, optional
        Pairs of minima, nearest and lowest first; may grow. By default all up to 45, else 45.
    pair : sequence of (int, int), optional
        Pairs by hand, by two starts (critical points of a census) that ended at minima.
    images : int, optional
        Images of a band, 17 by default.
    exact : bool
        Refuse a source that is no certified census.
    threads, out, resume, progress
        As in :func:`sweep`.

    Returns
    -------
    Run
        Its records are the pairs; ``summary().graph`` is the tree of minima, and ``bands()`` compares barriers with the exact
        graph.

    Raises
    ------
    InputError
        For two starts of one minimum, a run without points, or a surface that is not there.

    Examples
    --------
    >>> import hspin as hs
    >>> census = hs.census(dim=6, seed=1)
    >>> barriers = hs.paths(census, dim=6)
    >>> barriers.bands().verdict
    'agrees'
    """
    chosen = [f"--pair={a},{b}" for a, b in pair or ()]
    keywords = {
        "dim": dim,
        "instance": instance,
        "pairs": pairs,
        "images": images,
        "exact": exact,
        "threads": threads,
    }
    return carried_out(
        ["paths", *paths_of(run), *chosen], keywords, out=out, resume=resume, executor=None, progress=progress, title="paths"
    )
