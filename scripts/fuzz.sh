#!/usr/bin/env bash
# All fuzz targets side by side for so many seconds, from small valid inputs: bash scripts/fuzz.sh [SECONDS], 300 unless
# given. Prints a line per target with the inputs that were tried. Needs cargo-fuzz; RUSTC_BOOTSTRAP lets a stable
# compiler build what counts coverage. What is found stays in fuzz/artifacts.
set -uo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-300}
targets=(toml spec npy run values)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
options=(--sanitizer none --target-dir target/fuzz)

if ! cargo fuzz --version > /dev/null 2>&1; then
    echo "cargo-fuzz is missing: cargo install --locked cargo-fuzz" >&2
    exit 1
fi
# Not for the build after it: dependencies look at this variable and would all be built anew.
RUSTC_BOOTSTRAP=1 cargo fuzz build "${options[@]}" || exit 1
cargo build --release --locked || exit 1

for target in "${targets[@]}"; do mkdir -p "fuzz/corpus/$target"; done
python3 scripts/fuzz_seeds.py target/release/hspin fuzz/corpus || exit 1

# One target; its line goes to standard output, what libFuzzer says to a log.
one() {
    local target=$1 log=$work/$1.log executed failed=0
    # Files that a target writes for a reader are made in memory where there is such a place.
    TMPDIR=$([ -d /dev/shm ] && echo /dev/shm || echo /tmp) target/fuzz/x86_64-unknown-linux-gnu/release/"$target" \
        "fuzz/corpus/$target" -artifact_prefix="$work/$target-" -max_total_time="$seconds" -timeout=10 \
        -rss_limit_mb=1024 -print_final_stats=1 > "$log" 2>&1 || failed=1
    executed=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    if [ "$failed" = 1 ]; then
        mkdir -p "fuzz/artifacts/$target"
        cp "$work/$target-"* "fuzz/artifacts/$target/" 2> /dev/null
        grep -vE '^#|^INFO' "$log" | tail -30 >&2
    fi
    echo "trust: fuzz $target, $seconds s: tried ${executed:-0}, failed $failed"
    return "$failed"
}

broken=0
jobs=()
for target in "${targets[@]}"; do
    one "$target" &
    jobs+=($!)
done
for job in "${jobs[@]}"; do wait "$job" || broken=1; done
exit "$broken"
