"""What both tables need: threads, hspin's exports, JSON and Markdown."""
import json
import os
import pathlib
import platform
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).parents[2]
HSPIN = ROOT / "target/release/hspin"
GRADIENTS = ROOT / "target/release/examples/hspin_gradients"
WORK = ROOT / "target/peers"
DATE = time.strftime("%Y-%m-%d")


def hold_to(threads):
    """This process and its children on so many cores; before NumPy and JAX start threads of their own."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < threads:
        sys.exit(f"{threads} threads asked for, {len(cores)} cores here")
    os.sched_setaffinity(0, cores[:threads])
    os.environ["OPENBLAS_NUM_THREADS"] = str(threads)
    os.environ["JAX_ENABLE_X64"] = "true"
    os.environ["JAX_PLATFORMS"] = "cpu"


def hspin(*words):
    done = subprocess.run([HSPIN, *map(str, words)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"hspin {words}: {done.stderr}")


def exported(dim):
    """The couplings of surface 0 of seed 1, exported by hspin: float64, shape (dim, dim, dim)."""
    import numpy as np

    folder, run = WORK / f"couplings-{dim}", WORK / f"couplings-{dim}.run"
    if not (folder / "couplings.npy").exists():
        hspin("sweep", "--out", run, "--dims", dim, "--starts", 1, "--protocol", "gd")
        hspin("export", run, "--out", folder, "--dim", dim, "--instance", 0, "--couplings")
    return np.load(folder / "couplings.npy")


class Gradients:
    """hspin's kernel in a process of its own, with the first starts of that surface."""

    def __init__(self, dim, starts):
        import numpy as np

        self.folder = WORK / f"gradients-{dim}"
        self.folder.mkdir(parents=True, exist_ok=True)
        words = [GRADIENTS, str(dim), str(starts), self.folder]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "ready\n"
        self.starts = np.load(self.folder / "starts.npy")

    def ask(self, *words):
        print(*words, file=self.process.stdin, flush=True)
        return self.process.stdout.readline().strip()

    def values(self, precision):
        import numpy as np

        assert self.ask("write", precision) == "written"
        return tuple(np.load(self.folder / f"{name}-{precision}.npy") for name in ("energy", "gradient"))

    def close(self):
        self.process.communicate()


def threads(number):
    return "1 thread" if number == 1 else f"{number} threads"


def machine():
    model = next(line for line in open("/proc/cpuinfo") if line.startswith("model name")).split(":")[1].strip()
    wide = "AVX-512" if "avx512f" in open("/proc/cpuinfo").read() else "no AVX-512"
    import jax
    import numpy

    versions = f"Python {platform.python_version()}, NumPy {numpy.__version__}, JAX {jax.__version__}"
    return f"{DATE}, {model}, {wide}; {versions}"


def markdown(columns, rows):
    print("| " + " | ".join(columns) + " |")
    print("|---|" + "---:|" * (len(columns) - 1))
    for row in rows:
        print("| " + " | ".join(map(str, row)) + " |")
    print(flush=True)


def save(name, rows):
    path = WORK / f"{name}.json"
    path.write_text(json.dumps({"machine": machine(), "rows": rows}, indent=1))
