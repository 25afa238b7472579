"""Compares the tables of docs/json.md with the documents that the examples of that page wrote.

python scripts/check_json_keys.py FOLDER, where FOLDER is the one in which check_docs.py ran the page. A section that names a
file NAME.json in its example must list every key of that document, and no other; `a[].b` is b in each element of the list a,
and `a.N` an entry of a whose key is a number.
"""

import json
import pathlib
import re
import sys

PAGE = pathlib.Path(__file__).parents[1] / "docs/json.md"


def keys(value, path=""):
    """Paths of all keys of a document."""
    if isinstance(value, dict):
        for key, inner in value.items():
            name = "N" if key.isdigit() else key
            here = f"{path}.{name}" if path else name
            yield here
            yield from keys(inner, here)
    elif isinstance(value, list):
        for inner in value:
            yield from keys(inner, f"{path}[]")


def sections(text):
    """Name of the file and the keys of each section that has both."""
    for section in re.split(r"^## ", text, flags=re.M)[1:]:
        files = re.findall(r"> (\S+\.json)$", section, flags=re.M)
        listed = [key for row in re.findall(r"^\| (`[^|]*`) \|", section, flags=re.M) for key in re.findall(r"`([^`]+)`", row)]
        if files:
            yield files, listed


def main():
    folder = pathlib.Path(sys.argv[1])
    problems, documents = [], 0
    for files, listed in sections(PAGE.read_text()):
        found = {key for file in files for key in keys(json.loads((folder / file).read_text()))}
        documents += len(files)
        problems += [f"{files[0]}: {key} is not in {PAGE.name}" for key in sorted(found - set(listed))]
        problems += [f"{files[0]}: has no {key}, which {PAGE.name} lists" for key in sorted(set(listed) - found)]
        problems += [f"{files[0]}: {key} stands twice in {PAGE.name}" for key in sorted({k for k in listed if listed.count(k) > 1})]
    assert documents > 5, documents
    if problems:
        sys.exit("\n".join(problems))
    print(f"{documents} documents have the keys that {PAGE.name} lists")


main()
