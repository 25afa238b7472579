"""Limited-memory BFGS on the sphere for many points at once, in NumPy around any method's gradients.

The same rules as hspin's `--protocol fast`, so that both need about the same gradients: what differs is their cost. Beside a
gradient the sums over rows and pairs here cost little.
"""
import finish
import numpy as np

PAIRS = 6
LONGEST, SHORTEST = 0.5, 1e-6
SUFFICIENT, ROUNDING = 1e-4, 5e-7


def dot(x, y):
    return np.einsum("bi,bi->b", x, y)


def tangent(x, W):
    return x - (dot(x, W) / W.shape[1])[:, None] * W


def times_inverse(g, S, Y, inverse, scale):
    """The two loops; pairs from the newest to the oldest."""
    q, shares = g.copy(), []
    for s, y, r in zip(S, Y, inverse):
        shares.append(r * dot(s, q))
        q -= shares[-1][:, None] * y
    q *= scale[:, None]
    for s, y, r, share in reversed(list(zip(S, Y, inverse, shares))):
        q += (share - r * dot(y, q))[:, None] * s
    return q


def descend(gradient, W, rate, tolerance, most):
    """Every row until its ‖g‖/√N ≤ tolerance, or after so many trials; rows that are done leave. Returns gradients, too."""
    n, root, real = W.shape[1], W.shape[1] ** 0.5, W.dtype
    ends, ids, count = W.copy(), np.arange(len(W)), len(W)

    def at(W):
        full = gradient(W)
        return dot(W, full) / 3, *finish.riemannian(W, full)

    energy, g, norm = at(W)
    S, Y, inverse = [], [], []
    scale, longest = np.full(len(W), rate, real), np.full(len(W), LONGEST * root, real)
    for _ in range(most):
        going = (norm > tolerance) & (longest > SHORTEST * root)
        ends[ids] = W
        if not going.any():
            break
        if not going.all():
            ids, W, energy, g, norm, scale, longest = (x[going] for x in (ids, W, energy, g, norm, scale, longest))
            S, Y, inverse = ([x[going] for x in of_pairs] for of_pairs in (S, Y, inverse))
        step = tangent(times_inverse(g, S, Y, inverse, scale), W)
        length = np.sqrt(dot(step, step))
        share = np.minimum(1, longest / length)
        slope = -share * dot(step, g)
        trial = finish.retract(W - share[:, None] * step).astype(real)
        found, turned, found_norm = at(trial)
        count += len(W)
        change, along = found - energy, -share * dot(step, turned)
        equal = (change <= ROUNDING * (np.abs(energy) + n)) & (along <= (2 * SUFFICIENT - 1) * slope)
        accepts = (change <= SUFFICIENT * slope) | equal
        base = np.where(accepts[:, None], trial, W)
        s, y = tangent(trial - W, base), tangent(turned - g, base)
        product, squares = dot(s, y), dot(y, y)
        curves = product > 1e-5 * np.sqrt(dot(s, s) * squares)
        scale = np.where(curves, product / np.where(curves, squares, 1), scale)
        S, Y = [s, *S][:PAIRS], [y, *Y][:PAIRS]
        inverse = [np.where(curves, 1 / np.where(curves, product, 1), 0).astype(real), *inverse][:PAIRS]
        longest = np.where(accepts, LONGEST * root, 0.5 * share * length).astype(real)
        W, g = base, np.where(accepts[:, None], turned, g)
        energy, norm = np.where(accepts, found, energy), np.where(accepts, found_norm, norm)
    ends[ids] = W
    return ends, count
