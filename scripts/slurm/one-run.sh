#!/usr/bin/env bash
# One run shared by all ranks of one job: sbatch scripts/slurm/one-run.sh
# The same command resumes a run that was cut off, with as many ranks as you like.
#SBATCH --job-name=hspin
#SBATCH --ntasks=64            # ranks; rank 0 works, too
#SBATCH --cpus-per-task=1      # threads of a rank: more share one copy of a surface's couplings
#SBATCH --mem-per-cpu=2G       # see: hspin sweep … --threads N --dry-run
#SBATCH --time=24:00:00
#SBATCH --signal=TERM@60       # a minute before the end: stop cleanly; what is stored stays either way
set -euo pipefail

# Built on the cluster, with its MPI:  cargo build --release --locked --features mpi
hspin=${HSPIN:-target/release/hspin}
# On a file system that all nodes need not see: only rank 0 opens RUN. It must honour locks.
run=${RUN:-paper.run}

# Cores as Slurm gave them. mpirun binds a rank to one core unless told otherwise.
mpirun --map-by "slot:PE=${SLURM_CPUS_PER_TASK:-1}" --bind-to core \
    "$hspin" sweep --out "$run" --preset paper --instances 100 --threads "${SLURM_CPUS_PER_TASK:-1}"
