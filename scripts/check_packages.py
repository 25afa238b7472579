"""Checks the recipes of packages and the workflows of the hosted CI, none of which can be built here.

python scripts/check_packages.py [--release TAG], with packaging/requirements.txt installed. Versions, names and paths in them must
be those of the sources; linters read what has one; the recipe for Spack is carried out with stand-ins. Afterwards every check
must notice deliberate mistakes in a copy. With --release no address may be missing, and TAG must be the version.
"""

import ast
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import types

import yaml
from package_mistakes import MISTAKES

ROOT = pathlib.Path(__file__).parents[1]
TOOLS = pathlib.Path(sys.executable).parent
# Filled in at a release, since the project has no public address yet; docs/releasing.md lists where each stands.
PLACEHOLDERS = ["REPOSITORY-ADDRESS", "SHA256-OF-THE-SOURCES", "RECIPE-MAINTAINER", "SECURITY-CONTACT"]
CONDA, SPACK = "packaging/conda/recipe.yaml", "packaging/spack/packages/hspin/package.py"
APPTAINER, EASYBUILD = "packaging/apptainer/hspin.def", "packaging/easybuild/hspin-*.eb"
FOLDERS = [".github", "packaging", "scripts", "docs", "python", "assets", ".ci", "src", "benches", "examples", "tests"]


class Strict(yaml.SafeLoader):
    """YAML where a key that stands twice is an error."""

    def construct_mapping(self, node, deep=False):
        names = [self.construct_object(key, deep=True) for key, _ in node.value]
        if len(names) != len(set(names)):
            raise yaml.YAMLError(f"a key stands twice, {node.start_mark}")
        return super().construct_mapping(node, deep)


def read(root, name):
    found = sorted(root.glob(name))
    assert len(found) == 1, f"{name}: {len(found)} files"
    return found[0].read_text()


def tool(root, name, *arguments, stdin=None):
    """Problems that a linter names."""
    program = TOOLS / name
    program = program if program.exists() else shutil.which(name)
    if program is None:
        return [f"{name} is missing: pip install -r packaging/requirements.txt"]
    done = subprocess.run([program, *arguments], cwd=root, capture_output=True, text=True, input=stdin)
    return [f"{name}: {done.stdout}{done.stderr}"] if done.returncode else []


def cargo(root):
    return tomllib.loads(read(root, "Cargo.toml"))


def missing(root, paths):
    return [f"{path} does not exist" for path in paths if not (root / path).exists()]


def versions(root):
    """Every recipe has the version and the Rust of Cargo.toml, and the Python package's requirements."""
    package = cargo(root)["package"]
    number, rust = re.escape(package["version"]), re.escape(package["rust-version"])
    project = tomllib.loads(read(root, "python/pyproject.toml"))
    places = [
        ("python/Cargo.toml", rf'^version = "{number}"$'),
        ("CITATION.cff", rf"^version: {number}$"),
        ("Containerfile", rf'image\.version="{number}"'),
        (APPTAINER, rf"image\.version {number}$"),
        (CONDA, rf'^  version: "{number}"$'),
        (SPACK, rf'^    version\("{number}"'),
        (SPACK, rf"/v{number}/hspin-{number}-vendored\.tar\.gz"),
        (EASYBUILD, rf"^version = '{number}'$"),
        ("Containerfile", rf"^FROM docker\.io/library/rust:{rust}-bookworm AS build$"),
        (APPTAINER, rf"^From: rust:{rust}-bookworm$"),
        (SPACK, rf'depends_on\("rust@{rust}:", type="build"\)'),
        (EASYBUILD, rf"\('Rust', '{rust}\.\d+'\)"),
    ]
    places += [(CONDA, rf"^    - {re.escape(re.sub('(>=)', r' >=', need, count=1))}$") for need in project["project"]["dependencies"]]
    places += [(CONDA, rf"^    - {re.escape(project['build-system']['requires'][0].replace('>=', ' >=', 1))}$")]
    found = [f"{name} lacks /{wanted}/" for name, wanted in places if not re.search(wanted, read(root, name), flags=re.M)]
    for name in (".github/workflows/ci.yml", ".github/workflows/release.yml"):
        named = re.findall(r"(?:toolchain install|default-toolchain|rustup default) ([\d.]+)|rust:([\d.]+)-", read(root, name))
        found += [f"{name} has Rust {a or b}" for a, b in named if (a or b) != package["rust-version"]]
    return found


