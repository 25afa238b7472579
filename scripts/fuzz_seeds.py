"""Small valid inputs for the fuzz targets: python3 scripts/fuzz_seeds.py HSPIN CORPUS."""

import pathlib
import sqlite3
import subprocess
import sys
import tempfile

RUNS = {
    "sweep": "sweep --dims 2 --starts 23 --trace --threads 1",
    "saddle": "sweep --dims 3 --starts 5 --protocol saddle --threads 1",
    "fast": "sweep --protocol fast --dims 3 --starts 5 --threads 1",
    "annealing": "sweep --protocol anneal --sweeps 3 --dims 3 --starts 5 --threads 1",
    "census": "census --spins 3 --dim 3 --instances 2 --threads 1",
    "networks": "networks sweep --hidden 2,3 --networks 22 --epochs 1 --digits 20 --index 3 --index-hidden 3 --threads 1",
    "annealed": "networks sweep --protocol anneal --hidden 2 --networks 3 --sweeps 1 --digits 20 --threads 1",
}
TOML = [
    "spins = 3\ndims = [25, 50]\nstarts = 100\ninstances = 2\nseed = 7\npoints = true\ntrace = false\n",
    'preset = "quick"\nprotocol = "sgd"\n[descent]\nsamples = 2\ncycles = 100\nsample_rate = 0.3\n',
    'protocol = "gd"\n[descent]\nfull_steps = 500\nfull_rate = 0.16\ndecay = 0.0\nhandover = 1e-3\n',
    'protocol = "saddle"\n[descent]\ntargets = [-1.6, 0.0]\n',
    'protocol = "anneal"\n[descent.cooling]\nhot = 1.0\nsweeps = 20\n',
]
VALUES = [
    "sweep\n--dims\n5,9\n--starts\n45\n--out\na.run",
    "networks\nsweep\n--hidden\n3,8\n--networks\n40\n--out\na.run",
    "theory\ncomplexity\n--spins\n3\n--energy\n-1.6",
    "figure\nall\n--run\na.run\n--out\nb",
    "census\n--spins\n3\n--dim\n6\n--instances\n12\n--json",
    "0,1,2",
    "-1.5e-3",
]


def small_pages(run):
    """Rewrites a run with little that is empty; returns its spec's text."""
    with sqlite3.connect(run) as conn:
        text = conn.execute("SELECT json FROM spec").fetchone()[0]
    conn.close()
    conn = sqlite3.connect(run, isolation_level=None)
    conn.executescript("PRAGMA page_size = 512; VACUUM")
    conn.close()
    return text


def npy(shape, values):
    """An array of float64 as NumPy writes it."""
    import struct

    head = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}"
    head += " " * (-(len(head) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + struct.pack(f"<{len(values)}d", *values)


def main():
    hspin, corpus = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        for name, words in RUNS.items():
            run = pathlib.Path(folder, name)
            subprocess.run([hspin, *words.split(), "--out", run], check=True, stdout=subprocess.DEVNULL)
            (corpus / "spec" / name).write_text(small_pages(run))
            (corpus / "run" / name).write_bytes(run.read_bytes())
    for target, texts in [("toml", TOML), ("values", VALUES)]:
        for number, text in enumerate(texts):
            (corpus / target / f"seed-{number}").write_text(text)
    for shape in [(2, 2), (3, 3, 3), (2, 2, 2, 2)]:
        size = shape[0] ** len(shape)
        (corpus / "npy" / f"seed-{len(shape)}").write_bytes(npy(shape, [1.0] * size))


main()
