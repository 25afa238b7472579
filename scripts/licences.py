"""Holds every dependency against deny.toml: licences, sources, banned crates. For where cargo-deny is not installed.

python3 scripts/licences.py [cargo metadata of the crate, instead of asking cargo]
"""
import json
import pathlib
import re
import subprocess
import sys
import tomllib

root = pathlib.Path(__file__).parents[1]
rules = tomllib.loads((root / "deny.toml").read_text())
allowed = set(rules["licenses"]["allow"])
registries = {"registry+https://github.com/rust-lang/crates.io-index"}
banned = {entry["crate"] for entry in rules["bans"]["deny"]}


def admitted(expression):
    """Whether an SPDX expression can be met with allowed licences: OR of ANDs, parentheses; / is an old OR."""
    tokens = re.findall(r"[()]|[^\s()]+", expression.replace("/", " OR "))

    def either(at):
        met, at = both(at)
        while at < len(tokens) and tokens[at] == "OR":
            other, at = both(at + 1)
            met = met or other
        return met, at

    def both(at):
        met, at = one(at)
        while at < len(tokens) and tokens[at] == "AND":
            other, at = one(at + 1)
            met = met and other
        return met, at

    def one(at):
        if tokens[at] == "(":
            met, at = either(at + 1)
            return met, at + 1
        name, at = tokens[at], at + 1
        if at < len(tokens) and tokens[at] == "WITH":
            name, at = f"{name} WITH {tokens[at + 1]}", at + 2
        return name in allowed, at

    return either(0)[0]


assert admitted("MIT/Apache-2.0") and admitted("(MIT OR X) AND Unicode-3.0") and admitted("X OR MIT")
assert not admitted("GPL-3.0") and not admitted("MIT AND X") and not admitted("Apache-2.0 WITH X")

if len(sys.argv) > 1:
    text = pathlib.Path(sys.argv[1]).read_text()
else:
    command = ["cargo", "metadata", "--locked", "--all-features", "--format-version", "1"]
    text = subprocess.run(command, check=True, capture_output=True, text=True, cwd=root).stdout
packages = json.loads(text)["packages"]
assert len(packages) > 50, "the metadata lack the dependencies"
failed = 0
for package in packages:
    own = package["source"] is None
    problems = []
    if not admitted(package["license"] or "none"):
        problems.append(f"licence {package['license']}")
    if not own and package["source"] not in registries:
        problems.append(f"source {package['source']}")
    if package["name"] in banned:
        problems.append("banned")
    if own:
        problems += [f"{dep['name']} in any version" for dep in package["dependencies"] if dep["req"] == "*"]
    failed += bool(problems)
    for problem in problems:
        print(f"{package['name']} {package['version']}: {problem}")
# Files of others that are part of the program, each with its licence beside it and its notice within.
BUNDLED = {"assets/report/uPlot.iife.min.js": ("assets/report/uPlot-LICENSE.txt", "MIT", "Permission is hereby granted")}
for name, (licence, spdx, words) in BUNDLED.items():
    text, notice = (root / name).read_text(), (root / licence).read_text()
    if spdx not in allowed or words not in notice or notice.strip() not in text:
        failed += 1
        print(f"{name}: its licence is not allowed, or not with it")
print(f"trust: licences-and-sources: tried {len(packages)}, failed {failed}")
sys.exit(failed > 0)
