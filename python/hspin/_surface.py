"""One surface: values and derivatives at many points, descents, critical points."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from . import _hspin
from ._couplings import Couplings, as_couplings, by_order
from ._errors import InputError
from ._model import Law, Spike, SurfaceMixture, spike_of, surface_shares
from ._progress import ProgressLike, shown
from ._starts import Starts
from ._words import number, real_numbers, whole

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


class Slice(NamedTuple):
    """Over two directions; see :meth:`Surface.slice`."""

    #: a, shape (n).
    first: FloatArray
    #: b, shape (m).
    second: FloatArray
    #: L at (a, b), extensive, shape (n, m).
    energy: FloatArray
    #: t₁ and t₂, each of length √Λ, shape (2, dim).
    axes: FloatArray


class Surface:
    """One energy surface on the sphere |w|² = Λ, L(w) = Λ^{-(H-1)/2} Σ X[i, j, …] w_i w_j ….

    ``Surface(spins=3, dim=50, seed=1, instance=0)`` is the random surface of that number in every run of that seed, to the
    bit. ``Surface(array)`` is that of a symmetric array of shape (N,) * H, with the energies and derivatives of the array
    as it is. ``Surface(mixture={2: 0.5, 3: 0.5}, dim=50)`` is the sum of independent surfaces of orders 2 and 3, and
    ``spike=(1.3, 3)`` adds −1.3 Λ (w·v/Λ)³ with a hidden vector v.

    Energies are extensive: of the order of Λ. Points W have shape (dim,) or (n, dim), of any real dtype and order; they must
    lie on the sphere to 1e-6 in |w|²/Λ, or are scaled to it by ``project=True``. Values at a point depend neither on other
    points nor on ``threads``.

    Parameters
    ----------
    couplings : array_like of shape (N,) * H, or dict of int to array_like, or list of ndarray, optional
        A symmetric array of your own; or one for each order, ``{2: A, 3: B}`` or ``[A, B]``, where order 1, a field, has shape
        (N,).
    symmetrize : bool
        Take the symmetric part of each array: the mean over all orders of its axes.
    spins, dim : int, optional
        Order H, 3 by default, and dimension Λ of a random surface.
    mixture : dict of int to float, or text, optional
        Orders P and their variances V in place of ``spins``: L has the covariance Λ Σ V (w·w′/Λ)^P. Order 1 is a random
        field. ``"2:0.5,3:0.5"`` is the text of the command line.
    spike : float, or tuple of float and int, optional
        A strength λ, or (λ, r): adds −λΛ(w·v/Λ)^r; r is the highest order by default.
    law : {"gaussian", "sign", "uniform", "exponential"}, optional
        Law of the entries of couplings, with mean 0 and variance 1; ``"gaussian"`` by default.
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
        couplings: Couplings | None = None,
        *,
        symmetrize: bool = False,
        spins: int | None = None,
        mixture: SurfaceMixture | None = None,
        spike: Spike | None = None,
        law: Law | None = None,
        dim: int | None = None,
        seed: int = 1,
        instance: int = 0,
        threads: int | None = None,
    ) -> None:
        if couplings is not None:
            asked = {"spins": spins, "mixture": mixture, "spike": spike, "law": law, "dim": dim}
            for key, value in {**asked, "instance": instance or None}.items():
                if value is not None:
                    raise InputError(f"{key} = {value}: nothing beside an array, which says all of it")
            self._inner = _hspin.Surface.own(
                as_couplings(couplings), bool(symmetrize), whole("seed", seed, 2**64 - 1), _threads(threads)
            )
            return
        if symmetrize:
            raise InputError("symmetrize = True: nothing without couplings of your own")
        if dim is None:
            raise InputError("dim = None: a dimension, or an array of couplings")
        if law is not None and not isinstance(law, str):
            raise InputError(f"law = {law!r}: the name of a law")
        model: _hspin._Model = {
            "spins": None if spins is None else whole("spins", spins),
            "mixture": surface_shares(mixture),
            "law": law,
            "spike": spike_of(spike),
        }
        self._inner = _hspin.Surface.random(
            model, whole("dim", dim), whole("seed", seed, 2**64 - 1), whole("instance", instance), _threads(threads)
        )
        self._is_random = True

    _is_random = False

    @property
    def spins(self) -> int:
        """Order H; the highest of a mixture."""
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
        """Scale s of an array of your own, s² = Σ A² / C(N+H−1, H): L/(sΛ) is what theory speaks of. 1 if random.

        Of several orders s² is the sum over the orders.
        """
        return self._inner.scale

    @property
    def mixture(self) -> dict[int, float] | None:
        """Orders and their variances, ``{3: 1.0}`` of order 3 alone; None of an array of your own."""
        shares = self._inner.mixture
        return None if shares is None else dict(shares)

    @property
    def law(self) -> str | None:
        """Law of the entries of couplings; None of an array of your own."""
        return self._inner.law

    @property
    def spike(self) -> tuple[float, int] | None:
        """Strength λ and order r of the spike; None without one."""
        return self._inner.spike

    @property
    def hidden_vector(self) -> FloatArray | None:
        """The hidden vector v of the spike, shape (dim,), |v|² = Λ; None without a spike."""
        return self._inner.hidden_vector

    def overlap(self, W: npt.ArrayLike, *, project: bool = False) -> Any:
        """Overlap w·v/Λ with the hidden vector of the spike, from −1 to 1.

        Returns
        -------
        float or ndarray of shape (n,)

        Raises
        ------
        InputError
            Without a spike.
        """
        points, one = _rows(W, self.dim, "points")
        found = self._inner.overlaps(points, project)
        return float(found[0]) if one else found

    def couplings(self) -> Any:
        """The symmetric array X.

        Returns
        -------
        ndarray, shape (dim,) * H, or dict of int to ndarray
            Of several orders a dict: each order P has its array of shape (dim,) * P, of a mixture with √V inside, and L is the
            sum of their energies. A spike is not in them; see :attr:`hidden_vector`.

        Raises
        ------
        RefusedError
            Above 2 GiB.
        """
        return by_order(self._inner.couplings())

    def random_points(self, n: int, *, overlap: float | None = None) -> FloatArray:
        """Where the first n starts of a run on this surface begin, shape (n, dim).

        They are uniform on the sphere, or uniform among the points with this ``overlap`` with the hidden vector: those of a
        run with ``start_overlap``.
        """
        return self._inner.random_points(whole("n", n), _overlap("overlap", overlap))

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

    def slice(
        self,
        w: npt.ArrayLike,
        directions: npt.ArrayLike,
        first: npt.ArrayLike | None = None,
        second: npt.ArrayLike | None = None,
        *,
        project: bool = False,
        threads: int | None = None,
    ) -> Slice:
        """Energies over two directions, along geodesics from w.

        The point with coordinates (a, b) is w cos ρ + (a t₁ + b t₂) sin ρ / ρ with ρ = √(a² + b²): distances from w are true.

        Parameters
        ----------
        w : array_like, shape (dim,)
            The middle.
        directions : array_like, shape (2, dim)
            t₁ is the tangent part of the first, t₂ the part of the second that is tangent and orthogonal to t₁; both are
            scaled to length √Λ. Towards another point of the sphere, or an eigenvector of the Hessian, for example.
        first, second : array_like, shape (n,) and (m,), optional
            a and b in radians; 121 angles from −1 to 1 by default.

        Returns
        -------
        Slice
            ``first``, ``second``, ``energy``, ``axes``.

        Raises
        ------
        InputError
            Where the directions span no tangent plane.

        Examples
        --------
        >>> surface = Surface(spins=3, dim=20, seed=1)
        >>> w = surface.descend(1).points[0]
        >>> _, vectors = np.linalg.eigh(surface.hessian(w))
        >>> surface.slice(w, vectors.T[[1, 2]]).energy.shape
        (121, 121)
        """
        axes = []
        for name, angles in (("first", first), ("second", second)):
            axis = np.linspace(-1, 1, 121) if angles is None else real_numbers(name, angles)
            axes.append(axis.astype(np.float64).ravel())
            if not np.isfinite(axes[-1]).all():
                raise InputError(f"{name} = not finite: finite numbers")
        point = _one(w, self.dim, "w")
        towards, _ = _rows(directions, self.dim, "directions")
        _finite(towards, self.dim, "directions")
        a, b = axes
        energy, basis = self._inner.slice(point, towards, (a.tolist(), b.tolist()), project, _threads(threads))
        return Slice(a, b, energy, basis)

    def descend(
        self,
        starts: int | None = None,
        points: npt.ArrayLike | None = None,
        *,
        protocol: Literal["sgd", "gd", "fast", "saddle", "anneal"] | None = None,
        samples: int | None = None,
        sweeps: int | None = None,
        start_overlap: float | None = None,
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
        protocol, samples, sweeps, start_overlap, trace
            As in :func:`hspin.sweep`; ``start_overlap`` and ``trace`` are for random starts.

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
            "start_overlap": _overlap("start_overlap", start_overlap),
        }
        if points is None:
            n = 100 if starts is None else whole("starts", starts)
            with shown(progress, "descend") as report:
                return Starts(self._inner.descend(n, how, _threads(threads), report), self.scale)
        for key, value in (("starts", starts), ("start_overlap", start_overlap)):
            if value is not None:
                raise InputError(f"{key} = {value}: nothing where points are given")
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
            return (_random, (self.mixture, self.spike, self.law, self.dim, self.seed, self.instance))
        return (_own, (dict(self._inner.couplings()), self.seed))

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
        if self.seed != other.seed or self._inner.orders != other._inner.orders:
            return False
        pairs = zip(self._inner.couplings(), other._inner.couplings(), strict=True)
        return all(bool(np.array_equal(mine, theirs)) for (_, mine), (_, theirs) in pairs)

    def __hash__(self) -> int:
        return hash((self.spins, self.dim, self.seed, self.instance))

    def __repr__(self) -> str:
        if not self._is_random:
            orders = self._inner.orders
            if len(orders) > 1:
                return f"<hspin.Surface of arrays of orders {', '.join(map(str, orders))}, dim={self.dim}>"
            return f"<hspin.Surface of an array of shape {(self.dim,) * self.spins}>"
        words = [f"spins={self.spins}" if self.mixture == {self.spins: 1.0} else f"mixture={self.mixture}"]
        if self.spike is not None:
            words.append(f"spike={self.spike}")
        if self.law != "gaussian":
            words.append(f"law={self.law!r}")
        return f"hspin.Surface({', '.join(words)}, dim={self.dim}, seed={self.seed}, instance={self.instance})"


def _random(
    mixture: dict[int, float], spike: tuple[float, int] | None, law: Law, dim: int, seed: int, instance: int
) -> Surface:
    return Surface(mixture=mixture, spike=spike, law=law, dim=dim, seed=seed, instance=instance)


def _own(couplings: Any, seed: int) -> Surface:
    return Surface(couplings, seed=seed)


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


def _overlap(key: str, overlap: float | None) -> float | None:
    if overlap is None:
        return None
    found = real_numbers(key, overlap)
    if found.ndim != 0:
        raise InputError(f"{key} = shape {found.shape}: an overlap from -1 to 1")
    return float(found)
