"""Runs: what a file of results holds."""

from __future__ import annotations

import json
import os
import shutil
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, Union

import numpy as np
import numpy.typing as npt

from . import _hspin
from ._couplings import Couplings, CouplingsFile, Points, PointsFile, by_order
from ._errors import DamagedError, InputError
from ._figure import Figure
from ._frames import made
from ._model import SurfaceMixture, model_words
from ._words import Document, command, document, whole, with_text, with_text_later, words

FloatArray = npt.NDArray[np.float64]
#: A run, or where it is.
OneRun = Union["Run", str, "os.PathLike[str]"]
#: One run or several.
Runs = Union[OneRun, Sequence[OneRun]]


class Run:
    """A run: of a sweep, a census, paths, sampling or networks. Made by :func:`hspin.open`, :func:`hspin.sweep` and the like.

    Whatever is read is held against its checksum first: damaged data raise :class:`hspin.DamagedError` and give no number.
    A damaged run can be opened, so that :meth:`verify` can say what is damaged and repair it.

    Attributes
    ----------
    path : pathlib.Path
        The file. A run that was made without ``out`` lies in a folder of temporary files that is removed with this object;
        :meth:`save` keeps it.
    """

    def __init__(self, path: str | os.PathLike[str], folder: str | None = None) -> None:
        self.path = Path(path).absolute()
        self._closed = False
        self._folder = folder
        self._owner = os.getpid()
        if folder is not None:
            weakref.finalize(self, _remove, folder, self._owner)
        self._kind: str | None = None
        try:
            self._kind = _hspin.kind(self.path)
        except DamagedError:
            # It is opened all the same: how else could it be repaired?
            pass

    # What it is.

    @property
    def kind(self) -> str:
        """Kind of the run: ``"sweep"``, ``"census"``, ``"paths"``, ``"sample"`` or ``"networks"``."""
        if self._kind is None:
            self._kind = _hspin.kind(self._open())
        return self._kind

    @property
    def spec(self) -> Document:
        """Everything that defines the run, as it is stored."""
        from ._words import _document

        return _document(json.loads(_hspin.spec(self._open())))

    def summary(self) -> Document:
        """Progress, outcomes and one entry for each size: ``hspin show``.

        Returns
        -------
        Document
            A dict with attributes, keys as ``hspin show --json`` has them; ``print`` shows the table.
        """
        return with_text(["show", self._word()])

    def bands(self, runs: Runs | None = None) -> Document:
        """Compares the run with exact theory, with a verdict: ``hspin bands``.

        Parameters
        ----------
        runs : Run or path, or a sequence of them, optional
            More runs of descents, which differ from this one in the strength of the spike only. Then the result is their phase
            table: overlaps with the spike by size and strength.

        Returns
        -------
        Document
            Keys as ``hspin bands --json`` has them; ``print`` shows tables and words.

        Raises
        ------
        InputError
            Where the runs do not belong together.
        """
        return with_text_later(["bands", self._word(), *paths_of(runs)])

    def paths(
        self,
        dim: int,
        instance: int = 0,
        *,
        pairs: int | None = None,
        pair: Sequence[tuple[int, int]] | None = None,
        images: int | None = None,
        exact: bool = False,
        threads: int | None = None,
        out: str | os.PathLike[str] | None = None,
        resume: bool = True,
    ) -> Run:
        """Finds barriers between distinct minima of one surface of a sweep or a census: :func:`hspin.paths` of this run.

        Parameters
        ----------
        dim, instance, pairs, pair, images, exact, threads, out, resume
            As of :func:`hspin.paths`.

        Returns
        -------
        Run
            Its records are the pairs.
        """
        from ._paths import paths

        return paths(
            self,
            dim,
            instance,
            pairs=pairs,
            pair=pair,
            images=images,
            exact=exact,
            threads=threads,
            out=out,
            resume=resume,
        )

    def verify(
        self,
        *,
        deep: bool = False,
        all: bool = False,
        repair: bool = False,
        sample_seed: int | None = None,
        couplings: Couplings | None = None,
        symmetrize: bool = False,
        starts_from: Points | None = None,
        data: str | os.PathLike[str] | None = None,
    ) -> Document:
        """Checks structure, checksums and completeness: ``hspin verify``.

        Parameters
        ----------
        deep : bool
            Compute a sample again by a second path, or all with ``all=True``.
        repair : bool
            Drop damaged units, so that the same call computes them again.
        sample_seed : int, optional
            Which sample is computed again; another one each time by default.
        couplings : path or array, or dict or list of them, optional
        starts_from : path or array, optional
        data : path, optional
            Your own couplings, points that starts begin from, or digits that the run is on, for ``deep``.
        symmetrize : bool
            Take the symmetric part of each array of ``couplings``, as the run did that was made with ``symmetrize=True``.

        Returns
        -------
        Document
            ``ok``, ``complete``, ``units``, ``damaged``, ``missing``, ``content_hash``.

        Raises
        ------
        DamagedError
            Where the run is damaged, or not reproduced; its ``output`` is the report as JSON.
        """
        flags = words(
            {
                "deep": deep,
                "all": all,
                "repair": repair,
                "sample_seed": sample_seed,
                "data": data,
            }
        )
        with CouplingsFile(couplings) as file, PointsFile(starts_from) as points:
            files = words({"couplings": file, "symmetrize": symmetrize, "starts_from": points})
            return document(["verify", self._word(), *flags, *files], title="verify")

    # What it holds.

    def records(self, format: str | None = None, *, dim: int | None = None, instance: int | None = None) -> Any:
        """One row for each start, critical point or network; of a run of sampling for each temperature of a surface.

        Parameters
        ----------
        format : {"pandas", "polars", "arrow", "numpy"}, optional
            Form of the table; by default pandas' if it is installed. ``"numpy"`` is a dict of arrays, masked where an
            integer is unknown.
        dim, instance : int, optional
            Rows of one size Λ, of one surface.

        Returns
        -------
        table
            Columns as in ``docs/columns.md``; ``index`` is named ``morse_index``. Energies are those of the
            couplings; on couplings of your own, divide by the column ``scale`` for what theory speaks of.
        """
        return made(_hspin.records(self._open(), _maybe("dim", dim), _maybe("instance", instance)), format)

    def traces(self, format: str | None = None, *, dim: int | None = None, instance: int | None = None) -> Any:
        """Histories of the starts of a run with ``trace=True``: step, energy per spin, gradient norm.

        Of a run of sampling they are the energies of its replicas along the way.

        Parameters
        ----------
        format, dim, instance
            As in :meth:`records`.

        Returns
        -------
        table
            Columns as in ``docs/columns.md``.

        Raises
        ------
        InputError
            If the run was made without ``trace``.
        """
        return made(_hspin.traces(self._open(), _maybe("dim", dim), _maybe("instance", instance)), format)

    def points(self, dim: int, instance: int = 0) -> FloatArray:
        """Final points on one surface; of a run of sampling the last point of each replica, temperature after temperature.

        Parameters
        ----------
        dim, instance : int
            Size Λ and number of the surface.

        Returns
        -------
        ndarray, shape (starts, dim)
            Row s is the end of start s, |w|² = Λ.

        Raises
        ------
        InputError
            If the run keeps no points, or has no such surface.
        RefusedError
            While some starts of the surface are missing.
        """
        return _hspin.points(self._open(), whole("dim", dim), whole("instance", instance))

    def couplings(self, dim: int, instance: int = 0) -> Any:
        """Couplings of one surface.

        Parameters
        ----------
        dim, instance : int
            Size Λ and number of the surface.

        Returns
        -------
        ndarray, shape (dim,) * H, or dict of int to ndarray
            The symmetric array X with L(w) = Λ^{-(H-1)/2} Σ X w…w. Of a mixture a dict: each order P has its array of shape
            (dim,) * P, √V inside, and L is the sum of their energies..

        Raises
        ------
        RefusedError
            Above 2 GiB; for a run on couplings of your own, of which it has the checksum only.
        """
        return by_order(_hspin.couplings(self._open(), whole("dim", dim), whole("instance", instance)))

    def hidden_vector(self, dim: int, instance: int = 0) -> FloatArray:
        """The hidden vector v of the spike on one surface: L has the term −λΛ(w·v/Λ)^r.

        Parameters
        ----------
        dim, instance : int
            Size Λ and number of the surface.

        Returns
        -------
        ndarray, shape (dim,)
            v, |v|² = Λ.

        Raises
        ------
        InputError
            If the run has no spike, or no such surface.
        """
        return _hspin.hidden_vector(self._open(), whole("dim", dim), whole("instance", instance))

    def figure(
        self,
        name: str,
        *,
        runs: Runs | None = None,
        spins: int | None = None,
        dim: int | None = None,
        glass: Run | str | os.PathLike[str] | None = None,
        annealed: Run | str | os.PathLike[str] | None = None,
    ) -> Figure:
        """Draws a figure of the run; :attr:`figures` has their names.

        Parameters
        ----------
        name : str
            Name of the figure; underscores stand for dashes.
        runs : Run or path, or a sequence of them, optional
            More runs, of figures that show several side by side, such as ``"spike-overlap"``.
        spins, dim : int, optional
            Order H and dimension Λ of the theory beside it, where the run does not say them.
        glass, annealed : Run or path, optional
            The run of a spin glass, or of annealed networks, that is shown beside this one.

        Returns
        -------
        Figure
            It shows itself in a notebook; ``save("name.svg")`` or ``save("name.png")`` writes it.

        Raises
        ------
        InputError
            Where the run is not one that the figure shows; the message says which one is.
        """

        def path(run: Run | str | os.PathLike[str] | None) -> str | os.PathLike[str] | None:
            return run.path if isinstance(run, Run) else run

        keywords = {
            "spins": spins,
            "dim": dim,
            "glass": path(glass),
            "annealed": path(annealed),
        }
        return Figure(name, [*_run_words([self, *_listed(runs)]), *words(keywords)])

    @property
    def figures(self) -> list[str]:
        """Names of the figures that show a run like this."""
        listed = json.loads(command(["figure", "--list", "--json"]))["figures"]
        if self.kind in ("networks", "paths", "sample"):
            return [figure["name"] for figure in listed if figure["run"] == self.kind]
        spec = self.spec
        sought = "census" if self.kind == "census" else "saddle" if spec.descent.method == "saddle" else "descent"

        def shows(figure: dict[str, Any]) -> bool:
            return (
                figure["run"] == "glass"
                and sought in figure["kinds"]
                and ((spec.couplings == "random" and "model" not in spec) or not figure["random"])
                and (spec.points or not figure["points"])
                and (spec.trace or not figure["traces"])
                and (figure["dim"] is None or (spec.couplings == "random" and figure["dim"] in spec.dims))
            )

        return [figure["name"] for figure in listed if shows(figure)]

    def report(
        self,
        path: str | os.PathLike[str],
        *,
        runs: Runs | None = None,
        annealed: Run | str | os.PathLike[str] | None = None,
        force: bool = False,
    ) -> Path:
        """Writes one HTML page about the run: ``hspin report``.

        The page has tables, figures, verdicts with their p-values, the command that makes the run again and files to save. It
        asks for nothing outside of it, opens from the disk, and is read without a script and on paper, too.

        Parameters
        ----------
        path : path
            The page; folders above it are made if they are missing.
        runs : Run or path, or a sequence of them, optional
            More runs on the same page.
        annealed : Run or path, optional
            A run of annealed networks to set beside this one, a run of networks.
        force : bool
            Overwrite a file that hspin did not write.

        Returns
        -------
        pathlib.Path
            The page.

        Raises
        ------
        InputError
            If a run is given twice, or there is nothing to set annealed networks beside.
        RefusedError
            If there is a file that hspin did not write, or the place cannot be written.
        DamagedError
            If what a run holds is not what was written.

        Examples
        --------
        >>> import hspin as hs
        >>> run = hs.sweep(dims=[10], starts=20, seed=1)
        >>> page = run.report("page.html")
        """
        beside = annealed.path if isinstance(annealed, Run) else annealed
        # A path is absolute, so that it is never taken for standard output.
        keywords = {"out": Path(path).absolute(), "annealed": beside, "force": force}
        command(["report", self._word(), *paths_of(runs), *words(keywords)])
        return Path(path)

    def export(
        self,
        out: str | os.PathLike[str],
        *,
        format: Literal["csv", "parquet"] = "csv",
        dim: int | None = None,
        instance: int | None = None,
        couplings: bool = False,
        spike: bool = False,
        points: bool = False,
        force: bool = False,
    ) -> list[Path]:
        """Writes tables and arrays into a folder: ``hspin export``.

        Parameters
        ----------
        out : path
            The folder; it is made if it is not there.
        format : {"csv", "parquet"}
            Form of the tables.
        dim, instance : int, optional
            One size Λ, one surface.
        couplings, spike, points : bool
            Write the arrays of that surface: ``couplings.npy`` of shape (Λ,) * H, of a mixture ``couplings-P.npy`` for each
            order P; ``spike.npy``, the hidden vector of shape (Λ,); ``points.npy`` of shape (starts, Λ).
        force : bool
            Write also over files that are not hspin's.

        Returns
        -------
        list of pathlib.Path
            What the folder holds afterwards.
        """
        keywords = {
            "out": out,
            "format": format,
            "dim": dim,
            "instance": instance,
            "couplings": couplings,
            "spike": spike,
            "points": points,
            "force": force,
        }
        command(["export", self._word(), *words(keywords)])
        return sorted(Path(out).iterdir())

    def save(self, path: str | os.PathLike[str]) -> Run:
        """Copies what the run holds to a new file, each unit held against its checksum first.

        Returns
        -------
        Run
            The copy, with the same ``content_hash``.

        Raises
        ------
        InputError
            If there is a file already.
        """
        path = Path(path)
        if path.exists():
            raise InputError(f"path = {path}: a new file; there is one already")
        # Not as bytes: somebody may be writing it, and a file that Python closes ends SQLite's locks of this process.
        command(["merge", self._word(), *words({"out": path.absolute()})])
        return Run(path)

    # How it is used.

    def close(self) -> None:
        """Says that the run is used no more; every call after this is refused. Removes a temporary file at once."""
        self._closed = True
        if self._folder is not None:
            _remove(self._folder, self._owner)

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self) -> Path:
        if self._closed:
            raise InputError(f"RUN = {self.path}: an open run; this one was closed")
        return self.path

    def _word(self) -> str:
        # A path is absolute, so that it never looks like a flag.
        return str(self._open())

    def __reduce__(self) -> tuple[Any, ...]:
        if self._folder is not None:
            raise InputError(f"RUN = {self.path}: a file that stays; this one is temporary: give out=, or save(path) first")
        return (Run, (str(self.path),))

    def __copy__(self) -> Run:
        return self

    def __deepcopy__(self, _: object) -> Run:
        return self

    def __repr__(self) -> str:
        return f"<hspin.Run {self._kind or 'damaged'} {str(self.path)!r}{' closed' if self._closed else ''}>"

    def _repr_html_(self) -> str:
        from html import escape

        if self._closed:
            return f"<code>{escape(repr(self))}</code>"
        return f"<code>{escape(str(self.path))}</code><pre>{escape(command(['show', self._word()]))}</pre>"


