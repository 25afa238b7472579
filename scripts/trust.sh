#!/usr/bin/env bash
# The long mode of all tests of trust: prints one table (case, tried, failed) and writes it to docs/trust.md.
# Takes hours; HSPIN_HOSTILE_CASES and HSPIN_FUZZ_SECONDS shorten it, and the table says so. Each part runs whatever happened to
# those before it. Nothing may be skipped, and a case that tried nothing has failed.
# bash scripts/trust.sh [part…], all of them unless named; with parts named docs/trust.md keeps the others' lines.
set -uo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HSPIN_HOSTILE_CASES=${HSPIN_HOSTILE_CASES:-1000000} HSPIN_NO_SKIP=1
all=(supply-chain hostile fuzz sabotage asan conformance faults ranks python)

suite() {
    cargo test --release --locked --test "$1" -- --include-ignored --nocapture
}

supply_chain() {
    local failed=0
    python3 scripts/licences.py || return 1
    if ! cargo deny --version > /dev/null 2>&1; then
        echo "cargo-deny is missing: cargo install --locked cargo-deny" >&2
        return 1
    fi
    local checks=(licenses bans sources)
    # Advisories change from day to day, and so does the outcome: they are asked where there is a copy of the database.
    if compgen -G "${CARGO_HOME:-$HOME/.cargo}/advisory-dbs/*" > /dev/null; then
        checks+=(advisories)
    else
        echo "no advisory database is here (cargo deny fetch db): advisories are not checked" >&2
    fi
    for check in "${checks[@]}"; do
        cargo deny --locked check --disable-fetch "$check" || failed=$((failed + 1))
    done
    echo "trust: cargo-deny: tried ${#checks[@]}, failed $failed"
    [ "$failed" = 0 ]
}

# Needs MPI, as docs/clusters.md says. In a folder of its own: the feature compiles everything anew.
ranks() {
    export LIBCLANG_PATH=${LIBCLANG_PATH:-$(ls -d /usr/lib/llvm-*/lib | tail -n 1)}
    CARGO_TARGET_DIR=target/ranks cargo clippy --release --locked --features mpi --lib --bins --test mpi -- -D warnings || return 1
    CARGO_TARGET_DIR=target/ranks \
        cargo test --release --locked --features mpi --test mpi --test studies -- --include-ignored --nocapture > "$work/ranks.log" 2>&1
    local status=$?
    cat "$work/ranks.log"
    sed -nE 's/^test result: .* ([0-9]+) passed; ([0-9]+) failed.*/\1 \2/p' "$work/ranks.log" |
        while read -r passed failed; do
            echo "trust: ranks: tried $((passed + failed)), failed $failed"
        done
    return "$status"
}

# All tests of the wheel and all notebooks, in an environment that has nothing else.
python_package() {
    local venv=$work/venv
    python3 -m venv "$venv" && "$venv/bin/pip" install -q -r python/requirements-build.txt || return 1
    "$venv/bin/maturin" build --release --locked -m python/Cargo.toml --target-dir target -o "$work/wheels" &&
        "$venv/bin/pip" install -q "$(ls "$work"/wheels/*.whl)[test]" -r python/requirements-ci.txt || return 1
    cp -r python/tests python/pyproject.toml "$work/"
    (cd "$work" && "$venv/bin/python" -m pytest tests) | tee "$work/pytest.log"
    local status=$? passed failed
    passed=$(grep -oE '[0-9]+ passed' "$work/pytest.log" | tail -1 | cut -d' ' -f1)
    failed=$(grep -oE '[0-9]+ failed' "$work/pytest.log" | tail -1 | cut -d' ' -f1)
    echo "trust: python tests: tried $((${passed:-0} + ${failed:-0})), failed ${failed:-0}"
    "$venv/bin/python" scripts/run_notebooks.py --all || status=1
    return "$status"
}

part() {
    case $1 in
        faults | conformance | hostile) suite "$1" ;;
        sabotage) bash scripts/sabotage.sh ;;
        asan) bash scripts/asan.sh ;;
        fuzz) bash scripts/fuzz.sh "${HSPIN_FUZZ_SECONDS:-300}" ;;
        supply-chain) supply_chain ;;
        ranks) ranks ;;
        python) python_package ;;
    esac
}

