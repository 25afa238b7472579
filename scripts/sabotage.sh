#!/usr/bin/env bash
# Negative controls: switches on one deliberate fault after another (src/sabotage.rs) and runs the test that must catch
# it. A fault that no test catches fails the script, and so does a test that fails without a fault.
# Prints a line per fault, and two sums: faults that were caught, and the same tests without a fault.
set -euo pipefail
cd "$(dirname "$0")/.."
# Builds of its own, so that the feature never gets into any other.
export CARGO_TARGET_DIR=${SABOTAGE_TARGET:-$PWD/target/sabotage}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Fault, test binary, test. A test of a new suite that catches a fault better takes the old one's place here.
table='
no-transaction           faults       kills::sixty_kills_at_random_moments_lose_nothing
unit-checksum-skipped    runs         store::every_kind_of_changed_content_is_found_and_only_damaged_units_are_redone
root-checksum-skipped    runs         store::every_kind_of_changed_content_is_found_and_only_damaged_units_are_redone
lock-not-taken           faults       crowd::whoever_comes_second_is_turned_away_at_once_and_told_by_whom
unit-done-twice          runs         store::whole_equals_half_plus_resume
unit-dropped             runs         store::whole_equals_half_plus_resume
enospc-ignored           faults       disks::a_sweep_onto_a_disk_that_fills_up_fails_loudly_and_resumes_when_there_is_space
half-file-named          lib          files::whole::tests::a_failed_write_leaves_the_old_file_and_nothing_else
seed-plus-index          lib          rng::tests::every_part_of_the_key_matters
variance-one-percent     conformance  sampler::couplings_are_independent_normals_and_a_bias_of_half_a_percent_would_show
batch-in-start           physics      descent::threads_batches_and_instruction_sets_change_no_bit
thread-order-sum         physics      descent::threads_batches_and_instruction_sets_change_no_bit
lane-unmasked            physics      hamiltonian::a_point_has_the_same_bits_whatever_its_neighbours
prefix-sign              physics      hamiltonian::energy_gradient_and_hessian_agree_with_the_dense_tensor
scale-without-order      physics      hamiltonian::energy_gradient_and_hessian_agree_with_the_dense_tensor
index-tolerance-dropped  lib          critical::spectrum::tests::eigenvalues_near_zero_are_undecided_not_guessed
non-finite-converged     lib          descent::polish::tests::a_start_whose_energy_is_not_finite_says_so
unconverged-counted      lib          analysis::summary::tests::one_surface_gives_an_error_over_starts_and_two_over_surfaces
fortran-order-read       lib          numeric::npy::tests::every_type_byte_order_and_order_of_axes_is_read_as_what_it_is
schema-believed          hostile      stores::tables_that_are_not_ours_are_not_asked
payloads-believed        hostile      lies::a_row_that_lies_about_its_length_is_refused_in_the_memory_of_the_file
'

mapfile -t rows < <(sed '/^$/d' <<< "$table")
targets=()
for row in "${rows[@]}"; do
    read -r _ binary _ <<< "$row"
    [ "$binary" = lib ] && flag="--lib" || flag="--test=$binary"
    [[ " ${targets[*]} " == *" $flag "* ]] || targets+=("$flag")
done

test_one() {
    local binary=$1 test=$2 flag
    [ "$binary" = lib ] && flag="--lib" || flag="--test=$binary"
    timeout 300 cargo test --release --locked --features sabotage -q "$flag" -- --exact "$test" --nocapture > "$log" 2>&1
}

cargo test --release --locked --features sabotage --no-run "${targets[@]}"
# Faults in the sources without a row, and rows without a fault, are mistakes of this script.
in_sources=$(grep -rhozE 'sabotage!\(\s*"[a-z-]+"' src --include='*.rs' | tr '\0' '\n' | grep -oE '"[a-z-]+"' | tr -d '"' | grep -vx name | sort -u)
in_table=$(printf '%s\n' "${rows[@]}" | awk '{print $1}' | sort -u)
diff <(printf '%s\n' "$in_sources") <(printf '%s\n' "$in_table") || { echo "table and sources differ" >&2; exit 1; }

clean=0 clean_failed=0
for test in $(printf '%s\n' "${rows[@]}" | awk '{print $2 ":" $3}' | sort -u); do
    clean=$((clean + 1))
    if ! test_one "${test%%:*}" "${test#*:}" || ! grep -q '^test result: ok. 1 passed' "$log"; then
        clean_failed=$((clean_failed + 1))
        echo "sabotage: without a fault ${test#*:} did not pass"
        tail -20 "$log"
    fi
done
tried=0 failed=0
for row in "${rows[@]}"; do
    read -r fault binary test <<< "$row"
    tried=$((tried + 1))
    if HSPIN_SABOTAGE=$fault test_one "$binary" "$test" || ! grep -q '^test result: FAILED. 0 passed; 1 failed' "$log"; then
        failed=$((failed + 1))
        echo "trust: sabotage $fault: NOT caught by $test"
    else
        echo "trust: sabotage $fault: caught by $test"
    fi
done
echo "trust: sabotage, faults caught: tried $tried, failed $failed"
echo "trust: sabotage, the same tests without a fault: tried $clean, failed $clean_failed"
[ $((failed + clean_failed)) = 0 ]
