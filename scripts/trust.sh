#!/usr/bin/env bash
# The long mode of all tests of trust: prints one table (case, tried, failed) and writes it to docs/trust.md.
# Takes hours; HSPIN_HOSTILE_CASES and the like shorten it. Each part runs whatever happened to those before it.
# bash scripts/trust.sh [part…], all of them unless named.
set -uo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HSPIN_HOSTILE_CASES=${HSPIN_HOSTILE_CASES:-1000000}

suite() {
    cargo test --release --locked --test "$1" -- --include-ignored --nocapture
}

supply_chain() {
    python3 scripts/licences.py || return 1
    if ! cargo deny --version > /dev/null 2>&1; then
        echo "cargo-deny is not installed: licences and sources were checked by scripts/licences.py alone"
        return 0
    fi
    if cargo deny --locked check licenses bans sources; then
        echo "trust: cargo-deny: tried 3, failed 0"
    else
        echo "trust: cargo-deny: tried 3, failed 1"
        return 1
    fi
}

part() {
    case $1 in
        faults | conformance | hostile) suite "$1" ;;
        sabotage) bash scripts/sabotage.sh ;;
        asan) bash scripts/asan.sh ;;
        supply-chain) supply_chain ;;
        *) echo "no such part: $1" >&2; return 2 ;;
    esac
}

# A suite that this checkout does not have is said to be missing, not passed over.
known() {
    case $1 in
        faults | conformance | hostile) [ -e "tests/$1/main.rs" ] || [ -e "tests/$1.rs" ] ;;
    esac
}

# What is tested, before anyone changes it.
state() {
    local dirty
    dirty=$(git status --porcelain | grep -v ' docs/trust.md$' | head -1)
    echo "$(git rev-parse --short=12 HEAD)${dirty:+ with changes}"
}
commit=$(state)

parts=("$@")
[ $# -gt 0 ] || parts=(supply-chain hostile sabotage asan conformance faults)
broken=0
: > "$work/lines"
for name in "${parts[@]}"; do
    echo "== $name"
    if ! known "$name"; then
        echo "trust: $name (missing): tried 0, failed 1" | tee -a "$work/lines"
        broken=1
        continue
    fi
    part "$name" 2>&1 | tee "$work/log"
    status=${PIPESTATUS[0]}
    before=$(wc -l < "$work/lines")
    grep -oE 'trust: [^:]+: tried [0-9]+, failed [0-9]+' "$work/log" >> "$work/lines"
    if [ "$status" != 0 ] || [ "$(wc -l < "$work/lines")" = "$before" ]; then
        # A part that ends badly may not have come to its own line.
        echo "trust: $name (ended with status $status): tried 1, failed 1" >> "$work/lines"
        broken=1
    fi
done

[ "$commit" = "$(state)" ] || commit="$commit, changed during the run to $(state)"
processor=$(sed -n 's/^model name\s*: //p' /proc/cpuinfo | head -1)
mkdir -p docs
{
    echo "# What the long mode found"
    echo
    echo "\`bash scripts/trust.sh $*\` on $(date -u +%F), commit $commit, $(nproc) cores ($processor), $(rustc --version)."
    echo "Each line was printed by the test that counted it; \`failed\` must be 0 throughout."
    echo
    echo "| case | tried | failed |"
    echo "|---|---:|---:|"
    sed -E 's/^trust: ([^:]+): tried ([0-9]+), failed ([0-9]+)$/| \1 | \2 | \3 |/' "$work/lines"
} | sed 's/trust.sh `/trust.sh`/' > docs/trust.md
echo
cat docs/trust.md
grep -vq 'failed 0$' "$work/lines" && broken=1
exit "$broken"
