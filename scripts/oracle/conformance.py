"""Energy, gradient and Hessian-vector products to the last digit: python conformance.py [FILE], default
tests/data/contractions.csv. Couplings, points and directions come from one formula in integers, which
tests/conformance/contractions.rs repeats; sums are exact integers of any size, the rest has 60 digits.
Shares no code with hspin. Columns: value is the nearest double as a hex float; terms is the sum of |terms|."""
import itertools, math, pathlib, sys
import mpmath
import numpy as np

mpmath.mp.dps = 60
MASK = (1 << 64) - 1
# Largest sizes hold about 10^6 couplings.
SIZES = {2: [2, 3, 13, 33, 200, 1413], 3: [2, 3, 13, 41, 180], 4: [2, 3, 9, 17, 68], 5: [2, 3, 8, 39], 6: [2, 3, 7, 27]}
KINDS = ["signed", "positive", "graded"]
# Bits of couplings and of points: all in single precision, mixed as in a random surface, all in double.
PRECISIONS = {"single": (24, 24), "mixed": (24, 53), "double": (53, 53)}
GRADED_BELOW = 100
MOST_RIEMANNIAN = 41
SHIFT = 7  # most halvings of a graded number; a mask of bits

def scrambled(x):
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)

def number(role, indices, kind, bits):
    """The number, times 2^(bits + SHIFT)."""
    state = scrambled(role)
    for i in indices:
        state = scrambled((state + 0x9E3779B97F4A7C15 * (int(i) + 1)) & MASK)
    value = state >> (64 - bits)
    if kind != "positive":
        value = 2 * value - (1 << bits)
    return value << (SHIFT - (state & SHIFT if kind == "graded" else 0))

def case(spins, dim, kind, precision):
    coupling_bits, point_bits = PRECISIONS[precision]
    multisets = [t[::-1] for t in itertools.combinations_with_replacement(range(dim), spins)]
    c = np.array([number(1, t, kind, coupling_bits) for t in multisets], dtype=object)
    at = np.array(multisets)
    w, v = (np.array([number(role, [i], kind, point_bits) for i in range(dim)], dtype=object) for role in (2, 3))
    unit = mpmath.mpf(2) ** -(coupling_bits + SHIFT + spins * (point_bits + SHIFT))
    scale = unit / mpmath.sqrt(dim) ** (spins - 1)
    per_factor = mpmath.mpf(2) ** (point_bits + SHIFT)

    def product(rows, skipped, with_v=None):
        total = c[rows]
        for k in range(spins):
            if k not in skipped:
                total = total * (v if k == with_v else w)[at[rows, k]]
        return total

    def summed(parts, factor):
        return [sum(int(one.sum()) for one in ones) * factor for ones in (parts, [abs(part) for part in parts])]

    def row(quantity, index, found):
        value, terms = found
        print(f"{spins},{dim},{precision},{kind},{quantity},{index},{float(value).hex()},{float(terms):.6e}", file=out)

    energy = summed([product(slice(None), ())], scale)
    row("energy", 0, energy)
    gradient, hessian_vector = {}, {}
    picks = sorted({0, dim // 3, dim - 1})
    # The operator takes steps as long as the sphere's radius: a graded point is too far inside.
    riemannian = precision == "double" and kind != "graded" and dim <= MOST_RIEMANNIAN
    for i in range(dim) if riemannian else picks:
        has = [np.flatnonzero(at[:, k] == i) for k in range(spins)]
        pairs = [(k, l) for k in range(spins) for l in range(spins) if k != l]
        gradient[i] = summed([product(has[k], (k,)) for k in range(spins)], scale * per_factor)
        hessian_vector[i] = summed([product(has[k], (k,), l) for k, l in pairs], scale * per_factor)
    for i in picks:
        row("gradient", i, gradient[i])
        row("hessian-vector", i, hessian_vector[i])
    if riemannian:
        # P B P v - s P v with P = I - w w^T/w.w and s = w.g/dim; B w = (spins - 1) g by Euler.
        x, y = ([int(number) / per_factor for number in vector] for vector in (w, v))
        square, along = sum(a * a for a in x), sum(a * b for a, b in zip(x, y))
        slope = sum(a * gradient[i][0] for i, a in enumerate(x)) / dim
        steep = sum(abs(a) * gradient[i][1] for i, a in enumerate(x)) / dim
        whole = sum(abs(a * b) for a, b in zip(x, y))
        share = along / square
        bent = [hessian_vector[i][0] - share * (spins - 1) * gradient[i][0] for i in range(dim)]
        terms = [hessian_vector[i][1] + whole / square * (spins - 1) * gradient[i][1] for i in range(dim)]
        back = sum(a * b for a, b in zip(x, bent)) / square
        far = sum(abs(a) * b for a, b in zip(x, terms)) / square
        for i in picks:
            value = bent[i] - back * x[i] - slope * (y[i] - share * x[i])
            size = terms[i] + far * abs(x[i]) + steep * (abs(y[i]) + whole / square * abs(x[i]))
            row("riemannian", i, (value, size))

default = pathlib.Path(__file__).parents[2] / "tests/data/contractions.csv"
with open(sys.argv[1] if len(sys.argv) > 1 else default, "w") as out:
    print("spins,dim,precision,kind,quantity,index,value,terms", file=out)
    for spins, sizes in SIZES.items():
        for dim, kind, precision in itertools.product(sizes, KINDS, PRECISIONS):
            big = math.comb(dim + spins - 1, spins) > 100_000
            # Terms of one sign are the hardest: their partial sums, and with them the roundings, keep growing.
            if kind == "signed" or precision != "mixed" and (kind == "positive" or not big and dim < GRADED_BELOW):
                case(spins, dim, kind, precision)