def _remove(folder: str, owner: int) -> None:
    """Removes a folder of temporary files, but not from a process that was forked: it is its parent's."""
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)


def _listed(runs: Runs | None) -> list[OneRun]:
    if runs is None:
        return []
    return [runs] if isinstance(runs, (Run, str, os.PathLike)) else list(runs)


def paths_of(runs: Runs | None) -> list[str]:
    """Absolute paths of one run or several, which never look like flags."""
    return [run._word() if isinstance(run, Run) else str(Path(run).absolute()) for run in _listed(runs)]


def _run_words(runs: Runs | None) -> list[str]:
    """A flag for each run."""
    return [f"--run={path}" for path in paths_of(runs)]


def _maybe(key: str, value: int | None) -> int | None:
    return None if value is None else whole(key, value)


def open(path: str | os.PathLike[str]) -> Run:
    """Opens a run that is there.

    Parameters
    ----------
    path : path
        A file made by ``hspin sweep``, ``hspin census``, ``hspin sample`` or ``hspin networks sweep``, or by their functions
        here.

    Raises
    ------
    InputError
        If there is no such run.
    RefusedError
        If it is of a newer version.
    """
    return Run(path)


def merge(runs: Runs, out: str | os.PathLike[str]) -> Run:
    """Puts runs of one spec together that hold other sizes, surfaces or starts: ``hspin merge``.

    Parameters
    ----------
    runs : sequence of Run or path
        They stay as they are.
    out : path
        The new run.

    Returns
    -------
    Run

    Raises
    ------
    InputError
        If they are not of one spec.
    """
    command(["merge", *paths_of(runs), *words({"out": out})])
    return Run(out)


