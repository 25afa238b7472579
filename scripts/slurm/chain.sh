#!/usr/bin/env bash
# A chain of jobs, each of which goes on where the one before ended, and at last the tables and figures. Call it on a login node:
#     bash scripts/slurm/chain.sh LINKS [arguments of hspin sweep]
# Use it where requeueing is forbidden, or where a day is the most that a job gets. Links after the end of the run find nothing
# to do and end at once. A link whose run fails for another reason than time is not repaired by the next one: all links then fail
# alike, and the last job is cancelled, for it depends on the success of the last link.
#
# HSPIN, RUN, OUT: as in one-run.sh and finish.sh. SBATCH_OPTIONS: options for each link, such as "--ntasks=32 --time=06:00:00".
set -euo pipefail

links=${1:?how many jobs may follow each other}
shift
here=$(dirname "$0")
# Empty, or several words: as they are.
read -r -a options <<< "${SBATCH_OPTIONS:-}"

# The next link takes over, so that no job puts itself back into the queue.
export REQUEUE=no
job=
for ((link = 1; link <= links; link++)); do
    job=$(sbatch --parsable --no-requeue ${job:+--dependency=afterany:$job} "${options[@]}" "$here/one-run.sh" "$@")
    # On several clusters the answer is JOB;CLUSTER.
    job=${job%%;*}
    echo "link $link of $links: job $job"
done
last=$(sbatch --parsable --dependency=afterok:"$job" --kill-on-invalid-dep=yes "$here/finish.sh")
echo "tables and figures: job ${last%%;*}"
