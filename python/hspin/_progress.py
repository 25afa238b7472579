"""Progress of long calls, by tqdm."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Union

Report = Callable[[list[tuple[int, int, float]]], None]
ProgressLike = Union[bool, Report, None]

#: Seconds before a bar appears: short calls show none.
DELAY = 1.0


@contextmanager
def shown(progress: ProgressLike, title: str) -> Iterator[Report | None]:
    """What is called with (size, items planned, items done) while a call lasts.

    ``None`` and ``True`` draw a bar after a second, ``False`` draws none, a function is called as it is.
    """
    if progress is False:
        yield None
    elif callable(progress):
        yield progress
    else:
        bar = _Bar(title)
        try:
            yield bar.report
        finally:
            bar.close()


class _Bar:
    def __init__(self, title: str) -> None:
        self.title = title
        self.bar: Any = None

    def report(self, sizes: list[tuple[int, int, float]]) -> None:
        planned = float(sum(size[1] for size in sizes))
        done = sum(size[2] for size in sizes)
        if self.bar is None:
            if planned == 0:
                return
            self.bar = _bar_type()(
                total=planned,
                initial=done,
                desc=self.title or None,
                delay=DELAY,
                # A stored notebook shows results, not how far they once were.
                leave=not _is_notebook(),
                # Where nobody looks, as in a log file, there is no bar.
                disable=False if _is_notebook() else None,
                bar_format="{desc}: {percentage:3.0f}%|{bar}| {n:.0f}/{total:.0f} [{elapsed}<{remaining}]",
            )
            return
        self.bar.total = planned
        self.bar.update(done - self.bar.n)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()


def _is_notebook() -> bool:
    import sys

    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return type(shell).__name__ == "ZMQInteractiveShell"


def _bar_type() -> Any:
    import warnings

    with warnings.catch_warnings():
        # Without widgets the bar is drawn as text, also in a notebook.
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm

        try:
            tqdm(total=1, delay=3600).close()
        except ImportError:
            from tqdm import tqdm as text

            return text
    return tqdm
