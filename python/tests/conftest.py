"""Runs that several tests read. They are made once, by the command in a process of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from shared import symmetric, told

import hspin as hs


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where runs of the session lie."""
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="session")
def swept(folder: Path) -> Path:
    """Gradient descents on three surfaces of two sizes, with traces."""
    path = folder / "swept.run"
    told(
        "sweep", "--dims=8,14", "--starts=20", "--instances=3", "--seed=4", "--protocol=gd", "--trace", f"--out={path}"
    )
    return path


@pytest.fixture(scope="session")
def searched(folder: Path) -> Path:
    """Saddle searches."""
    path = folder / "searched.run"
    told("sweep", "--dims=10", "--starts=30", "--instances=2", "--seed=4", "--protocol=saddle", f"--out={path}")
    return path


@pytest.fixture(scope="session")
def counted(folder: Path) -> Path:
    """A census of 21 surfaces."""
    path = folder / "counted.run"
    told("census", "--spins=3", "--dim=5", "--instances=21", "--seed=2", f"--out={path}")
    return path


@pytest.fixture(scope="session")
def trained(folder: Path) -> Path:
    """Small networks of four sizes, some with an index."""
    path = folder / "trained.run"
    told(
        *("networks", "sweep", "--hidden=4,6,8,10", "--networks=6", "--epochs=3", "--digits=200", "--index=2"),
        *("--index-hidden=6", "--seed=3", f"--out={path}"),
    )
    return path


@pytest.fixture(scope="session")
def own(folder: Path) -> tuple[Path, Path]:
    """Descents on an array of one's own, and the array."""
    import numpy as np

    array, path = folder / "own.npy", folder / "own.run"
    np.save(array, 37.5 * symmetric(9, 3, seed=5))
    told("sweep", f"--couplings={array}", "--starts=15", "--protocol=gd", f"--out={path}")
    return path, array


@pytest.fixture(scope="session")
def surface() -> hs.Surface:
    """A random surface."""
    return hs.Surface(spins=3, dim=14, seed=4, instance=1)
