"""From where a descent in single precision ended to ‖g‖/√N ≤ 1e-10 in double precision, and the index there."""
import numpy as np

TOLERANCE = 1e-10
BATCH = 24


def riemannian(W, gradient):
    """∇L − (w·∇L/N) w of each row, and its ‖·‖/√N."""
    n = W.shape[1]
    g = gradient - ((W * gradient).sum(1) / n)[:, None] * W
    return g, np.linalg.norm(g, axis=1) / n**0.5


def retract(W):
    return W * (W.shape[-1] ** 0.5 / np.linalg.norm(W, axis=-1, keepdims=True))


class Landscape:
    """Energies, gradients and Hessians in double precision, by one matrix product for many points."""

    def __init__(self, X):
        self.n = len(X)
        self.matrix = np.multiply(X, 6 / self.n).reshape(self.n, -1)

    def at(self, W):
        """Energy, Riemannian gradient, its norm and the Riemannian Hessian at each point. Along w itself, where the
        Hessian is 0, it is given the eigenvalue 10, so that it can be factored."""
        n = self.n
        H = (W @ self.matrix).reshape(-1, n, n)
        gradient = (H @ W[:, :, None])[:, :, 0] / 2
        radial = (W * gradient).sum(1) / n
        g, norm = riemannian(W, gradient)
        cross = 2 * gradient[:, :, None] * W[:, None, :] / n
        along = (10 + 3 * radial)[:, None, None] * W[:, :, None] * W[:, None, :] / n
        H -= cross
        H -= cross.transpose(0, 2, 1)
        H += along
        H[:, range(n), range(n)] -= radial[:, None]
        return radial * n / 3, g, norm, H

    def energy_and_norm(self, W):
        """Energies and ‖g‖/√N of any number of points."""
        parts = [self.at(part) for part in batches(W)]
        return [np.concatenate([part[column] for part in parts]) for column in (0, 2)]

    def index(self, W):
        """Number of negative eigenvalues at each of any number of points."""
        return np.concatenate([(np.linalg.eigvalsh(self.at(part)[3]) < 0).sum(1) for part in batches(W)])


def batches(W):
    return np.array_split(W, -(-len(W) // BATCH))


def newton_step(g, H):
    """Newton's step, or, where the Hessian is not positive, down every eigenvector by |eigenvalue|; not too long."""
    try:
        np.linalg.cholesky(H)
        step = -np.linalg.solve(H, g)
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(H)
        down = vectors.T @ g
        down[0] += np.copysign(1e-3, down[0])
        step = -vectors @ (down / np.maximum(np.abs(values), 1e-2))
    longest = 0.2 * len(g) ** 0.5
    return step * min(1, longest / np.linalg.norm(step))


def newton(landscape, starts, most=200):
    """Newton's method from every start, some at a time; returns ends, energies, norms and indices."""
    parts = [newton_together(landscape, part, most) for part in batches(starts)]
    return [np.concatenate(column) for column in zip(*parts)]


def newton_together(landscape, W, most):
    count = len(W)
    ends, energies, norms, index = W.copy(), np.empty(count), np.full(count, np.inf), np.full(count, -1)
    energies, g, _, H = landscape.at(W)
    steps = [newton_step(*pair) for pair in zip(g, H)]
    active = list(range(count))
    for _ in range(most):
        trials = retract(ends[active] + np.array([steps[s] for s in active]))
        for s, trial, e, g, norm, H in zip(list(active), trials, *landscape.at(trials)):
            if e > energies[s] + 1e-12 * abs(e):
                steps[s] = steps[s] / 4
                continue
            ends[s], energies[s], norms[s] = trial, e, norm
            if norm <= TOLERANCE:
                index[s] = (np.linalg.eigvalsh(H) < 0).sum()
                if index[s] == 0:
                    active.remove(s)
                    continue
            steps[s] = newton_step(g, H)
        if not active:
            break
    return ends, energies, norms, index
