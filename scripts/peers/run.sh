#!/usr/bin/env bash
# hspin against what people would use instead: bash scripts/peers/run.sh [PART …]
#
# A part is gradient or sweep, on 1 and on 2 threads, or with its threads and sizes: gradient-2, sweep-1-200. All parts
# by default, in about 15 minutes. Makes a virtual environment in target/peers, builds hspin, prints tables in Markdown,
# saves them as JSON in target/peers, and fails where energies or gradients do not agree. Needs cargo, and python3 with
# venv.
set -euo pipefail
cd "$(dirname "$0")/../.."

cargo build --release --locked --bin hspin --example hspin_gradients
venv=target/peers/venv
[ -x $venv/bin/python ] || python3 -m venv $venv
$venv/bin/pip install --quiet --disable-pip-version-check -r scripts/peers/requirements.txt

[ $# -gt 0 ] || set -- gradient sweep
for part in "$@"; do
    case $part in
        gradient | sweep) for threads in 1 2; do $venv/bin/python scripts/peers/"$part".py $threads; done ;;
        gradient-* | sweep-*) IFS=- read -ra words <<< "$part"
            $venv/bin/python scripts/peers/"${words[0]}".py "${words[@]:1}" ;;
        *) echo "no part $part: gradient, sweep, or one with its threads (gradient-2)" >&2; exit 2 ;;
    esac
done
