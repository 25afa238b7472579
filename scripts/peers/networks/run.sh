#!/usr/bin/env bash
# Training of networks beside PyTorch and JAX: bash scripts/peers/networks/run.sh [HIDDEN,… [NETWORKS [EPOCHS]]]
#
# Two threads, f32, the same digits, mini-batches and epochs; prints a table in Markdown, saves it as JSON in
# target/peers, and fails where mean losses do not agree. PyTorch is left out, and said to be, where it does not import:
# the wheel of PyPI needs libraries for GPUs, so it is not among the requirements. Needs cargo, and python3
# with venv.
set -euo pipefail
cd "$(dirname "$0")/../../.."

cargo build --release --locked --example hspin_training
venv=target/peers/venv
[ -x $venv/bin/python ] || python3 -m venv $venv
[ -n "${PEERS_PYTHON:-}" ] || $venv/bin/pip install --quiet --disable-pip-version-check -r scripts/peers/requirements.txt
exec "${PEERS_PYTHON:-$venv/bin/python}" scripts/peers/networks/training.py "$@"
