"""Makes the runs of this folder with a binary of release 0.1: python3 make.py HSPIN

Each run is small, and some are half done. cases.json has, for each, the content hash that the binary gave it, the
command that brings it to its end or grows it, and the hash that the same binary gave to what comes of that.
"""

import hashlib
import json
import random
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
from itertools import permutations, product
from pathlib import Path

HSPIN = sys.argv[1]
FOLDER = Path(__file__).resolve().parent


def npy(name, side, spins, entries):
    """A symmetric array; what is not named is 0."""
    values = [entries.get(tuple(sorted(place)), 0.0) for place in product(range(side), repeat=spins)]
    shape = ", ".join([str(side)] * spins)
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({shape}), }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    body = struct.pack(f"<{len(values)}d", *values)
    (FOLDER / name).write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + body)


def couplings():
    # An inflection at (±1, 0): y³ in the plane.
    npy("inflection.npy", 2, 3, {(1, 1, 1): 1.0})
    # Eigenvectors on the axes: x³ + 2y³ + 3z³.
    npy("axes.npy", 3, 3, {(i, i, i): float(i + 1) for i in range(3)})
    draw = random.Random(1)
    places = [place for place in product(range(4), repeat=3) if place == tuple(sorted(place))]
    npy("tiny.npy", 4, 3, {place: draw.gauss(0, 1) * 1e-160 for place in places})


# name, verb and flags of the stored run, flags of the grown one, units that are taken away again.
RUNS = [
    ("sgd", "sweep", "--dims 6 --starts 20 --seed 3", "--dims 9 --starts 30 --instances 2", 0),
    ("sgd-half", "sweep", "--spins 4 --dims 5,7 --starts 40 --no-points", "", 2),
    ("sgd-trace", "sweep", "--dims 7 --starts 4 --trace --preset literal", "--starts 6", 0),
    ("gd", "sweep", "--protocol gd --dims 6 --starts 4 --trace", "--starts 21 --dims 8", 0),
    ("saddle", "sweep", "--protocol saddle --dims 6 --starts 20", "--starts 40 --dims 8", 0),
    ("anneal", "sweep", "--protocol anneal --sweeps 50 --dims 6 --starts 20 --trace --no-points", "--starts 25", 0),
    ("inflection", "sweep", "--couplings inflection.npy --starts 40", "--starts 60", 0),
    ("tiny", "sweep", "--couplings tiny.npy --protocol gd --starts 20", "--starts 40", 0),
    ("census", "census", "--dim 4 --instances 2 --seed 2", "--instances 4", 0),
    ("census-axes", "census", "--couplings axes.npy", "", 1),
    ("networks", "networks sweep", "--hidden 3 --networks 16 --digits 60 --epochs 2 --index 2",
     "--hidden 3,4 --networks 20 --index 3", 0),
    ("networks-anneal", "networks sweep", "--protocol anneal --hidden 3 --networks 4 --digits 30 --sweeps 1",
     "--networks 6", 0),
]


def hspin(words, run, flags):
    subprocess.run([HSPIN, *words.split(), "--out", run, *flags.split()], cwd=FOLDER, check=True, capture_output=True)


def content(run):
    told = subprocess.run([HSPIN, "verify", run, "--json"], check=True, capture_output=True)
    return json.loads(told.stdout)["content_hash"]


def take_away(run, count):
    """Removes the last units, as if the run had been stopped before them."""
    conn = sqlite3.connect(run)
    units = conn.execute("SELECT spins, dim, instance, block, starts, checksum FROM units ORDER BY 1, 2, 3, 4").fetchall()
    units, gone = units[:-count], units[-count:]
    (text,) = conn.execute("SELECT json FROM spec").fetchone()
    census = "descent" not in json.loads(text)
    for spins, dim, instance, block, starts, _ in gone:
        first, last = (0, 1 << 31) if census else (20 * block, 20 * block + 20)
        for table in ["records", "points", "traces"]:
            conn.execute(f"DELETE FROM {table} WHERE dim = ? AND instance = ? AND start >= ? AND start < ?",
                         (dim, instance, first, last))
        if census:
            conn.execute("DELETE FROM censuses WHERE dim = ? AND instance = ?", (dim, instance))
        conn.execute("DELETE FROM units WHERE spins = ? AND dim = ? AND instance = ? AND block = ?",
                     (spins, dim, instance, block))
    root = hashlib.sha256(struct.pack("<Q", len(text.encode())) + text.encode())
    for spins, dim, instance, block, starts, checksum in units:
        root.update(struct.pack("<5I", spins, dim, instance, block, starts) + checksum)
    conn.execute("UPDATE spec SET root = ?", (root.digest(),))
    conn.commit()
    conn.execute("VACUUM")
    conn.close()


def main():
    couplings()
    cases = []
    for name, verb, flags, growth, gone in RUNS:
        run = FOLDER / f"{name}.run"
        run.unlink(missing_ok=True)
        hspin(verb, run, flags)
        if gone:
            take_away(run, gone)
        (FOLDER / f"{name}.run.lock").unlink(missing_ok=True)
        own = " ".join(flags.split()[:2]) if flags.startswith("--couplings") else ""
        resumed = f"{own} {growth}".strip()
        with tempfile.TemporaryDirectory() as place:
            grown = Path(place) / run.name
            shutil.copy(run, grown)
            hspin(verb, grown, resumed)
            cases.append({"run": run.name, "content": content(run), "verb": verb, "flags": resumed,
                          "grown": content(grown)})
        (FOLDER / f"{name}.run.lock").unlink(missing_ok=True)
    (FOLDER / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")


main()
