"""The page of a run: whole, well-formed, and with the numbers of its summary."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

import hspin as hs

VOID = {"meta", "br", "hr", "img", "input", "link", "rect", "circle", "polyline", "polygon"}


class Elements(HTMLParser):
    """Elements of a page, each closed where it must be; ids that stand twice."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.problems: list[str] = []
        self.ids: set[str] = set()
        self.cells: dict[tuple[str, str], float] = {}
        self.row = ""
        self.feed(text)
        self.close()
        self.problems += [f"<{tag}> is not closed" for tag in self.open]

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        if len(named) != len(attributes):
            self.problems.append(f"<{tag}> has an attribute twice")
        if (identity := named.get("id")) is not None:
            if identity in self.ids:
                self.problems.append(f"id {identity} stands twice")
            self.ids.add(identity)
        self.row = named.get("data-row", self.row)
        if "data-key" in named and "data-value" in named:
            self.cells.setdefault((self.row, named["data-key"]), float(named["data-value"]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        if tag not in VOID:
            self.problems.append(f"<{tag}/>")

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> closes another element")


@pytest.mark.parametrize("kind", ["swept", "counted", "trained"])
def test_a_page_is_well_formed_and_whole(kind, request, tmp_path):
    run = hs.open(request.getfixturevalue(kind))
    page = run.report(tmp_path / "new" / "page.html")
    text = page.read_text(encoding="utf-8")
    assert page == tmp_path / "new" / "page.html" and text.startswith("<!doctype html>")
    assert Elements(text).problems == []
    # The same check finds what is not well-formed.
    assert Elements(text.replace("</section>", "", 1)).problems
    assert Elements(text.replace('id="main"', 'id="run1-sizes"', 1)).problems


def test_its_numbers_are_those_of_the_summary(swept, tmp_path):
    run = hs.open(swept)
    cells = Elements(run.report(tmp_path / "page.html").read_text(encoding="utf-8")).cells
    for size in run.summary().dims:
        for key in ("dim", "starts", "converged", "mean", "standard_error", "sd", "min", "max", "distinct"):
            assert cells[(str(size.dim), key)] == size[key], key


def test_several_runs_come_on_one_page_and_foreign_files_stay(swept, counted, tmp_path):
    page = tmp_path / "page.html"
    page.write_text("theirs")
    with pytest.raises(hs.RefusedError, match="--force"):
        hs.open(swept).report(page)
    assert page.read_text() == "theirs"
    assert hs.open(swept).report(page, runs=[hs.open(counted)], force=True) == page
    found = Elements(page.read_text(encoding="utf-8"))
    assert found.problems == [] and {"run1-sizes", "run2-census"} <= found.ids
    with pytest.raises(hs.InputError, match="each run once"):
        hs.open(swept).report(Path(page), runs=swept)
