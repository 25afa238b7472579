#!/usr/bin/env bash
# One run, shared by all ranks of one job: sbatch scripts/slurm/one-run.sh [arguments of hspin sweep]
# Without arguments it is the paper's sweep with 100 surfaces of each size. One process with many threads, which needs no MPI:
#     sbatch --ntasks=1 --cpus-per-task=32 scripts/slurm/one-run.sh --dims 100,200 --starts 1000
# Before the job's time is over, hspin stores what it has, and the job goes back into the queue. There the same command resumes
# the run, as it does after a node has failed. The number of ranks and threads may change in between.
#
# HSPIN: the program; several ranks need one that was built with --features mpi. RUN: the file of the run. REQUEUE=no leaves an
# interrupted job alone (chain.sh does so). MOST_RESTARTS: so often a job goes back, so that none goes round for ever.
#SBATCH --job-name=hspin
#SBATCH --ntasks=64
#SBATCH --cpus-per-task=1
#SBATCH --mem-per-cpu=2G
#SBATCH --time=24:00:00
#SBATCH --signal=B:TERM@120
#SBATCH --requeue
#SBATCH --open-mode=append
# B: means that this script alone gets the signal, two minutes before the end. --dry-run of hspin says how much memory is needed.
set -euo pipefail

hspin=${HSPIN:-target/release/hspin}
# Only rank 0 opens RUN. Its file system must honour locks.
run=${RUN:-paper.run}
threads=${SLURM_CPUS_PER_TASK:-1}
[ $# -gt 0 ] || set -- --preset paper --instances 100

step=
asked=
# srun passes the signal on to all ranks, and hspin ends within seconds.
pass_on() {
    asked=yes
    [ -z "$step" ] || kill -TERM "$step" 2> /dev/null || true
}
trap pass_on TERM

# srun starts ranks as MPI expects it where the cluster says so; else set SLURM_MPI_TYPE=pmix (srun --mpi=list shows the names).
srun --ntasks="${SLURM_NTASKS:-1}" --cpus-per-task="$threads" --cpu-bind=cores --kill-on-bad-exit=1 \
    "$hspin" sweep --out "$run" --threads "$threads" "$@" &
step=$!
status=0
wait "$step" || status=$?
# The signal ends `wait` before the run has ended: wait again, now for the run's own status.
if [ -n "$asked" ] && [ "$status" -gt 128 ]; then
    status=0
    wait "$step" || status=$?
fi

# Of a status below 128 (bad input, refused, damaged, a full disk) another try makes nothing better.
if [ -n "$asked" ] && [ "$status" -gt 128 ] && [ "${REQUEUE:-yes}" = yes ]; then
    if [ "${SLURM_RESTART_COUNT:-0}" -lt "${MOST_RESTARTS:-50}" ]; then
        echo "interrupted with status $status: job $SLURM_JOB_ID goes back into the queue"
        scontrol requeue "$SLURM_JOB_ID"
    else
        echo "interrupted with status $status, and restarted $SLURM_RESTART_COUNT times already: not requeued" >&2
    fi
fi
exit "$status"
