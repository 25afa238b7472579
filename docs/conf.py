"""Sphinx: the documentation as a site. scripts/build_docs.sh builds it.

The source folder is the root of the repository, so that the relative links between Markdown pages are the same here and on a
code-hosting page. CONTENTS is the order of the pages; Markdown files hold no lists of pages for Sphinx.
"""

import importlib.metadata
import importlib.util
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[1]

project = "hspin"
author = "the hspin authors"
version = release = importlib.metadata.version("hspin")
root_doc = "README"

# Captions and pages. Every Markdown file outside of docs/ that is a page stands here.
CONTENTS = {
    "Begin": ["docs/tutorial", "docs/README"],
    "How to": [
        "docs/sweeps",
        "docs/own-tensor",
        "docs/mixtures",
        "docs/networks",
        "docs/slices",
        "docs/report",
        "docs/python",
        "docs/notebooks/README",
        "docs/clusters",
    ],
    "The science": [
        "docs/model",
        "docs/protocols",
        "docs/exact-counts",
        "docs/dynamics",
        "docs/sampling",
        "docs/theory-and-data",
        "docs/geometry",
    ],
    "Results": ["docs/results", "docs/gallery", "docs/performance", "benches/README", "benches/gpu"],
    "Guarantees": ["docs/guarantees", "docs/trust"],
    "Reference": ["docs/reference", "docs/commands", "docs/json", "docs/columns", "docs/python-reference", "docs/stability"],
    "Project": [
        "CONTRIBUTING",
        "ARCHITECTURE",
        "CHANGELOG",
        "docs/releasing",
        "SECURITY",
        "CODE_OF_CONDUCT",
        "assets/digits/README",
    ],
}
NOTEBOOKS = [
    "paper-figure-3",
    "does-theory-agree",
    "my-own-tensor",
    "honest-errors",
    "autodiff",
    "energy-against-time",
]

include_patterns = [
    "README.md",
    *(f"{page}.md" for pages in CONTENTS.values() for page in pages if not page.startswith("docs/")),
    "docs/*.md",
    "docs/notebooks/*",
]
exclude_patterns = ["**/.ipynb_checkpoints"]

extensions = ["myst_nb", "numpydoc", "sphinx.ext.autodoc", "sphinx.ext.mathjax", "sphinx_copybutton"]

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 6
nb_execution_mode = "off"
highlight_language = "none"
copybutton_exclude = ".linenos, .gp, .go"

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # docstrings have the types
numpydoc_show_class_members = False

html_theme = "furo"
html_title = f"hspin {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False

# MathJax in one file, with its glyphs; pages with formulas load it from the site itself.
_mathjax = pathlib.Path(importlib.util.find_spec("sphinx-mathjax-offline").origin).parent / "static/mathjax/tex-svg.js"
html_static_path.append(str(_mathjax))
mathjax_path = "tex-svg.js"
mathjax3_config = {"options": {"enableMenu": False}, "svg": {"fontCache": "global", "scale": 0.95}}


def _toctree(folder, pages, caption=None):
    """A hidden list of pages; their names are relative to the page that has it."""
    options = [":hidden:", *([f":caption: {caption}"] if caption else [])]
    return "\n".join(["", "```{toctree}", *options, "", *(f"{folder}{page}" for page in pages), "```", ""])


def _help_of_commands(*verbs):
    """Sections with `hspin help VERB` for every verb, of the program that the installed package has."""
    program = pathlib.Path(sys.executable).with_name("hspin")
    said = subprocess.run(
        [program, "help", *verbs], check=True, capture_output=True, text=True, env={**os.environ, "COLUMNS": "100"}
    ).stdout
    if verbs:
        yield f"\n## hspin {' '.join(verbs)}\n\n```text\n{said}```\n"
    listed = re.search(r"^Commands:\n(.*?)^\n", said, flags=re.M | re.S)
    for verb in re.findall(r"^  (\S+)", listed[1], flags=re.M) if listed else []:
        if verb != "help":
            yield from _help_of_commands(*verbs, verb)


def _file_or_name(folder, link):
    """A link to a folder is shown as its text: the site has no listing of folders."""
    return link[1] if (folder / link[2]).is_dir() else link[0]


def _on_source_read(_app, docname, source):
    if docname == root_doc:
        source[0] += "".join(_toctree("/", pages, caption) for caption, pages in CONTENTS.items())
    elif docname == "docs/notebooks/README":
        source[0] += _toctree("", NOTEBOOKS)
    elif docname == "docs/commands":
        source[0] += "".join(_help_of_commands())
    folder = (ROOT / docname).parent
    source[0] = re.sub(r"(?<!!)\[([^]]*)\]\(([^)#:]+)\)", lambda link: _file_or_name(folder, link), source[0])


def _on_docstring(_app, _what, _name, _object, _options, lines):
    """In docstrings |w| is a norm; reStructuredText would take it for the name of a substitution."""
    lines[:] = [re.sub(r"\|(\w)\|", r"\\|\1\\|", line) for line in lines]


def setup(app):
    app.connect("autodoc-process-docstring", _on_docstring)
    app.connect("source-read", _on_source_read)
