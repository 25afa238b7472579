#!/usr/bin/env python3
"""Rebuilds assets/digits/ from the four original MNIST files: python3 scripts/make-digits.py FOLDER

Takes the first 500 digits of each class of the train file and the first 100 of each class of the test file, keeps them
in file order, averages 28×28 down to 10×10 in exact integer arithmetic, and writes IDX files, gzip-compressed.
Needs NumPy. The same input gives the same bytes.
"""

import gzip
import hashlib
import pathlib
import sys

import numpy as np

OLD, NEW = 28, 10
PER_CLASS = {"train": 500, "t10k": 100}


def read(folder, name, header):
    for path in (folder / name, folder / (name + ".gz")):
        if path.exists():
            data = path.read_bytes()
            data = gzip.decompress(data) if path.suffix == ".gz" else data
            return np.frombuffer(data, np.uint8, offset=header)
    sys.exit(f"{folder} has no {name}")


def averaged(images):
    # Every old pixel is cut into 5×5 parts; a new pixel is the mean of 14×14 parts, halves up.
    weights = np.zeros((NEW, OLD), np.int64)
    for part in range(OLD * NEW // 2):
        weights[part // 14, part // 5] += 1
    return ((weights @ images.astype(np.int64) @ weights.T + 98) // 196).astype(np.uint8)


def idx(array):
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()


def main():
    folder = pathlib.Path(sys.argv[1])
    out = pathlib.Path(__file__).parent.parent / "assets" / "digits"
    for part, per_class in PER_CLASS.items():
        images = read(folder, f"{part}-images-idx3-ubyte", 16).reshape(-1, OLD, OLD)
        labels = read(folder, f"{part}-labels-idx1-ubyte", 8)
        rows = np.sort(np.concatenate([np.flatnonzero(labels == digit)[:per_class] for digit in range(10)]))
        for kind, array in (("images", averaged(images[rows])), ("labels", labels[rows])):
            path = out / f"{part}-{kind}.idx.gz"
            path.write_bytes(gzip.compress(idx(array), 9, mtime=0))
            print(path.name, array.shape, path.stat().st_size, hashlib.sha256(idx(array)).hexdigest())


main()
