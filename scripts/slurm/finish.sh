#!/usr/bin/env bash
# What follows a run: checks it, exports its records, draws its figures. sbatch scripts/slurm/finish.sh [PART.run …]
# With parts named (patterns may be quoted), they are merged to RUN first. A run that is damaged or not complete ends the job
# with an error. It may be started again: it replaces only files that hspin wrote.
#
# HSPIN: the program. RUN: the file of the run. OUT: the folder for tables and figures. FIGURES: names of figures, instead
# of every figure that the run has.
#SBATCH --job-name=hspin-finish
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=4
#SBATCH --mem-per-cpu=2G
#SBATCH --time=01:00:00
#SBATCH --open-mode=append
set -euo pipefail

hspin=${HSPIN:-target/release/hspin}
run=${RUN:-paper.run}
out=${OUT:-${run%.run}-results}

if [ $# -gt 0 ] && [ ! -e "$run" ]; then
    # Without quotes, so that patterns are expanded here, when the parts are there.
    # shellcheck disable=SC2068
    "$hspin" merge $@ --out "$run"
fi
# Exit code 4 where anything is damaged. Units that are missing are no damage, so they are counted here.
checked=$("$hspin" verify "$run" --json)
if ! grep -Eq '"complete": *true' <<< "$checked"; then
    echo "$run is not complete: submit the job that makes it once more" >&2
    exit 1
fi
"$hspin" export "$run" --out "$out"
for figure in ${FIGURES:-all}; do
    "$hspin" figure "$figure" --run "$run" --out "$out/figures"
done
