"""Gradients of L(w) = Σ X_ijk w_i w_j w_k / N at many points, by the methods a user of NumPy or JAX would try.

Each class takes the dense symmetric array X, shape (N, N, N). Calling it with points W, shape (B, N), gives ∇L at each,
shape (B, N); the energy is w·∇L/3. Everything is done in the precision of X. What can be prepared once per surface is
prepared in the constructor.
"""
import threading

import jax
import jax.numpy as jnp
import numpy as np


class Elementwise:
    """The public Torch code's way, one point at a time: the full tensor X ∘ w⊗w⊗w, summed over each pair of axes."""

    name = "(a) NumPy, elementwise"

    def __init__(self, X):
        self.X, self.kept = X, threading.local()

    def __call__(self, W):
        if not hasattr(self.kept, "product"):
            self.kept.product = np.empty_like(self.X)
        return np.stack([self.one(w, self.kept.product) for w in W])

    def one(self, w, product):
        np.multiply(np.multiply.outer(w, w)[:, :, None], w, out=product)
        product *= self.X
        sums = sum(product.sum(axis=axes) for axes in [(1, 2), (0, 2), (0, 1)])
        return sums / w / len(w)


class Dense:
    """A dense contraction in NumPy, its products done by OpenBLAS."""

    def __init__(self, X):
        self.n = len(X)
        self.X = np.multiply(X, X.dtype.type(3 / self.n))


class MatrixThenRows(Dense):
    """One product gives every matrix X·w, then one matrix–vector product each."""

    name = "(b) NumPy, (W·X)·w"

    def __call__(self, W):
        matrices = (W @ self.X.reshape(self.n, -1)).reshape(-1, self.n, self.n)
        return (matrices @ W[:, :, None])[:, :, 0]


class PairsThenMatrix(Dense):
    """All products w_j w_k, then one matrix product with X as an N² × N matrix."""

    name = "(b) NumPy, (w⊗w)·X"

    def __call__(self, W):
        pairs = (W[:, :, None] * W[:, None, :]).reshape(len(W), -1)
        return pairs @ self.X.reshape(-1, self.n)


class Einsum(Dense):
    """One call of einsum, which finds the order of contraction."""

    name = "(b) NumPy, einsum"

    def __call__(self, W):
        return np.einsum("ijk,bj,bk->bi", self.X, W, W, optimize=True)


class HalfPairs:
    """Products w_j w_k with j ≤ k only: half the work of the dense array, in one matrix product."""

    name = "(b½) NumPy, pairs j ≤ k"

    def __init__(self, X):
        n = len(X)
        self.j, self.k = np.triu_indices(n)
        weight = np.where(self.j == self.k, 3 / n, 6 / n).astype(X.dtype)
        self.matrix = weight[:, None] * X[self.j, self.k]

    def __call__(self, W):
        n = W.shape[1]
        pairs = np.concatenate([W[:, j:] * W[:, j : j + 1] for j in range(n)], axis=1)
        return pairs @ self.matrix


class Leaves:
    """hspin's own layout: one symmetric m × m matrix per index i, m = i + 1, and one BLAS product for each."""

    name = "(b′) NumPy, leaves"

    def __init__(self, X):
        n = len(X)
        self.leaves = []
        for i in range(n):
            m = i + 1
            leaf = np.multiply(X[i, :m, :m], X.dtype.type(3 / n))
            # Orderings of a monomial: 6 if its indices differ, 3 if two are equal, 1 if all are.
            leaf[i] /= 2
            leaf[:, i] /= 2
            leaf[i, i] = X[i, i, i] / n
            self.leaves.append(np.ascontiguousarray(leaf))

    def __call__(self, W):
        w = np.ascontiguousarray(W.T)
        gradient = np.zeros_like(w)
        y, scaled = np.empty_like(w), np.empty_like(w)
        for i, leaf in enumerate(self.leaves):
            m = i + 1
            np.matmul(leaf, w[:m], out=y[:m])
            gradient[i] += np.einsum("jb,jb->b", w[:m], y[:m])
            np.multiply(y[:m], 2 * w[i], out=scaled[:m])
            gradient[:m] += scaled[:m]
        return gradient.T


class Jax:
    """A dense contraction, compiled by XLA."""

    def __init__(self, X):
        self.X = jnp.asarray(X) * jnp.asarray(3 / len(X), X.dtype)
        self.compiled = jax.jit(self.gradient)

    def __call__(self, W):
        return self.compiled(self.X, W).block_until_ready()


class JaxEinsum(Jax):
    name = "(b) JAX, einsum"

    @staticmethod
    def gradient(X, W):
        return jnp.einsum("ijk,bj,bk->bi", X, W, W)


class JaxVmap(Jax):
    name = "(b) JAX, vmap"

    @staticmethod
    def gradient(X, W):
        return jax.vmap(lambda w: X @ w @ w)(W)


class JaxMatrixThenRows(Jax):
    name = "(b) JAX, (W·X)·w"

    @staticmethod
    def gradient(X, W):
        n = W.shape[1]
        matrices = (W @ X.reshape(n, -1)).reshape(-1, n, n)
        return jnp.einsum("bij,bj->bi", matrices, W)


class JaxPairsThenMatrix(Jax):
    name = "(b) JAX, (w⊗w)·X"

    @staticmethod
    def gradient(X, W):
        pairs = (W[:, :, None] * W[:, None, :]).reshape(len(W), -1)
        return pairs @ X.reshape(-1, W.shape[1])


class JaxHalfPairs(HalfPairs):
    name = "(b½) JAX, pairs j ≤ k"

    def __init__(self, X):
        super().__init__(X)
        self.matrix = jnp.asarray(self.matrix)
        self.compiled = jax.jit(lambda matrix, W: (W[:, self.j] * W[:, self.k]) @ matrix)

    def __call__(self, W):
        return self.compiled(self.matrix, W).block_until_ready()


DENSE = [MatrixThenRows, PairsThenMatrix, Einsum, JaxMatrixThenRows, JaxPairsThenMatrix, JaxEinsum, JaxVmap]
ALL = [Elementwise, *DENSE, HalfPairs, JaxHalfPairs, Leaves]
