#!/usr/bin/env bash
# Runs the scripts of scripts/slurm without Slurm: bash scripts/check_slurm.sh. Needs hspin on the PATH; takes some seconds.
# srun, sbatch and scontrol are stand-ins in a temporary folder. As with `--signal=B:TERM@120`, the signal goes to the script
# alone. Each script must stop resumably, ask to be requeued, and resume to the run that nothing interrupted, bit by bit.
# Copies of one-run.sh with a fault show that these checks can fail.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts=$PWD/scripts/slurm
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
checks=0

fail() {
    echo "check_slurm: $*" >&2
    exit 1
}

# expect WHAT FOUND WANTED
expect() {
    [ "$2" = "$3" ] || fail "$1: found '$2' instead of '$3'"
    checks=$((checks + 1))
}

stand_ins() {
    mkdir "$work/bin"
    # srun: options, then the command. It becomes the command, which therefore gets signals as tasks of a step do.
    cat > "$work/bin/srun" << 'END'
#!/usr/bin/env bash
while [[ ${1:-} == --* ]]; do echo "$1" >> "$LOGS/srun"; shift; done
echo $$ >> "$LOGS/steps"
exec "$@"
END
    cat > "$work/bin/scontrol" << 'END'
#!/usr/bin/env bash
echo "$*" >> "$LOGS/scontrol"
END
    # sbatch: runs the job at once if its dependency is met. The job whose number is INTERRUPT gets TERM when it has stored
    # something. Prints the number, as --parsable does on a machine with several clusters.
    cat > "$work/bin/sbatch" << 'END'
#!/usr/bin/env bash
depends=
while [[ ${1:-} == --* ]]; do
    case $1 in --dependency=*) depends=${1#*=} ;; esac
    echo "$1" >> "$LOGS/sbatch"
    shift
done
job=$(($(cat "$LOGS/jobs" 2> /dev/null || echo 100) + 1))
echo "$job" > "$LOGS/jobs"
echo "$job;cluster"
earlier=${depends#*:}
if [ -n "$depends" ] && [ ! -e "$LOGS/status-$earlier" ]; then echo "no job $earlier" >&2; exit 1; fi
case $depends in
    afterok:*) [ "$(cat "$LOGS/status-$earlier")" = 0 ] || { echo cancelled > "$LOGS/status-$job"; exit 0; } ;;
esac
SLURM_JOB_ID=$job "$INTERRUPTED" "$([ "$job" = "${INTERRUPT:-}" ] && echo yes || echo no)" "$LOGS/status-$job" "$@" >> "$LOGS/output" 2>&1
END
    # interrupted yes|no FILE SCRIPT …: runs the script, writes its status to FILE. With yes it is slow, stores early, and
    # gets TERM after the first stored unit of $RUN.
    cat > "$work/bin/interrupted" << 'END'
#!/usr/bin/env bash
signal=$1 file=$2
shift 2
[ "$signal" = no ] || export HSPIN_ISA=scalar HSPIN_BATCH=8
bash "$@" &
script=$! status=0
if [ "$signal" = yes ]; then
    until [ "$(hspin show "$RUN" --json 2> /dev/null | sed -nE 's/^ *"done": ([0-9]+).*/\1/p' | head -n 1)" -gt 0 ] 2> /dev/null; do
        kill -0 $script 2> /dev/null || break
        sleep 0.05
    done
    kill -TERM $script && echo sent >> "$LOGS/signals"
fi
wait $script || status=$?
echo $status > "$file"
END
    chmod +x "$work"/bin/*
    export PATH="$work/bin:$PATH" INTERRUPTED="$work/bin/interrupted"
}

# A new folder with new logs, and the environment of a job.
new_case() {
    mkdir "$work/$1"
    cd "$work/$1"
    export LOGS=$work/$1/logs HSPIN=hspin RUN=case.run HSPIN_COMMIT=unit
    export FIGURES=energy-histogram SLURM_JOB_ID=7 SLURM_NTASKS=1 SLURM_CPUS_PER_TASK=1
    unset SLURM_RESTART_COUNT SLURM_ARRAY_TASK_ID REQUEUE MOST_RESTARTS INTERRUPT SIZES OUT
    mkdir logs
    : > logs/scontrol
}

# job yes|no SCRIPT …: prints the status of the script.
job() {
    "$INTERRUPTED" "$1" "$LOGS/status" "${@:2}" >> "$LOGS/output" 2>&1
    cat "$LOGS/status"
}

requeued() { tr '\n' ',' < "$LOGS/scontrol"; }
found() { hspin verify "$1" --json | sed -nE "s/^ *\"$2\": \"?([^\",]*)\"?,?$/\1/p"; }

an_interrupted_run_goes_back_and_is_resumed() {
    new_case one-run
    expect "status after TERM" "$(job yes "$scripts/one-run.sh" "${asked[@]}")" 143
    expect "requeued after TERM" "$(requeued)" "requeue 7,"
    expect "complete after TERM" "$(found case.run complete)" false
    expect "damage after TERM" "$(found case.run ok)" true
    export SLURM_RESTART_COUNT=1
    expect "status of the resumed job" "$(job no "$scripts/one-run.sh" "${asked[@]}")" 0
    expect "requeued when done" "$(requeued)" "requeue 7,"
    expect "content of the resumed run" "$(found case.run content_hash)" "$whole"
    grep -qx -- --cpus-per-task=1 logs/srun || fail "srun was not told the number of threads"
}

what_is_not_requeued() {
    new_case bad-input
    expect "status of bad input" "$(job no "$scripts/one-run.sh" --dims 1)" 2
    expect "requeued after bad input" "$(requeued)" ""
    new_case too-often
    export SLURM_RESTART_COUNT=3 MOST_RESTARTS=3
    expect "status of the last restart" "$(job yes "$scripts/one-run.sh" "${asked[@]}")" 143
    expect "requeued too often" "$(requeued)" ""
}

parts_of_an_array_are_merged() {
    new_case array
    export SIZES="20 30" SLURM_ARRAY_TASK_ID=0 RUN=size-20.run
    expect "status of the first part after TERM" "$(job yes "$scripts/array.sh" "${rest[@]}")" 143
    expect "requeued part" "$(requeued)" "requeue 7,"
    export SLURM_ARRAY_TASK_ID=1
    expect "status of the second part" "$(job no "$scripts/array.sh" "${rest[@]}")" 0
    # Not yet complete: merged, and refused.
    expect "status of finish.sh with a part that is not complete" "$(RUN=early.run job no "$scripts/finish.sh" "size-*.run")" 1
    export SLURM_ARRAY_TASK_ID=0
    expect "status of the resumed part" "$(job no "$scripts/array.sh" "${rest[@]}")" 0
    export SLURM_ARRAY_TASK_ID=2
    expect "status of a part without a size" "$(job no "$scripts/array.sh" "${rest[@]}")" 2
    expect "status of finish.sh" "$(RUN=all.run job no "$scripts/finish.sh" "size-*.run")" 0
    expect "content of the merged run" "$(found all.run content_hash)" "$whole"
    [ -s all-results/records.csv ] && [ -s all-results/figures/energy-histogram.svg ] || fail "finish.sh left no results"
}

a_chain_ends_with_the_results() {
    new_case chain
    export INTERRUPT=101
    bash "$scripts/chain.sh" 3 "${asked[@]}" > logs/chain
    expect "statuses of the links and of finish.sh" "$(cat logs/status-101 logs/status-102 logs/status-103 logs/status-104 | tr '\n' ' ')" "143 0 0 0 "
    expect "dependencies" "$(grep dependency logs/sbatch | tr '\n' ' ')" "--dependency=afterany:101 --dependency=afterany:102 --dependency=afterok:103 "
    expect "requeued in a chain" "$(requeued)" ""
    expect "content of the chain's run" "$(found case.run content_hash)" "$whole"
    [ -s case-results/records.csv ] || fail "the chain left no results"
    # The last link is cut off: no results of half a run.
    new_case short-chain
    export INTERRUPT=101
    bash "$scripts/chain.sh" 1 "${asked[@]}" > logs/chain
    expect "statuses of a chain that is too short" "$(cat logs/status-101 logs/status-102 | tr '\n' ' ')" "143 cancelled "
}

# Copies with a fault: what is checked above must come out otherwise.
faults_are_noticed() {
    new_case deaf
    grep -v '^trap pass_on TERM' "$scripts/one-run.sh" > deaf.sh
    job yes deaf.sh "${asked[@]}" > logs/printed
    expect "requeued by a script that does not hear TERM" "$(requeued)" ""
    # Its run goes on alone.
    kill -KILL "$(tail -n 1 logs/steps)"
    new_case silent
    sed 's/kill -TERM "$step"/true/' "$scripts/one-run.sh" > silent.sh
    expect "status of a script that passes no signal on" "$(job yes silent.sh --dims 20 --starts 200)" 0
    expect "signal sent" "$(cat logs/signals)" sent
    expect "complete without a signal" "$(found case.run complete)" true
    new_case stubborn
    sed 's/^if \[ -n "$asked" \].*REQUEUE.*/if true; then/' "$scripts/one-run.sh" > stubborn.sh
    job no stubborn.sh --dims 1 > logs/printed
    expect "requeued whatever the status is" "$(requeued)" "requeue 7,"
}

