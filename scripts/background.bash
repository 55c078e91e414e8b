# shellcheck shell=bash
# Runs steps in the background, beside other steps. Sourced by ./test, which defines step; that sets current_step.

background_names=()
declare -A background_pids=()

# start_background NAME COMMAND...: starts COMMAND in a process group of its own. Its output is kept until
# await_background prints it, so that the outputs of two steps do not mix.
start_background() {
  local name=$1
  shift
  [[ -n ${background_outputs:-} ]] || background_outputs=$(mktemp -d)
  background_names+=("$name")
  # With job control, the shell gives each background job a process group.
  set -m
  ("$@") >"$background_outputs/${#background_names[@]}" 2>&1 </dev/null &
  set +m
  background_pids[$name]=$!
  printf '\n== %s: begins, and is printed when it has ended\n' "$name"
}

# await_background NAME: waits for the end of this step, prints its output, and returns its status. Does nothing if that
# has been done, or if there is no such step.
await_background() {
  local name=$1 status=0 number
  [[ -n ${background_pids[$name]:-} ]] || return 0
  wait "${background_pids[$name]}" || status=$?
  unset "background_pids[$name]"
  for number in "${!background_names[@]}"; do
    [[ ${background_names[number]} == "$name" ]] || continue
    step "$name"
    cat -- "$background_outputs/$((number + 1))"
  done
  return "$status"
}

# run_beside NAME COMMAND...: runs COMMAND as the step NAME, prints its output as it comes, and returns its status. Bash
# handles a signal only after the command that it waits for, so COMMAND runs in a process group of its own, as the steps
# in the background do: a signal ends it at once, together with them.
run_beside() {
  local name=$1 status=0
  shift
  step "$name"
  set -m
  ("$@") </dev/null &
  set +m
  background_pids[$name]=$!
  wait "$!" || status=$?
  unset "background_pids[$name]"
  return "$status"
}

# finish_background: for a trap on EXIT. If the script ends because another step failed, the steps in the background are
# awaited and not killed, because tests remove what they have made. The last line names all steps that failed.
finish_background() {
  local status=$? name failed=''
  ((status == 0)) || failed=${current_step:-}
  for name in "${background_names[@]}"; do
    await_background "$name" || { status=1 failed+="${failed:+, }$name"; }
  done
  [[ -z ${background_outputs:-} ]] || rm -rf -- "$background_outputs"
  ((status == 0)) || step "failed: $failed"
  exit "$status"
}

# kill_background: for a trap on signals, with which a person wants an end at once.
kill_background() {
  local pid
  for pid in "${background_pids[@]}"; do kill -TERM -- "-$pid" 2>/dev/null || true; done
  exit 1
}