# What is tested, before anyone changes it.
state() {
    local dirty
    dirty=$(git status --porcelain | grep -v ' docs/trust.md$' | head -1)
    echo "$(git rev-parse --short=12 HEAD)${dirty:+ with changes}"
}

# Lines of a part, as `part|case|tried|failed`; $1: its name, $2: its exit status, $3: its log.
tally() {
    local name=$1 status=$2 log=$3 lines=$work/part skipped
    sed -nE 's/.*trust: ([^:|]+): tried ([0-9]+), failed ([0-9]+).*/\1|\2|\3/p' "$log" |
        awk -F'|' -v OFS='|' '{if ($2 == 0 && $3 == 0) $3 = 1; print}' > "$lines"
    skipped=$(grep -cE '(^|ok|\.\.\. )skipped: ' "$log")
    [ "$skipped" = 0 ] || echo "$name (skipped)|$skipped|$skipped" >> "$lines"
    # A part that ends badly may not have come to its own line.
    if [ "$status" != 0 ] || [ ! -s "$lines" ]; then
        echo "$name (ended with status $status)|1|1" >> "$lines"
    fi
    sed "s/^/$name|/" "$lines"
}

# How a part was run, as `part|date|commit|settings|machine`.
circumstances() {
    local processor settings
    processor=$(sed -n 's/^model name\s*: //p' /proc/cpuinfo | head -1)
    settings=$(env | grep '^HSPIN_' | sort | tr '\n' ' ')
    echo "$1|$(date -u +%F)|$2|${settings% }|$(nproc) cores ($processor), $(rustc --version | cut -d' ' -f1,2)"
}

# The table of all parts; $1: file of lines, $2: file of circumstances.
report() {
    echo "# Results of the long mode"
    echo
    echo "Written by \`bash scripts/trust.sh\`. Each line was printed by the test that counted it; \`failed\` must be 0 throughout."
    echo "A part that was run again replaces its own lines."
    echo
    echo "| part | date | commit | settings | machine |"
    echo "|---|---|---|---|---|"
    sed 's/|/ | /g; s/^/| /; s/$/ |/' "$2"
    echo
    echo "| part | case | tried | failed |"
    echo "|---|---|---:|---:|"
    sed 's/|/ | /g; s/^/| /; s/$/ |/' "$1"
}

# Rows of the table with $1 columns in the report that is there, without those of the parts in $2.
kept() {
    sed -nE 's/^\| (.*) \|$/\1/p' docs/trust.md 2> /dev/null | sed 's/ | /|/g' |
        awk -F'|' -v columns="$1" -v again=" $2 " 'NF == columns && $1 != "part" && !index(again, " " $1 " ")'
}

parts=("$@")
[ $# -gt 0 ] || parts=("${all[@]}")
for name in "${parts[@]}"; do
    [[ " ${all[*]} " == *" $name "* ]] || { echo "no such part: $name; there are ${all[*]}" >&2; exit 2; }
done
commit=$(state)
if [[ $commit == *changes ]] && [ -z "${TRUST_DIRTY:-}" ]; then
    echo "commit first: the table names a commit (TRUST_DIRTY=1 runs all the same, and marks the table)" >&2
    exit 2
fi

# What another part found stays, unless all are asked for.
: > "$work/lines"
: > "$work/runs"
if [ $# -gt 0 ]; then
    kept 4 "${parts[*]}" > "$work/lines"
    kept 5 "${parts[*]}" > "$work/runs"
fi
broken=0
for name in "${parts[@]}"; do
    echo "== $name"
    part "$name" 2>&1 | tee "$work/log"
    tally "$name" "${PIPESTATUS[0]}" "$work/log" > "$work/found"
    grep -qv '|0$' "$work/found" && broken=1
    cat "$work/found" >> "$work/lines"
    now=$(state)
    [ "$commit" = "$now" ] && run=$commit || run="$commit, changed during the run to $now"
    circumstances "$name" "$run" >> "$work/runs"
    mkdir -p docs
    # After every part, so that one that is cut off loses nothing of those before it.
    report "$work/lines" "$work/runs" > "$work/report" && cp "$work/report" docs/trust.md
done
echo
cat docs/trust.md
exit "$broken"
