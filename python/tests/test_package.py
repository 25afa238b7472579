"""The package itself: documentation, types, names, and the time that it takes to import."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from shared import ENVIRONMENT, ROOT

import hspin as hs
from hspin import _hspin

PACKAGE = Path(hs.__file__).parent
MODULES = [name for _, name, _ in pkgutil.iter_modules([str(PACKAGE)]) if name != "__main__"]


def public() -> dict[str, object]:
    """Everything a person is meant to use, by its full name."""
    found: dict[str, object] = {}
    for module in (hs, hs.theory, hs.networks):
        for name in module.__all__:
            value = getattr(module, name)
            if not (callable(value) or inspect.isclass(value)):
                continue
            found[f"{module.__name__}.{name}"] = value
            if inspect.isclass(value):
                members = {key: part for key, part in vars(value).items() if not key.startswith("_")}
                members = {key: part for key, part in members.items() if callable(part) or isinstance(part, property)}
                found |= {f"{module.__name__}.{name}.{key}": part for key, part in members.items()}
    return found


@pytest.mark.parametrize("name", public())
def test_each_public_name_is_documented(name):
    value = public()[name]
    text = inspect.getdoc(value)
    assert text and text[0].isupper() | text.startswith((":meth:", "L(", "w·", "‖")), name
    assert len(text.splitlines()[0]) <= 120
    # A second line is a paragraph of its own.
    assert len(text.splitlines()) == 1 or not text.splitlines()[1].strip(), name
    for line, under in zip(text.splitlines(), text.splitlines()[1:], strict=False):
        if set(under) == {"-"}:
            assert line in ("Parameters", "Returns", "Raises", "Attributes", "Examples", "References", "Notes"), line
            assert len(under) == len(line)


#: What takes other arguments than these must name them under Parameters.
EVERYWHERE = {"self", "project", "threads", "euclidean", "progress", "W", "format"}


@pytest.mark.parametrize("name", [name for name, value in public().items() if inspect.isfunction(value)])
def test_each_parameter_is_documented(name):
    value = public()[name]
    owner = name.rpartition(".")[0]
    text = inspect.getdoc(value) + (inspect.getdoc(public().get(owner)) or "")
    text += inspect.getdoc(hs.sweep) if "As in :func:" in text else ""
    missing = [
        key
        for key in inspect.signature(value).parameters
        if key not in EVERYWHERE and not re.search(rf"\b{key}\b", text)
    ]
    assert not missing, missing


def test_exceptions_that_are_named_exist():
    for name, value in public().items():
        after = (inspect.getdoc(value) or "").partition("Raises\n------\n")[2]
        for kind in re.findall(r"^(\w+Error|\w+Interrupt)$", after, re.M):
            assert hasattr(hs, kind) or kind in dir(__builtins__) or kind in __builtins__, (name, kind)


@pytest.mark.parametrize("module", ["", *MODULES])
def test_examples_of_the_documentation_are_right(module):
    if module == "_hspin":
        return
    found = importlib.import_module(f"hspin.{module}".rstrip("."))
    assert doctest.testmod(found).failed == 0


def test_there_are_examples():
    tried = sum(
        doctest.testmod(importlib.import_module(f"hspin.{name}")).attempted for name in MODULES if name != "_hspin"
    )
    assert tried >= 15


def test_the_stubs_list_exactly_what_the_compiled_part_has():
    tree = ast.parse((PACKAGE / "_hspin.pyi").read_text())
    stub: dict[str, dict[str, list[str]] | list[str] | None] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            stub[node.name] = [argument.arg for argument in node.args.args]
        elif isinstance(node, ast.AnnAssign):
            stub[node.target.id] = None
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            stub[node.name] = {
                part.name: [argument.arg for argument in part.args.args]
                for part in node.body
                if isinstance(part, ast.FunctionDef)
            }
    has = {name for name in dir(_hspin) if not name.startswith("_")} | {"__version__"}
    assert set(stub) == has
    for name, parts in stub.items():
        value = getattr(_hspin, name)
        if isinstance(parts, list):
            assert list(inspect.signature(value).parameters) == parts, name
        elif isinstance(parts, dict):
            inherited = {"__len__", "__arrow_c_stream__"}
            members = {key for key in vars(value) if not key.startswith("__") or key in inherited}
            assert members == set(parts), name
            for key, arguments in parts.items():
                member = inspect.getattr_static(value, key)
                if callable(member) and not isinstance(member, staticmethod) and key not in inherited:
                    assert list(inspect.signature(member).parameters) == arguments, key


def test_what_is_exported_is_there():
    for module in (hs, hs.theory, hs.networks):
        assert sorted(module.__all__) == sorted(set(module.__all__))
        assert all(hasattr(module, name) for name in module.__all__)
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", hs.__version__)
    # Tables of documentation name nothing of the machinery.
    assert all(not name.startswith("_") or name == "__version__" for name in hs.__all__)


def test_types_are_checked():
    pytest.importorskip("mypy")
    if not (ROOT / "pyproject.toml").exists():
        pytest.skip("not in a clone")
    done = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert (PACKAGE / "py.typed").exists()


@pytest.mark.long
def test_types_are_those_a_person_sees(tmp_path):
    pytest.importorskip("mypy")
    (tmp_path / "use.py").write_text("""
import hspin as hs
import numpy as np

run: hs.Run = hs.sweep(dims=[5], protocol="gd", couplings=np.ones((2, 2)))
energies: np.ndarray = run.points(5)
document: hs.Document = run.verify()
surface = hs.Surface(spins=3, dim=5)
surface.gradient([[1.0] * 5]).shape
hs.theory.mean_count(3, 10, "total", below=[1.0]).density()
hs.sweep(dims="5", protocol="newton")  # type: ignore[arg-type]
""")
    line = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(ROOT / ".mypy_cache"), "use.py"]
    done = subprocess.run(
        line, cwd=tmp_path, capture_output=True, text=True, env={**ENVIRONMENT, "MYPYPATH": str(ROOT)}
    )
    assert done.returncode == 0, done.stdout


def seconds(code: str) -> float:
    """Shortest of several times that a program takes, without the start of Python."""
    timed = f"import time; begin = time.perf_counter(); {code}; print(time.perf_counter() - begin)"
    line = [sys.executable, "-c", timed]
    runs = [subprocess.run(line, capture_output=True, text=True, check=True, env=ENVIRONMENT) for _ in range(5)]
    return min(float(run.stdout) for run in runs)


def test_the_import_takes_no_more_than_numpy_and_a_little():
    beyond = seconds("import numpy; begin = time.perf_counter(); import hspin")
    assert beyond <= 0.15, beyond


def test_the_import_takes_no_library_along_that_may_be_missing():
    code = "import sys, hspin; print([m for m in ('pandas', 'polars', 'pyarrow', 'tqdm', 'dask', 'IPython') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=ENVIRONMENT)
    assert done.stdout == "[]\n"


def test_help_reads_the_same_as_the_documentation():
    import io
    import pydoc

    shown = io.StringIO()
    pydoc.Helper(output=shown).help(hs.Surface.descend)
    assert "starts : int, optional" in shown.getvalue()
    assert np.ndarray.__name__ in inspect.getdoc(hs.Surface.hessian)
