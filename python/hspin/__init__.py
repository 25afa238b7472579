"""Spherical H-spin glass: energy landscapes simulated, beside their exact finite-size theory.

Start here::

    import hspin as hs
    run = hs.sweep(dims=[25, 50, 100], starts=500)
    run.figure("energy-histogram")

:func:`sweep`, :func:`census`, :func:`sample` and :func:`networks.sweep` make runs, :func:`open` reads one: each is a :class:`Run` with its
records, figures and verdicts. :class:`Surface` is one surface at hand: energies, derivatives, descents, critical points.
:mod:`hspin.theory` has the exact theory. Every function is the command line's, with the same numbers to the bit, the same files
and the same words in its exceptions.
"""

from . import networks, theory
from ._errors import DamagedError, Error, InputError, InternalError, RefusedError, StorageError
from ._figure import Figure
from ._hspin import __version__
from ._paths import paths
from ._run import Run, figure, merge, open
from ._runs import census, sample, sweep
from ._starts import Starts
from ._surface import GreatCircle, Slice, Surface
from ._words import Document

__all__ = [
    "DamagedError",
    "Document",
    "Error",
    "Figure",
    "GreatCircle",
    "InputError",
    "InternalError",
    "RefusedError",
    "Run",
    "Slice",
    "Starts",
    "StorageError",
    "Surface",
    "__version__",
    "census",
    "figure",
    "merge",
    "networks",
    "open",
    "sample",
    "paths",
    "sweep",
    "theory",
]
