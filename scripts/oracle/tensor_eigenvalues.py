"""Real Z-eigenvalues of small symmetric tensors by Newton's method from many random starts:
python tensor_eigenvalues.py [FILE], default tests/data/tensor_eigenvalues.json. Shares no code and no method with hspin.
Tensors whose eigenvalues are printed in the literature must give them to the printed digits."""
import itertools, json, math, pathlib, sys
import numpy as np

KOLDA_MAYO_3_5 = "Kolda, Mayo (2011), SIAM J. Matrix Anal. Appl. 32, Example 3.5 (from Kofidis, Regalia 2002)"
KOLDA_MAYO_3_6 = "Kolda, Mayo (2011), SIAM J. Matrix Anal. Appl. 32, Example 3.6"
PRINTED = [
    ("kolda-mayo-3.5", KOLDA_MAYO_3_5, 4, 3,
     {"1111": .2883, "1112": -.0031, "1113": .1973, "1122": -.2485, "1123": -.2939, "1133": .3847, "1222": .2972,
      "1223": .1862, "1233": .0919, "1333": -.3619, "2222": .1241, "2223": -.3420, "2233": .2127, "2333": .2727, "3333": -.3054},
     [-1.0954, -.5629, -.0451, .1735, .2433, .2628, .2682, .3633, .5105, .8169, .8893]),
    ("kolda-mayo-3.6", KOLDA_MAYO_3_6, 3, 3,
     {"111": -.1281, "112": .0516, "113": -.0954, "122": -.1958, "123": -.1790, "133": -.2676, "222": .3251,
      "223": .2513, "233": .1773, "333": .0338},
     [.0006, .0018, .0033, .0180, .2294, .4306, .8730]),
]

def formula(order, dim):
    """Entries without structure, exact to two decimals."""
    keys = itertools.combinations_with_replacement(range(1, dim + 1), order)
    return {"".join(map(str, key)): (math.prod(7 * i + 4 for i in key) % 199 - 99) / 100 for key in keys}

CASES = PRINTED + [(f"formula-{h}-{n}", "by formula", h, n, formula(h, n), None) for h, n in [(3, 5), (4, 4), (5, 3), (6, 2)]]

def dense(order, dim, entries):
    A = np.zeros((dim,) * order)
    for key, value in entries.items():
        for place in itertools.permutations(int(i) - 1 for i in key):
            A[place] = value
    return A

def contract(A, x, times):
    """A x^times for rows x."""
    B = np.einsum("...i,ki->k...", A, x)
    for _ in range(times - 1):
        B = np.einsum("k...i,ki->k...", B, x)
    return B

def eigenvalues(A, starts=10_000, rounds=60):
    order, dim = A.ndim, A.shape[0]
    x = np.random.default_rng(1).normal(size=(starts, dim))
    x /= np.linalg.norm(x, axis=1)[:, None]
    for _ in range(rounds):
        M = contract(A, x, order - 2)
        g = np.einsum("kij,kj->ki", M, x)
        lam = np.einsum("ki,ki->k", g, x)
        J = np.zeros((starts, dim + 1, dim + 1))
        J[:, :dim, :dim] = (order - 1) * M - lam[:, None, None] * np.eye(dim)
        J[:, :dim, dim], J[:, dim, :dim] = -x, x
        step = np.linalg.solve(J + 1e-300, np.concatenate([lam[:, None] * x - g, np.zeros((starts, 1))], 1)[..., None])[:, :dim, 0]
        x = x + step * np.minimum(1, .3 / np.maximum(np.linalg.norm(step, axis=1), 1e-300))[:, None]
        x /= np.linalg.norm(x, axis=1)[:, None]
    g = np.einsum("kij,kj->ki", contract(A, x, order - 2), x)
    lam = np.einsum("ki,ki->k", g, x)
    good = np.linalg.norm(g - lam[:, None] * x, axis=1) < 1e-13
    x, lam = x[good], lam[good]
    if order % 2:
        x, lam = x * np.where(lam < 0, -1, 1)[:, None], abs(lam)
    found, hits = [], []
    for v, value in sorted(zip(x.tolist(), lam), key=lambda pair: pair[1]):
        overlaps = [abs(np.dot(v, w)) > 1 - 1e-8 for w, _ in found]
        if any(overlaps):
            hits[overlaps.index(True)] += 1
        else:
            found.append((v, value))
            hits.append(1)
    # Each was met often: that none was missed is then a safe bet.
    assert min(hits) >= 10, hits
    return [float(value) for _, value in found]

def main():
    out = []
    for name, source, order, dim, entries, printed in CASES:
        values = eigenvalues(dense(order, dim, entries))
        if printed:
            assert np.allclose(values, printed, atol=5.1e-5) and len(values) == len(printed), (name, values)
        out.append({"name": name, "source": source, "order": order, "dim": dim, "printed": printed or [], "entries": entries, "eigenvalues": [float(f"{v:.13g}") for v in values]})
        print(name, [f"{v:.6f}" for v in values])
    default = pathlib.Path(__file__).parents[2] / "tests/data/tensor_eigenvalues.json"
    pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else default).write_text(json.dumps(out, indent=1) + "\n")

main()
