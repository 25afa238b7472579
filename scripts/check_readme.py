"""Runs the examples of README.md in order, in a new folder: python check_readme.py FOLDER. Needs `hspin` on the PATH.

Examples are the fenced blocks marked sh or python; those that call cargo are run by .ci/run itself.
"""
import pathlib, re, subprocess, sys, time

readme = pathlib.Path(__file__).parents[1] / "README.md"
folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True)
blocks = re.findall(r"^```(sh|python)\n(.*?)^```", readme.read_text(), flags=re.M | re.S)
blocks = [(language, text) for language, text in blocks if "cargo " not in text]
assert {language for language, _ in blocks} == {"sh", "python"}
for number, (language, text) in enumerate(blocks, 1):
    command = ["bash", "-euo", "pipefail", "-c"] if language == "sh" else [sys.executable, "-c"]
    begin = time.monotonic()
    print(f"-- example {number}: {text.strip().splitlines()[0]}", flush=True)
    subprocess.run([*command, text], check=True, cwd=folder)
    print(f"-- {time.monotonic() - begin:.1f} s", flush=True)