def placeholders(root):
    """The table in docs/releasing.md names each placeholder with the files in which it stands."""
    listed = set()
    for word, files in re.findall(r"^\| `([A-Z0-9-]+)` \|[^|]*\| (.*) \|$", read(root, "docs/releasing.md"), flags=re.M):
        listed |= {(word, file) for file in re.findall(r"`([^`]+)`", files)}
    standing = {
        (word, str(file.relative_to(root)))
        for file in [*root.glob("*.*"), root / "Containerfile", *root.glob(".github/**/*.*"), *root.glob("packaging/**/*.*")]
        if file.is_file()
        for word in PLACEHOLDERS
        if word in file.read_text()
    }
    return [f"{word} in {file}: listed or present, not both" for word, file in sorted(listed ^ standing)]


def workflows(root):
    found = []
    names = sorted(str(path.relative_to(root)) for path in root.glob(".github/workflows/*.yml"))
    for name in names:
        flow = yaml.load(read(root, name), Strict)
        if flow.get("permissions") != {"contents": "read"}:
            found.append(f"{name}: may do more than read")
        for job, body in flow["jobs"].items():
            needs = body.get("needs", [])
            found += [f"{name}: {job} needs {need}" for need in ([needs] if isinstance(needs, str) else needs) if need not in flow["jobs"]]
            if "uses" not in body and "timeout-minutes" not in body:
                found.append(f"{name}: {job} has no time limit")
            for step in body.get("steps", []):
                script = step.get("run", "")
                if "${{" in script:
                    found.append(f"{name}: {job} puts an expression into a script")
                if script:
                    found += tool(root, "shellcheck", "-s", "bash", "-", stdin=f"set -e\n{script}")
                found += missing(root, re.findall(r"(?<![\w/])((?:scripts|packaging|python|\.ci)/[\w./-]+\w)", script))
        steps = [step for body in flow["jobs"].values() for step in body.get("steps", [])]
        kept = {step["with"]["name"] for step in steps if step.get("uses", "").startswith("actions/upload-artifact@")}
        asked = {step["with"]["name"] for step in steps if "/download-artifact@" in step.get("uses", "") and "name" in step["with"]}
        found += [f"{name}: {one} is downloaded, and was not kept" for one in asked if not any(re.sub(r"\$\{\{.*?\}\}", "", k) in one for k in kept)]
    flow = yaml.load(read(root, ".github/workflows/ci.yml"), Strict)
    if {"run": "bash .ci/run"} not in flow["jobs"]["gates"]["steps"]:
        found.append("ci.yml does not run .ci/run")
    flow = yaml.load(read(root, ".github/workflows/release.yml"), Strict)
    left = set(flow["jobs"]) - {"draft", "names"} - set(flow["jobs"]["draft"]["needs"])
    found += [f"release.yml: the draft does not wait for {job}" for job in left]
    found += tool(root, "check-jsonschema", "--builtin-schema", "vendor.github-workflows", *names)
    return found + tool(root, "zizmor", "--offline", "--no-progress", "--min-severity", "medium", "--strict-collection", ".github")


def templates(root):
    found, allowed = [], {"markdown", "input", "textarea", "dropdown", "checkboxes"}
    for path in sorted(root.glob(".github/ISSUE_TEMPLATE/*.yml")):
        form = yaml.load(path.read_text(), Strict)
        if path.name == "config.yml":
            found += [] if form.get("blank_issues_enabled") in (True, False) else [f"{path.name}: blank_issues_enabled"]
            continue
        found += [f"{path.name} lacks {key}" for key in ("name", "description", "body") if not form.get(key)]
        parts = form.get("body") or []
        ids = [part.get("id") for part in parts if part["type"] != "markdown"]
        if None in ids or len(ids) != len(set(ids)):
            found.append(f"{path.name}: ids are missing or stand twice")
        for part in parts:
            text = part.get("attributes", {})
            if part["type"] not in allowed or not text.get("value" if part["type"] == "markdown" else "label"):
                found.append(f"{path.name}: {part}")
    return found + missing(root, [".github/PULL_REQUEST_TEMPLATE.md", "SECURITY.md"])


