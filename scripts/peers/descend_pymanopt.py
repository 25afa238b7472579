"""pymanopt on the same landscape: one start at a time, its own optimisers on the unit sphere, x = w/√N."""
import time

import numpy as np
import pymanopt
from pymanopt.optimizers import ConjugateGradient, TrustRegions

OPTIMIZERS = {"trust regions": TrustRegions, "conjugate gradient": ConjugateGradient}
SECONDS = 6


class Problem:
    """L(√N x) with gradient and Hessian; the matrix X·w is kept while pymanopt stays at one point."""

    def __init__(self, X):
        self.n = len(X)
        self.X, self.point, self.matrix = np.multiply(X, 6 / self.n), None, None
        manifold = pymanopt.manifolds.Sphere(self.n)
        root = self.n**0.5

        def hessian(x):
            if self.point is None or not np.array_equal(x, self.point):
                self.point, self.matrix = x.copy(), root * (self.X.reshape(-1, self.n) @ x).reshape(self.n, self.n)
            return self.matrix

        function = pymanopt.function.numpy(manifold)
        self.problem = pymanopt.Problem(
            manifold,
            function(lambda x: self.n * (x @ hessian(x) @ x) / 6),
            euclidean_gradient=function(lambda x: self.n * (hessian(x) @ x) / 2),
            euclidean_hessian=function(lambda x, direction: self.n * (hessian(x) @ direction)),
        )

    def run(self, optimizer, start, tolerance):
        """Seconds, and the end point; stops at ‖g‖/√N ≤ tolerance, or after SECONDS."""
        chosen = OPTIMIZERS[optimizer](
            max_time=SECONDS, max_iterations=100_000, min_gradient_norm=self.n * tolerance, min_step_size=0, verbosity=0
        )
        begin = time.perf_counter()
        result = chosen.run(self.problem, initial_point=start / self.n**0.5)
        return time.perf_counter() - begin, result.point * self.n**0.5
