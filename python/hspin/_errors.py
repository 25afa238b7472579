"""Exceptions of hspin; each has the words of the command line."""

from __future__ import annotations

__all__ = [
    "DamagedError",
    "Error",
    "InputError",
    "InternalError",
    "RefusedError",
    "StorageError",
]


class Error(Exception):
    """Base of all exceptions of hspin.

    Attributes
    ----------
    output : str
        What the command printed before it failed, for example the report of ``verify``.
    """

    output: str = ""


class InputError(Error, ValueError):
    """A value that is not allowed: the message names the key, the value and what is allowed (exit status 2)."""


class RefusedError(Error):
    """Refused before anything was spent: memory, a lock, a read-only place, a changed spec, a newer format (exit status 3)."""


class DamagedError(Error):
    """Stored data contradict their own checksum or structure (exit status 4)."""


class StorageError(Error, OSError):
    """Reading or writing failed (exit status 5)."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class InternalError(Error):
    """A bug in hspin (exit status 1)."""
