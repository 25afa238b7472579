"""Executes notebooks, each from a clean kernel: python run_notebooks.py (--all | --short | NOTEBOOK …) [--save].

Kernels are those of this Python, which needs hspin, nbclient, ipykernel and what the notebooks import. Fails where a cell
fails, and so where a claim of a notebook does not hold: the last cell of each asserts what it says. --save writes the
outputs into the notebooks; without it they stay as they are. --short takes those that docs/notebooks/README.md marks
"short".
"""
import argparse
import pathlib
import re
import resource
import sys
import time

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

FOLDER = pathlib.Path(__file__).parents[1] / "docs" / "notebooks"
MOST_BYTES = 1_500_000


def listed(short):
    """The notebooks of the table in README.md, which must list all that there are."""
    rows = re.findall(r"^\| \[[^]]+\]\(([\w-]+\.ipynb)\) \|(.*)$", (FOLDER / "README.md").read_text(), flags=re.M)
    there = {path.name for path in FOLDER.glob("*.ipynb")}
    if {name for name, _ in rows} != there:
        sys.exit(f"docs/notebooks/README.md does not list what is there: {sorted({name for name, _ in rows} ^ there)}")
    return [FOLDER / name for name, row in rows if not short or row.rstrip(" |").endswith("short")]


def kernel_of_this_python(notebook, path):
    """A client whose kernel is this Python, whatever kernels are registered on this machine."""
    client = NotebookClient(
        notebook,
        timeout=900,
        resources={"metadata": {"path": str(path.parent)}},
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
    )
    client.create_kernel_manager()
    client.km.kernel_spec.argv[0] = sys.executable
    return client


def checks(notebook):
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return len(re.findall(r"^\s*assert ", code[-1], flags=re.M))


def is_bar(output):
    return output.get("name") == "stderr" or "application/vnd.jupyter.widget-view+json" in output.get("data", {})


def stripped(notebook):
    """What is worth keeping: no progress bars, no times of execution."""
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if not is_bar(output)]
    notebook.metadata.pop("widgets", None)
    return notebook


def execute(path, save):
    notebook = nbformat.read(path, as_version=4)
    if not checks(notebook):
        return "its last cell asserts nothing"
    try:
        kernel_of_this_python(notebook, path).execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as failed:
        return str(failed)
    if save:
        nbformat.write(stripped(notebook), path)
    return None


def processor_time():
    """Seconds of kernels that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="*", type=pathlib.Path)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--save", action="store_true")
    given = parser.parse_args()
    if sum([bool(given.notebooks), given.all, given.short]) != 1:
        parser.error("either notebooks, or --all, or --short")
    paths = [path.resolve() for path in given.notebooks] or listed(given.short)
    failed = []
    for path in paths:
        begin, used = time.monotonic(), processor_time()
        problem = execute(path, given.save)
        wall, used = time.monotonic() - begin, processor_time() - used
        print(f"{wall:6.1f} s, processor {used:6.1f} s  {path.name}{'' if problem is None else '  FAILED'}", flush=True)
        if problem is not None:
            print(problem, flush=True)
            failed.append(path.name)
    size = sum(path.stat().st_size for path in FOLDER.glob("*.ipynb"))
    print(f"{size / 1000:.0f} kB in all notebooks")
    if size > MOST_BYTES:
        sys.exit(f"at most {MOST_BYTES / 1000:.0f} kB")
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


main()