directives_are_there() {
    local script directive
    for script in one-run array; do
        for directive in signal=B:TERM@120 requeue open-mode=append; do
            grep -qx "#SBATCH --$directive" "$scripts/$script.sh" || fail "$script.sh lacks --$directive"
            checks=$((checks + 1))
        done
    done
    # After its first command sbatch reads no more of them.
    for script in "$scripts"/*.sh; do
        bash -n "$script"
        [ -x "$script" ] || fail "$script is not executable"
        awk '/^[^#]/ {begun = 1} begun && /^#SBATCH/ {exit 1}' "$script" || fail "$script: #SBATCH after the first command"
        checks=$((checks + 1))
    done
}

# Many, so that no machine is done before it is interrupted; only the resumed jobs, which are fast, compute all of them.
rest=(--starts 400 --seed 11)
asked=("--dims=20,30" "${rest[@]}")
command -v hspin > /dev/null || fail "hspin is not on the PATH"
directives_are_there
stand_ins
new_case whole
hspin sweep --out case.run --threads 1 "${asked[@]}" > /dev/null 2>&1
whole=$(found case.run content_hash)
[ ${#whole} = 64 ] || fail "the whole run has no content hash"
an_interrupted_run_goes_back_and_is_resumed
what_is_not_requeued
parts_of_an_array_are_merged
a_chain_ends_with_the_results
faults_are_noticed
echo "slurm: $checks checks passed"
