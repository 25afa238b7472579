#!/usr/bin/env bash
# Builds the documentation as a site in target/site: bash scripts/build_docs.sh [--links]
# Begin with target/site/index.html. A warning of Sphinx, a broken link or a page that fetches something from outside is an error.
# --links asks the web whether all links to other sites work; it needs a network and takes a minute or more.
# The Python reference and the help of the commands come from the wheel in target/wheels (see .ci/run). If there is none, or if
# the sources are newer, the package is compiled, which takes some minutes. Needs Python 3.11 or later.
set -euo pipefail
cd "$(dirname "$0")/.."

venv=target/docs-venv
[ -x $venv/bin/python ] || python3 -m venv $venv
pip() { $venv/bin/python -m pip "$@" -q --disable-pip-version-check --no-compile; }

pip install -r docs/requirements.txt
wheel=$(ls -t target/wheels/*.whl 2> /dev/null | head -n 1 || true)
if [ -n "$wheel" ] && [ -z "$(find src python/src python/hspin -type f -newer "$wheel" ! -name '*.pyc' ! -name '*.so' -print -quit)" ]; then
    pip install "$wheel"
    # Its version may be the one that is installed already.
    pip install --force-reinstall --no-deps "$wheel"
else
    echo "no wheel in target/wheels that is as new as the sources: compiling the package"
    pip install ./python
fi

sphinx() { $venv/bin/sphinx-build -q -W --keep-going -E -c docs -d target/site-doctrees "$@"; }
if [ "${1:-}" = --links ]; then
    sphinx -b linkcheck . target/site-links
    exit
fi
rm -rf target/site
sphinx -b html . target/site
# README is the first page. The links of a copy at the same place lead to the same pages.
cp target/site/README.html target/site/index.html
touch target/site/.nojekyll
rm -f target/site/.buildinfo
$venv/bin/python scripts/check_site.py target/site
