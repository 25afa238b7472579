#!/usr/bin/env bash
# Independent runs, one to a job of an array: sbatch scripts/slurm/array.sh
# Each job has a seed, and so a RUN, of its own: RUNs are never combined, and no two jobs may write one (the second is
# refused). For many surfaces of one seed use one-run.sh: --instances may grow there, by any number of ranks.
# Tables of several runs: hspin export RUN --out DIR for each, then join the CSV files; records name no seed, so keep
# them apart by folder.
#SBATCH --job-name=hspin-array
#SBATCH --array=1-20
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=8
#SBATCH --mem-per-cpu=2G
#SBATCH --time=12:00:00
#SBATCH --signal=TERM@60
set -euo pipefail

hspin=${HSPIN:-target/release/hspin}
seed=$SLURM_ARRAY_TASK_ID
"$hspin" sweep --out "seed-$seed.run" --seed "$seed" --preset paper --threads "$SLURM_CPUS_PER_TASK"
