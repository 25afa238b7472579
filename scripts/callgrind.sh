#!/usr/bin/env bash
# Instructions per useful flop, (2/3)Λ³ per gradient of one start, H = 3, f32, 48 starts: bash scripts/callgrind.sh
# A measure without noise. Counts of 1 and of 3 repeats are subtracted, so that set-up does not count. callgrind knows
# no AVX-512. The least possible is 1/16 with AVX2 (8 lanes, 2 flops each), 1/2 in scalar code.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v valgrind > /dev/null || { echo "needs valgrind" >&2; exit 1; }
program=$(cargo bench --locked --no-run --bench instructions 2>&1 | sed -n 's/.*(\(.*instructions-[0-9a-f]*\)).*/\1/p')

count() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" "$@" 2>&1 |
        sed -n 's/.*Collected : //p'
}

printf '%-9s %-7s %4s %14s %12s\n' work isa Λ instructions per-flop
for work in gradient step; do
    for isa in scalar avx2; do
        for dim in 25 50 100; do
            once=$(count "$work" "$isa" "$dim" 1)
            thrice=$(count "$work" "$isa" "$dim" 3)
            awk -v w="$work" -v i="$isa" -v d="$dim" -v n=$(((thrice - once) / 2)) \
                'BEGIN { printf "%-9s %-7s %4d %14d %12.4f\n", w, i, d, n, n / (48 * 2 / 3 * d ^ 3) }'
        done
    done
done
