"""One surface: values and derivatives at many points, descents, critical points."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, Union

import numpy as np
import numpy.typing as npt

from . import _hspin
from ._errors import InputError
from ._frames import Columns, Kept, columns, made
from ._progress import ProgressLike, shown
from ._words import number, real_numbers, whole
from ._couplings import as_couplings

FloatArray = npt.NDArray[np.float64]


class GreatCircle(NamedTuple):
    """Along a great circle; see :meth:`Surface.great_circle`."""

    #: φ, shape (n).
    angle: FloatArray
    #: w(φ), shape (n, dim).
    points: FloatArray
    #: L(w(φ)), extensive, shape (n).
    energy: FloatArray
    #: dL/dφ, shape (n).
    slope: FloatArray
    #: d²L/dφ², shape (n).
    curvature: FloatArray


class _Kept:
    """What starts found, as arrays: what came from another process."""

    def __init__(self, points: FloatArray, records: Columns, traces: Columns, facts: dict[str, Any] | None) -> None:
        self._points, self._records, self._traces, self._facts = points, Kept(records), Kept(traces), facts

    def __len__(self) -> int:
        return len(self._points)

    def points(self) -> FloatArray:
        return self._points.copy()

    def records(self) -> Kept:
        return self._records

    def traces(self) -> Kept:
        return self._traces

    def facts(self) -> dict[str, Any] | None:
        return self._facts


_Found = Union[_hspin.Starts, _Kept]


class Starts:
    """Where starts on a surface ended, or its critical points. ``len`` is their number; ``records`` has all that is known.

    Attributes that are arrays have one entry for each start. Energies are those of the couplings, as in runs; those of an
    array of your own divided by ``scale`` are what theory speaks of.
    """

    def __init__(self, found: _Found, scale: float) -> None:
        self._found = found
        self._columns: dict[str, Any] = columns(found.records())
        #: Scale s of an array of your own: ``energy_per_spin / scale`` is u/s. 1 on a random surface.
        self.scale = scale
        #: What is known of a census beside its points, among it ``certified``; None for descents.
        self.facts: dict[str, Any] | None = found.facts()

    @property
    def points(self) -> FloatArray:
        """Where each ended, shape (n, dim), |w|² = Λ."""
        return self._found.points()

    @property
    def certified(self) -> bool | None:
        """Whether it is proved that no critical point is missing; None for descents."""
        return None if self.facts is None else bool(self.facts["certified"])

    def records(self, format: str | None = None) -> Any:
        """The records, as :meth:`hspin.Run.records` has them: those of a run on this surface."""
        return made(self._found.records(), format)

    def traces(self, format: str | None = None) -> Any:
        """Histories of the starts, if they were asked for by ``trace=True``."""
        return made(self._found.traces(), format)

    @property
    def index(self) -> Any:
        """Number of negative eigenvalues of the Riemannian Hessian; masked where it is not known."""
        return self._columns["morse_index"]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_columns"][name]
        except KeyError:
            raise AttributeError(f"no {name!r}; there are {', '.join(self.__dict__.get('_columns', ()))}") from None

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._columns]

    def __len__(self) -> int:
        return len(self._found)

    def __reduce__(self) -> tuple[Any, ...]:
        found = self._found
        parts = (found.points(), found.records().arrays(), found.traces().arrays(), found.facts())
        return (_starts, (parts, self.scale))

    def __copy__(self) -> Starts:
        return self

    def __repr__(self) -> str:
        return f"<hspin.Starts {len(self)}: {', '.join(['points', 'index', *self._columns])}>"


class Surface:
    """One energy surface on the sphere |w|² = Λ, L(w) = Λ^{-(H-1)/2} Σ X[i, j, …] w_i w_j ….

    ``Surface(spins=3, dim=50, seed=1, instance=0)`` is the random surface of that number in every run of that seed, to the
    bit. ``Surface(array)`` is that of a symmetric array of shape (N,) * H, with the energies and derivatives of the array
    as it is.

    Energies are extensive: of the order of Λ. Points W have shape (dim,) or (n, dim), of any real dtype and order; they must
    lie on the sphere to 1e-6 in |w|²/Λ, or are scaled to it by ``project=True``. Values at a point depend neither on other
    points nor on ``threads``.

    Parameters
    ----------
    couplings : array_like of shape (N,) * H, optional
        A symmetric array of your own.
    spins, dim : int, optional
        Order H and dimension Λ of a random surface.
    seed : int
        Root of all random streams.
    instance : int
        Number of the surface.
    threads : int, optional
        Threads that draw it; all cores by default.

    Raises
    ------
    InputError
        For a value that is not allowed, or an array that is not symmetric.
    RefusedError
        Where memory is too small for the couplings.

    Examples
    --------
    >>> import hspin as hs
    >>> surface = hs.Surface(spins=3, dim=20, seed=1)
    >>> W = surface.random_points(5)
    >>> surface.energy(W).shape, surface.gradient(W).shape
    ((5,), (5, 20))
    """

    def __init__(
        self,
        couplings: npt.ArrayLike | None = None,
        *,
        spins: int | None = None,
        dim: int | None = None,
        seed: int = 1,
        instance: int = 0,
        threads: int | None = None,
    ) -> None:
        if couplings is not None:
            for key, value in (("spins", spins), ("dim", dim), ("instance", instance or None)):
                if value is not None:
                    raise InputError(f"{key} = {value}: nothing: the array has it")
            self._inner = _hspin.Surface.own(
                as_couplings(couplings), whole("seed", seed, 2**64 - 1), _threads(threads)
            )
            return
        if dim is None:
            raise InputError("dim = None: a dimension, or an array of couplings")
        order = 3 if spins is None else whole("spins", spins)
        self._inner = _hspin.Surface.random(
            order, whole("dim", dim), whole("seed", seed, 2**64 - 1), whole("instance", instance), _threads(threads)
        )
        self._is_random = True

    _is_random = False

    @property
    def spins(self) -> int:
        """Order H."""
        return self._inner.spins

    @property
    def dim(self) -> int:
        """Dimension Λ."""
        return self._inner.dim

    @property
    def seed(self) -> int:
        """Root of all random streams."""
        return self._inner.seed

    @property
    def instance(self) -> int:
        """Number of the surface."""
        return self._inner.instance

    @property
    def scale(self) -> float:
        """Scale s of an array of your own, s² = Σ A² / C(N+H−1, H): L/(sΛ) is what theory speaks of. 1 if random."""
        return self._inner.scale

    def couplings(self) -> FloatArray:
        """The symmetric array X, shape (dim,) * H.

        Raises
        ------
        RefusedError
            Above 2 GiB.
        """
        return self._inner.couplings()

    def random_points(self, n: int) -> FloatArray:
        """Where the first n starts of a run on this surface begin, shape (n, dim): uniform on the sphere."""
        return self._inner.random_points(whole("n", n))

    def energy(self, W: npt.ArrayLike, *, project: bool = False, threads: int | None = None) -> Any:
        """L(w), extensive.

        Returns
        -------
        float or ndarray of shape (n,)
        """
        points, one = _rows(W, self.dim, "points")
        found = self._inner.first_orders(points, False, project, _threads(threads))[0]
        return float(found[0]) if one else found

    def gradient(
        self, W: npt.ArrayLike, *, euclidean: bool = False, project: bool = False, threads: int | None = None
    ) -> FloatArray:
        """Riemannian gradient g = ∇L − (w·∇L/Λ) w, or ∇L with ``euclidean=True``.

        Returns
        -------
        ndarray, the shape of W
        """
        points, one = _rows(W, self.dim, "points")
        found = self._inner.first_orders(points, euclidean, project, _threads(threads))[1]
        return found[0] if one else found

    def energy_gradient(
        self, W: npt.ArrayLike, *, euclidean: bool = False, project: bool = False, threads: int | None = None
    ) -> tuple[Any, FloatArray]:
        """:meth:`energy` and :meth:`gradient` by one pass over the couplings."""
        points, one = _rows(W, self.dim, "points")
        energy, gradient, _ = self._inner.first_orders(points, euclidean, project, _threads(threads))
        return (float(energy[0]), gradient[0]) if one else (energy, gradient)

    def radial_slope(self, W: npt.ArrayLike, *, project: bool = False, threads: int | None = None) -> Any:
        """w·∇L/Λ.

        Returns
        -------
        float or ndarray of shape (n,)
        """
        points, one = _rows(W, self.dim, "points")
        found = self._inner.first_orders(points, False, project, _threads(threads))[2]
        return float(found[0]) if one else found

    def hessian(
        self, W: npt.ArrayLike, *, euclidean: bool = False, project: bool = False, threads: int | None = None
    ) -> FloatArray:
        """Riemannian Hessian P ∇²L P − (w·∇L/Λ) P, P the projection on the tangent space, or ∇²L.

        Returns
        -------
        ndarray, shape (dim, dim) or (n, dim, dim)
            In the coordinates of w: the Riemannian Hessian has w in its kernel.
        """
        points, one = _rows(W, self.dim, "points")
        found = self._inner.hessians(points, euclidean, project, _threads(threads))
        return found[0] if one else found

    def hvp(
        self, w: npt.ArrayLike, V: npt.ArrayLike, *, project: bool = False, threads: int | None = None
    ) -> FloatArray:
        """Products of the Riemannian Hessian at w with vectors, without the matrix.

        Parameters
        ----------
        w : array_like, shape (dim,)
        V : array_like, shape (dim,) or (m, dim)
            Parts along w are dropped.

        Returns
        -------
        ndarray, the shape of V
        """
        vectors, one = _finite(V, self.dim, "V")
        point = _one(w, self.dim, "w")
        found = self._inner.hessian_products(point, vectors, project, _threads(threads))
        return found[0] if one else found

    def spectrum(self, W: npt.ArrayLike, *, project: bool = False, threads: int | None = None) -> FloatArray:
        """Eigenvalues of the Riemannian Hessian, ascending, without that of w.

        Returns
        -------
        ndarray, shape (dim − 1,) or (n, dim − 1)
        """
        points, one = _rows(W, self.dim, "points")
        found = self._inner.spectra(points, project, _threads(threads))
        return found[0] if one else found

    def great_circle(
        self,
        w: npt.ArrayLike,
        direction: npt.ArrayLike,
        angle: npt.ArrayLike | None = None,
        *,
        project: bool = False,
        threads: int | None = None,
    ) -> GreatCircle:
        """Energy, slope and curvature along the great circle w(φ) = w cos φ + t sin φ.

        Parameters
        ----------
        w : array_like, shape (dim,)
            Where it begins.
        direction : array_like, shape (dim,)
            t is its tangent part, scaled to length √Λ. Another point w′ is reached at φ = arccos(w·w′/Λ).
        angle : array_like, shape (n,), optional
            φ; 361 angles from 0 to 2π by default.

        Returns
        -------
        GreatCircle
            ``angle``, ``points``, ``energy``, ``slope``, ``curvature``.

        Raises
        ------
        InputError
            Where the direction has no tangent part.
        """
        if angle is None:
            angles = np.linspace(0, 2 * np.pi, 361)
        else:
            angles = real_numbers("angle", angle).astype(np.float64).ravel()
        if not np.isfinite(angles).all():
            raise InputError("angle = not finite: finite numbers")
        point, towards = _one(w, self.dim, "w"), _one(direction, self.dim, "direction")
        _finite(towards, self.dim, "direction")
        found = self._inner.great_circle(point, towards, angles.tolist(), project, _threads(threads))
        return GreatCircle(angles, *found)

    def descend(
        self,
        starts: int | None = None,
        points: npt.ArrayLike | None = None,
        *,
        protocol: Literal["sgd", "gd", "saddle", "anneal"] | None = None,
        samples: int | None = None,
        sweeps: int | None = None,
        trace: bool = False,
        project: bool = False,
        threads: int | None = None,
        progress: ProgressLike = None,
    ) -> Starts:
        """Descends from random starts, or from points of your own.

        Parameters
        ----------
        starts : int, optional
            The first so many starts of a run, 100 by default: the records are those of
            ``hspin.sweep(spins=…, dims=[…], starts=starts, seed=…)`` on this surface, to the bit.
        points : array_like, shape (n, dim), optional
            Where to begin instead. What a run knows of the way, ``descent_energy_per_spin`` and ``polish_overlap``, is unknown
            then, and ``"saddle"`` searches from the points as they are.
        protocol, samples, sweeps, trace
            As in :func:`hspin.sweep`; ``trace`` is for random starts.

        Returns
        -------
        Starts
            ``points``, ``energy_per_spin``, ``index``, ``outcome``, and what else :meth:`Starts.records` has.
        """
        how: _hspin._Descent = {
            "protocol": protocol,
            "samples": None if samples is None else whole("samples", samples),
            "sweeps": None if sweeps is None else whole("sweeps", sweeps),
            "trace": bool(trace),
        }
        if points is None:
            n = 100 if starts is None else whole("starts", starts)
            with shown(progress, "descend") as report:
                return Starts(self._inner.descend(n, how, _threads(threads), report), self.scale)
        if starts is not None:
            raise InputError(f"starts = {starts}: nothing where points are given")
        rows = np.atleast_2d(_rows(points, self.dim, "points")[0])
        found = self._inner.descend_from(rows, how, project, _threads(threads))
        return Starts(found, self.scale)

    def critical_points(self, *, threads: int | None = None, progress: ProgressLike = None) -> Starts:
        """Every critical point, with a proof that none is missing; for small surfaces.

        Returns
        -------
        Starts
            w and −w both, by energy; ``certified`` says whether the proof is complete.

        Raises
        ------
        InputError
            Where there are too many paths to follow.
        """
        with shown(progress, "critical points") as report:
            return Starts(self._inner.critical_points(_threads(threads), report), self.scale)

    def __reduce__(self) -> tuple[Any, ...]:
        if self._is_random:
            return (_random, (self.spins, self.dim, self.seed, self.instance))
        return (_own, (self.couplings(), self.seed))

    def __copy__(self) -> Surface:
        return self

    def __deepcopy__(self, _: object) -> Surface:
        return self

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Surface):
            return NotImplemented
        if self._is_random and other._is_random:
            return self.__reduce__() == other.__reduce__()
        if self._is_random or other._is_random or (self.spins, self.dim) != (other.spins, other.dim):
            return False
        return self.seed == other.seed and bool(np.array_equal(self.couplings(), other.couplings()))

    def __hash__(self) -> int:
        return hash((self.spins, self.dim, self.seed, self.instance))

    def __repr__(self) -> str:
        if self._is_random:
            return f"hspin.Surface(spins={self.spins}, dim={self.dim}, seed={self.seed}, instance={self.instance})"
        return f"<hspin.Surface of an array of shape {(self.dim,) * self.spins}>"


def _random(spins: int, dim: int, seed: int, instance: int) -> Surface:
    return Surface(spins=spins, dim=dim, seed=seed, instance=instance)


def _own(couplings: FloatArray, seed: int) -> Surface:
    return Surface(couplings, seed=seed)


def _starts(parts: tuple[FloatArray, Columns, Columns, dict[str, Any] | None], scale: float) -> Starts:
    return Starts(_Kept(*parts), scale)


def _rows(values: npt.ArrayLike, dim: int, key: str) -> tuple[FloatArray, bool]:
    """Points or vectors as float64 in C order, and whether it is one alone."""
    given = real_numbers(key, values)
    if given.ndim not in (1, 2) or given.shape[-1] != dim:
        raise InputError(f"{key} = shape {given.shape}: shape (n, {dim}) or ({dim},)")
    return np.ascontiguousarray(given, dtype=np.float64), given.ndim == 1


def _finite(values: npt.ArrayLike, dim: int, key: str) -> tuple[FloatArray, bool]:
    """Vectors, of any length but finite."""
    rows, alone = _rows(values, dim, key)
    if not np.isfinite(rows).all():
        raise InputError(f"{key} = not finite: finite numbers")
    return rows, alone


def _one(values: npt.ArrayLike, dim: int, key: str) -> FloatArray:
    """One point or vector."""
    row, alone = _rows(values, dim, key)
    if not alone:
        raise InputError(f"{key} = shape {row.shape}: shape ({dim},)")
    return row


def _threads(threads: int | None) -> int | None:
    if threads is None:
        return None
    whole = number("threads", threads)
    if not 1 <= whole <= 1024:
        raise InputError(f"threads = {whole}: a whole number from 1 to 1024")
    return whole