def containerfile(root):
    text = read(root, "Containerfile")
    stages = re.split(r"^FROM ", text, flags=re.M)[1:]
    found = [] if all("bookworm" in stage.splitlines()[0] for stage in stages) else ["the stages have not the same Debian"]
    users = re.findall(r"^USER (\S+)", stages[-1], flags=re.M)
    if not users or not re.fullmatch(r"[1-9]\d*(:[1-9]\d*)?", users[-1]):
        found.append(f"the user is {users}, not a number that is not root's")
    for line in re.findall(r"^COPY (?!--from)(.*) \S+$", text, flags=re.M):
        found += missing(root, line.split())
    return found + features(root, text) + tool(root, "hadolint", "Containerfile")


def features(root, text):
    known = set(cargo(root)["features"])
    named = {one for group in re.findall(r"--features ([\w,-]+)", text) for one in group.split(",")}
    return [f"feature {one} does not exist" for one in named - known] + ([] if named else ["no features"])


def apptainer(root):
    text = read(root, APPTAINER)
    found = features(root, text)
    stages = [stage for stage in re.split(r"^(?=Bootstrap:)", text, flags=re.M) if stage.startswith("Bootstrap:")]
    for stage in stages:
        found += [f"a stage lacks {key}:" for key in ("Bootstrap", "From", "Stage") if not re.search(rf"^{key}: \S+$", stage, flags=re.M)]
        sections = dict(re.findall(r"^%(\w+)[^\n]*\n(.*?)(?=^%|\Z)", stage, flags=re.M | re.S))
        found += [f"%{name} is no section" for name in set(sections) - {"files", "post", "runscript", "test", "labels", "help"}]
        for name in ("post", "runscript", "test"):
            # Comments between sections belong to nobody.
            found += tool(root, "shellcheck", "-s", "sh", "-", stdin=sections[name]) if name in sections else []
        if "bookworm" not in stage:
            found.append("the stages have not the same Debian")
    if [re.findall(r"^Stage: (\w+)", stage, flags=re.M) for stage in stages] != [["build"], ["final"]]:
        found.append("the stages are not build and final")
    last = stages[-1]
    found += [f"the last stage lacks %{name}" for name in ("runscript", "test", "labels", "help") if f"\n%{name}\n" not in last]
    copied = re.findall(r"^    (\S+) /source/\1$", stages[0], flags=re.M)
    kept = [name for name in re.findall(r"^    /source/(\S+) ", last, flags=re.M) if name.split("/")[0] not in copied]
    targets = [target["path"] for kind in ("bin", "example", "test") for target in cargo(root).get(kind, []) if "path" in target]
    needed = [*targets, *(f"{one}/Cargo.toml" for one in cargo(root)["workspace"]["members"]), "Cargo.lock", "benches/"]
    found += [f"{name} is not copied" for name in [*kept, *needed] if name.split("/")[0] not in copied]
    return found + missing(root, copied)


def conda(root):
    recipe = yaml.load(read(root, CONDA), Strict)
    parts = ["schema_version", "context", "package", "source", "build", "requirements", "tests", "about", "extra"]
    found = [f"recipe.yaml lacks {part}" for part in parts if part not in recipe]
    found += [f"recipe.yaml has {part}" for part in recipe if part not in parts]
    yaml.load(read(root, "packaging/conda/variants.yaml"), Strict)
    files = [name for name in recipe["about"]["license_file"] if name != "THIRDPARTY.yml"]
    return found + missing(root, files) + ([] if recipe["about"]["license"] else ["no licence"])