def figure(
    name: str,
    *,
    runs: Runs | None = None,
    spins: int | None = None,
    mixture: SurfaceMixture | None = None,
    dim: int | None = None,
) -> Figure:
    """Draws a figure of theory, or of several runs side by side; of one run, :meth:`hspin.Run.figure` is shorter.

    Parameters
    ----------
    name : str
        Name of the figure, as ``hspin figure --list`` has it; underscores stand for dashes.
    runs : Run or path, or a sequence of them, optional
        Runs that are shown side by side, such as runs with spikes of several strengths by ``"spike-overlap"`` and
        ``"spike-histograms"``; figures of theory need none.
    spins : int, optional
        Order H of theory, 3 by default.
    mixture : dict or str, optional
        Orders with their shares of variance in place of one order, such as ``{3: 0.5, 4: 0.5}`` or ``"3:0.5,4:0.5"``.
    dim : int, optional
        Λ of mean numbers, at most 1000.

    Returns
    -------
    Figure
        It shows itself in a notebook; ``save("name.svg")`` or ``save("name.png")`` writes it.

    Raises
    ------
    InputError
        Where the runs are not those that the figure shows, or do not belong together; the message says which ones are.

    Examples
    --------
    >>> import hspin as hs
    >>> runs = [hs.sweep(spike=strength, dims=[10], starts=10, instances=2) for strength in (1.0, 2.0)]
    >>> hs.figure("spike-histograms", runs=runs)
    <hspin.Figure spike-histograms>
    """
    keywords = {"spins": spins, **model_words(mixture, None), "dim": dim}
    return Figure(name, [*_run_words(runs), *words(keywords)])
