"""Deliberate mistakes in recipes and workflows, each of which scripts/check_packages.py must notice."""

CONDA, SPACK = "packaging/conda/recipe.yaml", "packaging/spack/packages/hspin/package.py"
APPTAINER, EASYBUILD = "packaging/apptainer/hspin.def", "packaging/easybuild/hspin-*.eb"
CI, RELEASE, BUG = ".github/workflows/ci.yml", ".github/workflows/release.yml", ".github/ISSUE_TEMPLATE/wrong-result.yml"
# Each must be noticed: check, file, what is replaced by what.
MISTAKES = [
    ("versions", "CITATION.cff", "version: 0", "version: 9"),
    ("versions", CONDA, "numpy >=1.24", "numpy >=1.23"),
    ("versions", RELEASE, "--default-toolchain 1.95", "--default-toolchain 1.90"),
    ("versions", SPACK, "rust@1.95:", "rust@1.70:"),
    ("placeholders", CONDA, "RECIPE-MAINTAINER", "somebody"),
    ("placeholders", "docs/releasing.md", "`SECURITY.md`", "SECURITY"),
    ("workflows", CI, "bash .ci/run", "true"),
    ("workflows", CI, "runs-on: ubuntu-24.04\n", "runs_on: ubuntu-24.04\n"),
    ("workflows", RELEASE, "needs: names", "needs: nobody"),
    ("workflows", RELEASE, "[gates, linux-wheels,", "[linux-wheels,"),
    ("workflows", RELEASE, "scripts/vendor.sh", "scripts/vendors.sh"),
    ("workflows", RELEASE, "name: wheel-linux-x86_64", "name: wheel-x86_64"),
    ("workflows", RELEASE, '--verify-tag --title "hspin ${TAG#v}"', "--verify-tag --title ${{ github.ref_name }}"),
    ("workflows", RELEASE, "contents: read", "contents: write"),
    ("workflows", CI, "pull_request:", "pull_request_target:"),
    ("templates", BUG, "type: textarea", "type: text"),
    ("containerfile", "Containerfile", "USER 10001:10001", "USER root"),
    ("containerfile", "Containerfile", "LICENSE-MIT", "LICENSE"),
    ("containerfile", "Containerfile", "rm -rf /var/lib/apt/lists/*", "true"),
    ("apptainer", APPTAINER, "%runscript", "%run"),
    ("apptainer", APPTAINER, "mpi,cuda", "openmpi"),
    ("apptainer", APPTAINER, "    benches /source/benches\n", ""),
    ("apptainer", APPTAINER, 'exec /usr/local/bin/hspin "$@"', "exec /usr/local/bin/hspin $@"),
    ("conda", CONDA, "- LICENSE-MIT", "- LICENSE"),
    ("conda", CONDA, "tests:", "test:"),
    ("spack", SPACK, '"--offline"]\n        features', "]\n        features"),
    ("spack", SPACK, 'variant("cuda"', 'variant("gpu"'),
    ("easybuild", EASYBUILD, "--features mpi,cuda", "--features openmpi"),
    ("easybuild", EASYBUILD, "'version': '2026.1'", "'version': '2025b'"),
    ("shell", "scripts/slurm/one-run.sh", "[ $# -gt 0 ]", "[ $# > 0 ]"),
]
