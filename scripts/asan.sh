#!/usr/bin/env bash
# The kernels' unsafe code under AddressSanitizer: tests/physics/hamiltonian.rs and tests/physics/spectrum.rs run every
# instruction set against its safe twin.
# SQLite, which the test never calls, registers one of its tables twice: a false alarm that is switched off.
# The sanitizer is a nightly option; RUSTC_BOOTSTRAP lets the pinned stable compiler take it.
set -euo pipefail
cd "$(dirname "$0")/.."
export RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=address ASAN_OPTIONS=detect_leaks=0:detect_odr_violation=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
target=$(rustc -vV | sed -n 's/^host: //p')
status=0
cargo test --release --locked --target "$target" --target-dir target/asan --test physics -- hamiltonian:: spectrum:: 2>&1 | tee "$log" || status=$?
read -r passed failed < <(sed -nE 's/^test result: .* ([0-9]+) passed; ([0-9]+) failed.*/\1 \2/p' "$log" |
    awk '{passed += $1; failed += $2} END {print passed + 0, failed + 0}')
# An error that the sanitizer finds ends the process before its tests are counted.
[ "$status" = 0 ] || failed=$((failed > 0 ? failed : 1))
echo "trust: kernels-under-asan: tried $((passed + failed)), failed $failed"
exit "$status"
