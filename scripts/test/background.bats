#!/usr/bin/env bats
# Tests the steps that ./test runs beside others (scripts/background.bash).

bats_require_minimum_version 1.5.0
export LC_ALL=C

setup() {
  root=$(mktemp -d)
  # A script as ./test is, without the lines of the test.
  beginning="set -euo pipefail
    step() { current_step=\$1; printf '== %s\n' \"\$1\"; }
    . '$BATS_TEST_DIRNAME/../background.bash'
    trap finish_background EXIT
    trap kill_background INT TERM HUP"
  export root TMPDIR=$root
}

teardown() { rm -rf -- "$root"; }

script() { bash -c "$beginning"$'\n'"$1"; }

@test "the output of a step in the background is printed as a whole, below its name, when it is awaited" {
  run -0 script '
    slow() { echo first; until [[ -e $root/go ]]; do sleep 0.05; done; echo last; }
    start_background slow slow
    step "another step"; touch "$root/go"
    await_background slow
    echo after'
  [[ $output == *$'== another step\n== slow\nfirst\nlast\nafter' ]]
}

@test "a step that fails in the background fails the script, which names it, after all others have ended" {
  run -1 script '
    broken() { echo "this is wrong"; false; echo "not reached"; }
    good() { sleep 0.3; echo fine; }
    start_background broken broken
    start_background good good
    await_background broken
    echo passed'
  [[ $output == *'this is wrong'*$'== good\nfine\n== failed: broken' ]]
  [[ $output != *'not reached'* && $output != *passed* ]]
}

@test "a script that fails elsewhere awaits the steps in the background and prints them" {
  run -3 script '
    cleans_up() { sleep 0.3; touch "$root/cleaned"; echo cleaned; }
    start_background cleaner cleans_up
    step "another step"
    exit 3'
  [[ -e $root/cleaned && $output == *$'== cleaner\ncleaned\n== failed: another step' ]]
}

@test "a step in the background that nobody awaited fails the script too" {
  run -1 script 'start_background broken false; echo end'
  [[ $output == *$'end\n== broken\n== failed: broken' ]]
}

@test "a signal ends the steps in the background, with the programs that they have started" {
  script '
    start_background sleeper bash -c "sleep 300 & echo \$! >\"\$root/sleeper\"; wait"
    until [[ -s $root/sleeper ]]; do sleep 0.05; done
    echo "$$" >"$root/script"
    wait "${background_pids[sleeper]}"' 3>&- &
  until [[ -s $root/script ]]; do sleep 0.05; done
  kill -TERM "$(cat "$root/script")"
  local status=0
  wait "$!" || status=$?
  ((status == 1))
  for _ in $(seq 100); do kill -0 "$(cat "$root/sleeper")" 2>/dev/null || break; sleep 0.05; done
  run -1 kill -0 "$(cat "$root/sleeper")"
}

@test "a step beside them is printed as it comes; if it fails, the script fails after they have ended" {
  run -1 script '
    good() { until [[ -e $root/go ]]; do sleep 0.05; done; echo fine; }
    broken() { echo begins; touch "$root/go"; echo "this is wrong" >&2; false; echo "not reached"; }
    start_background good good
    run_beside another true
    run_beside broken broken
    echo passed'
  [[ $output == *$'== another\n== broken\nbegins\nthis is wrong\n== good\nfine\n== failed: broken' ]]
}

@test "a signal ends a step beside those in the background, and them" {
  script '
    sleeper() { sleep 300 & echo "$!" >"$root/$1"; wait; }
    start_background first sleeper first
    until [[ -s $root/first ]]; do sleep 0.05; done
    echo "$$" >"$root/script"
    run_beside second sleeper second
    echo "not reached" >"$root/reached"' 3>&- &
  until [[ -s $root/script && -s $root/second ]]; do sleep 0.05; done
  kill -TERM "$(cat "$root/script")"
  local status=0 each
  wait "$!" || status=$?
  ((status == 1))
  [[ ! -e $root/reached ]]
  for each in first second; do
    for _ in $(seq 100); do kill -0 "$(cat "$root/$each")" 2>/dev/null || break; sleep 0.05; done
    run -1 kill -0 "$(cat "$root/$each")"
  done
}

@test "no file is left" {
  run -0 script 'start_background good true; await_background good; await_background good; await_background none'
  [[ -z $(ls -A -- "$root") ]]
}