def spack(root):
    """Carries the recipe out with stand-ins for Spack's names, and looks at what would be called."""
    known, said = set(cargo(root)["features"]), []

    def directive(name):
        return lambda *values, **options: said.append((name, values, options))

    names = {name: directive(name) for name in ("license", "version", "variant", "depends_on", "conflicts")}
    module = types.ModuleType("spack.package")
    module.__dict__.update(names, which=lambda path, required: lambda *words: said.append(("command", words, {})))
    cargo_module = types.ModuleType("spack_repo.builtin.build_systems.cargo")
    cargo_module.CargoPackage = type("CargoPackage", (), {})
    stand_ins = {"spack.package": module, "spack_repo.builtin.build_systems.cargo": cargo_module}
    stand_ins |= {name: types.ModuleType(name) for name in ("spack", "spack_repo", "spack_repo.builtin", "spack_repo.builtin.build_systems")}
    sys.modules.update(stand_ins)
    scope = {}
    exec(compile(read(root, SPACK), SPACK, "exec"), scope)
    variants = [values[0] for name, values, _ in said if name == "variant"]
    found = [f"variant {one} is no feature" for one in variants if one not in known]
    recipe = scope["Hspin"]()
    for chosen in ([], variants, *([one] for one in variants)):
        recipe.spec = types.SimpleNamespace(satisfies=lambda what, chosen=chosen: what[1:] in chosen)
        wanted = ["--locked", "--offline"] + (["--features", ",".join(chosen)] if chosen else [])
        found += [] if recipe.build_args == wanted else [f"with {chosen}: {recipe.build_args}"]
    recipe.prefix = types.SimpleNamespace(bin=types.SimpleNamespace(hspin="hspin"))
    recipe.test_sweep()
    needs = [values[0] for name, values, _ in said if name == "depends_on"]
    return found + [f"no dependency {one}" for one in ("c", "mpi", "llvm+clang") if one not in needs]


def easybuild(root):
    text = read(root, EASYBUILD)
    recipe = {node.targets[0].id: ast.literal_eval(node.value) for node in ast.parse(text).body if isinstance(node, ast.Assign)}
    wanted = ["easyblock", "name", "version", "homepage", "description", "toolchain", "sources", "checksums", "cmds_map", "files_to_copy"]
    found = [f"lacks {key}" for key in [*wanted, "sanity_check_paths", "moduleclass"] if not recipe.get(key)]
    kind = recipe["toolchain"]
    name = f"{recipe['name']}-{recipe['version']}-{kind['name']}-{kind['version']}.eb"
    found += [] if list(root.glob(f"packaging/easybuild/{name}")) else [f"its name is not {name}"]
    copied = [file for files, _ in recipe["files_to_copy"] for file in files if not file.startswith("target/")]
    return found + missing(root, copied) + features(root, recipe["cmds_map"][0][1])


def shell(root):
    names = ["scripts/vendor.sh", "scripts/pack_program.sh", "scripts/check_slurm.sh"]
    names += [str(path.relative_to(root)) for path in sorted(root.glob("scripts/slurm/*.sh"))]
    # What sbatch --signal calls is called by no line of the script.
    return tool(root, "shellcheck", "-S", "warning", *names)


CHECKS = [versions, placeholders, workflows, templates, containerfile, apptainer, conda, spack, easybuild, shell]


def problems(check, root):
    try:
        return check(root)
    except Exception as error:  # A recipe that cannot even be read.
        return [f"{type(error).__name__}: {error}"]


def unnoticed():
    """Deliberate mistakes that no check notices."""
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder)
        for name in FOLDERS:
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "notebooks", "pictures"))
        for path in ROOT.iterdir():
            if path.is_file() and not path.name.startswith(".git"):
                shutil.copy(path, copy)
        for check_name, name, old, new in MISTAKES:
            check = globals()[check_name]
            file = next(iter(copy.glob(name)))
            text = file.read_text()
            file.write_text(text.replace(old, new))
            if old not in text or not problems(check, copy):
                yield f"{check.__name__} does not notice {new!r} for {old!r} in {name}"
            file.write_text(text)


def unready(tag):
    """What forbids the release of a tag."""
    number = cargo(ROOT)["package"]["version"]
    if tag != f"v{number}":
        yield f"the tag is {tag}, and the version is {number}"
    if not re.search(rf"^## {re.escape(number)}\b", read(ROOT, "CHANGELOG.md"), flags=re.M):
        yield f"CHANGELOG.md has no heading '## {number}'"
    table = read(ROOT, "docs/releasing.md")
    # The checksum is that of an archive which does not exist before the tag.
    for word in set(PLACEHOLDERS) - {"SHA256-OF-THE-SOURCES"}:
        if f"| `{word}` |" in table:
            yield f"{word} is not filled in"


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--release":
        found = list(unready(sys.argv[2]))
    else:
        found = [f"{check.__name__}: {problem}" for check in CHECKS for problem in problems(check, ROOT)]
        found += unnoticed()
        print(f"packages: {len(CHECKS)} checks, {len(MISTAKES)} deliberate mistakes, {len(found)} problems")
    print(*found, sep="\n")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
