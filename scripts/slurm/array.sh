#!/usr/bin/env bash
# One size per job of an array, each with a RUN of its own: sbatch scripts/slurm/array.sh [arguments of hspin sweep, without --dims]
# Use it where many small jobs start sooner than one large one. No MPI is needed. All jobs have one specification and one seed,
# so their runs can be merged, and the result is, bit by bit, the run that one job would have made:
#     jobs=$(sbatch --parsable scripts/slurm/array.sh)
#     RUN=all.run sbatch --dependency=afterok:$jobs scripts/slurm/finish.sh size-*.run
# (The shell expands size-*.run before the runs exist: write the names out, as chain.sh does, or quote them; finish.sh expands them.)
#
# SIZES: the sizes, as many as the array has jobs. HSPIN, REQUEUE, MOST_RESTARTS: as in one-run.sh.
#SBATCH --job-name=hspin-array
#SBATCH --array=0-6
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=8
#SBATCH --mem-per-cpu=2G
#SBATCH --time=12:00:00
#SBATCH --signal=B:TERM@120
#SBATCH --requeue
#SBATCH --open-mode=append
set -euo pipefail

hspin=${HSPIN:-target/release/hspin}
threads=${SLURM_CPUS_PER_TASK:-1}
read -r -a sizes <<< "${SIZES:-25 50 100 200 300 400 500}"
if [ "$SLURM_ARRAY_TASK_ID" -ge "${#sizes[@]}" ]; then
    echo "SIZES has ${#sizes[@]} sizes, and this is job $SLURM_ARRAY_TASK_ID of the array (the first is 0)" >&2
    exit 2
fi
size=${sizes[$SLURM_ARRAY_TASK_ID]}
[ $# -gt 0 ] || set -- --preset paper

step=
asked=
pass_on() {
    asked=yes
    [ -z "$step" ] || kill -TERM "$step" 2> /dev/null || true
}
trap pass_on TERM

srun --ntasks=1 --cpus-per-task="$threads" --cpu-bind=cores \
    "$hspin" sweep --out "size-$size.run" --threads "$threads" "$@" --dims "$size" &
step=$!
status=0
wait "$step" || status=$?
# The signal ends `wait` before the run has ended: wait again, now for the run's own status.
if [ -n "$asked" ] && [ "$status" -gt 128 ]; then
    status=0
    wait "$step" || status=$?
fi

# SLURM_JOB_ID is the number of this job of the array alone.
if [ -n "$asked" ] && [ "$status" -gt 128 ] && [ "${REQUEUE:-yes}" = yes ]; then
    if [ "${SLURM_RESTART_COUNT:-0}" -lt "${MOST_RESTARTS:-50}" ]; then
        echo "size $size interrupted with status $status: job $SLURM_JOB_ID goes back into the queue"
        scontrol requeue "$SLURM_JOB_ID"
    else
        echo "size $size interrupted with status $status, and restarted $SLURM_RESTART_COUNT times already: not requeued" >&2
    fi
fi
exit "$status"
