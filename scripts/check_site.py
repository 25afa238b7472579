"""Checks a built site: python scripts/check_site.py FOLDER.

Every link between its pages leads to a file and, where it names one, to an element; no page, style sheet or script makes the
browser fetch anything from outside; no page is one that no other page links to.
"""

import html.parser
import pathlib
import re
import sys
import urllib.parse

# Attributes that make a browser fetch what they name.
FETCHED = {
    ("audio", "src"),
    ("embed", "src"),
    ("iframe", "src"),
    ("img", "src"),
    ("img", "srcset"),
    ("input", "src"),
    ("link", "href"),
    ("object", "data"),
    ("script", "src"),
    ("source", "src"),
    ("source", "srcset"),
    ("video", "src"),
}
# Pages that Sphinx makes and that need no link.
UNLINKED = {"index.html", "genindex.html", "search.html", "py-modindex.html"}


class Page(html.parser.HTMLParser):
    """Links, what is fetched, names of elements and styles of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.fetched, self.names, self.styles = [], [], set(), []
        self._in_style = False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self._in_style = tag == "style"
        for key, value in attributes:
            if key in ("id", "name"):
                self.names.add(value)
            elif key == "style":
                self.styles.append(value or "")
            elif (tag, key) in FETCHED and not (tag == "link" and dict(attributes).get("rel") == "canonical"):
                self.fetched.append(value)
            elif (tag, key) == ("a", "href"):
                self.links.append(value)

    def handle_data(self, data):
        if self._in_style:
            self.styles.append(data)


def is_outside(address):
    return bool(re.match(r"\s*(?:[a-z][a-z0-9+.-]*:)?//", address, flags=re.I))


def is_elsewhere(address):
    """Outside, or a mail address or the like: anything with a scheme."""
    return bool(re.match(r"\s*(?:[a-z][a-z0-9+.-]*:|//)", address, flags=re.I))


def styles_fetch(style):
    addresses = re.findall(r"url\(\s*[\"']?([^\"')\s]+)", style) + re.findall(r"@import\s+[\"']([^\"']+)", style)
    return [address for address in addresses if is_outside(address)]


def problems_of(path, page, pages, linked):
    for address in page.fetched + [found for style in page.styles for found in styles_fetch(style)]:
        if is_outside(address):
            yield f"fetches {address}"
        elif not is_elsewhere(address) and not target_of(path, address)[0].exists():
            yield f"fetches {address}, which does not exist"
    for address in page.links:
        if is_elsewhere(address):
            continue
        target, name = target_of(path, address)
        if target != path:
            linked.add(target)
        if not target.is_file():
            yield f"links to {address}, which does not exist"
        elif name and target in pages and name not in pages[target].names:
            yield f"links to {address}, which names nothing there"


def target_of(path, address):
    parts = urllib.parse.urlsplit(address)
    target = (path.parent / urllib.parse.unquote(parts.path)).resolve() if parts.path else path
    return target, urllib.parse.unquote(parts.fragment)


def main():
    site = pathlib.Path(sys.argv[1]).resolve()
    pages = {path: Page(path.read_text()) for path in sorted(site.rglob("*.html")) if "_static" not in path.parts}
    linked, problems, links = set(), [], 0
    for path, page in pages.items():
        links += len(page.links)
        problems += [f"{path.relative_to(site)}: {problem}" for problem in problems_of(path, page, pages, linked)]
    problems += [
        f"{path.relative_to(site)}: no page links to it"
        for path in pages
        if path not in linked and str(path.relative_to(site)) not in UNLINKED
    ]
    for path in sorted(site.rglob("*.css")):
        problems += [f"{path.relative_to(site)}: fetches {address}" for address in styles_fetch(path.read_text())]
    assert len(pages) > 20 and links > 500, (len(pages), links)
    if problems:
        sys.exit("\n".join(problems))
    print(f"{len(pages)} pages, {links} links: all lead somewhere, and nothing is fetched from outside")


main()
