"""Checks an export against the dense tensor: python check_export.py DIR, after
hspin export RUN --out DIR --dim N --instance I --couplings --points."""
import csv, sys
import numpy as np

X, points = np.load(f"{sys.argv[1]}/couplings.npy"), np.load(f"{sys.argv[1]}/points.npy")
rows = list(csv.DictReader(open(f"{sys.argv[1]}/records.csv")))
(n, h), worst = (X.shape[0], X.ndim), dict.fromkeys(("energy", "gradient", "eigenvalue"), 0.0)
assert np.array_equal(X, np.swapaxes(X, 0, -1)) and len(rows) == len(points) > 0
for w, row in zip(points, rows):
    A = n ** (-(h - 1) / 2) * X
    while A.ndim > 2:
        A = A @ w
    energy, gradient, hessian = w @ A @ w, h * A @ w, h * (h - 1) * A
    P = np.eye(n) - np.outer(w, w) / n
    tangent = np.linalg.svd(P)[0][:, : n - 1]
    values = np.linalg.eigvalsh(tangent.T @ hessian @ tangent - h * energy / n * np.eye(n - 1))
    worst["energy"] = max(worst["energy"], abs(energy - float(row["energy"])))
    worst["gradient"] = max(worst["gradient"], abs(np.linalg.norm(P @ gradient) / n**0.5 - float(row["gradient_norm"])))
    worst["eigenvalue"] = max(worst["eigenvalue"], abs(values[0] - float(row["min_eigenvalue"])))
    assert (values < -1e-9).sum() == int(row["index"]), row
print(f"H = {h}, Λ = {n}, {len(rows)} points, largest differences:", {key: f"{x:.1e}" for key, x in worst.items()})
assert max(worst.values()) < 1e-9, worst
