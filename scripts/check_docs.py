"""Runs the examples of README.md and docs/*.md, each page in a new folder: python check_docs.py FOLDER [PAGE …].

Needs `hspin` on the PATH. Examples are the fenced blocks marked sh or python; blocks that call cargo are run by .ci/run
itself, and those that import hspin are skipped, with a note, if this Python has no hspin. Also checks that every relative link leads to a file, and to a heading where it names one, and that README.md has
at most 1,500 words.
"""
import importlib.util
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).parents[1]
MOST_WORDS = 1500
HAS_HSPIN = importlib.util.find_spec("hspin") is not None


def pages():
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def anchors(text):
    """Headings as links name them."""
    titles = re.findall(r"^#+ (.*)$", text, flags=re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken_links(page, text):
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists():
            yield f"{page.name}: {target} does not exist"
        elif anchor and anchor not in anchors(file.read_text()):
            yield f"{page.name}: {target} names no heading"


def examples(text):
    blocks = re.findall(r"^```(sh|python)\n(.*?)^```", text, flags=re.M | re.S)
    return [(language, code) for language, code in blocks if "cargo " not in code]


def run(page, blocks, folder):
    folder.mkdir(parents=True)
    for number, (language, code) in enumerate(blocks, 1):
        if language == "python" and re.search(r"^import hspin", code, flags=re.M) and not HAS_HSPIN:
            print(f"-- {page.name} {number}: skipped, because {sys.executable} cannot import hspin", flush=True)
            continue
        command = ["bash", "-euo", "pipefail", "-c"] if language == "sh" else [sys.executable, "-c"]
        begin = time.monotonic()
        print(f"-- {page.name} {number}: {code.strip().splitlines()[0]}", flush=True)
        subprocess.run([*command, code], check=True, cwd=folder)
        print(f"-- {time.monotonic() - begin:.1f} s", flush=True)


def main():
    folder, chosen = pathlib.Path(sys.argv[1]), set(sys.argv[2:])
    texts = {page: page.read_text() for page in pages()}
    problems = [problem for page, text in texts.items() for problem in broken_links(page, text)]
    words = len(texts[ROOT / "README.md"].split())
    if words > MOST_WORDS:
        problems.append(f"README.md has {words} words; at most {MOST_WORDS}")
    if problems:
        sys.exit("\n".join(problems))
    found = {page: examples(text) for page, text in texts.items()}
    languages = {language for blocks in found.values() for language, _ in blocks}
    assert languages == {"sh", "python"}, languages
    for page, blocks in found.items():
        if blocks and (not chosen or page.name in chosen):
            run(page, blocks, folder / page.stem)


main()
