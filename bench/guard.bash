# shellcheck shell=bash
# What benchmarks share: only one of a kind runs at a time, and it cleans up even if it is killed.

# lead_group SCRIPT ARGUMENT...: starts the script again as the leader of a process group, if it is not one. All its
# processes are in this group, so that they can be found.
lead_group() {
  (($(ps -o pgid= -p $$) == $$)) || exec setsid -- "$@"
}

# lock NAME: fails if another benchmark has this lock. The guard keeps it until it has cleaned up.
lock() {
  exec {lock_file}>"/run/$1.lock"
  flock -n "$lock_file" || { printf '%s runs already\n' "$1" >&2; exit 1; }
}

guard_pid=''

# guard COMMAND...: if this script is killed, even by KILL, ends all processes of its group and runs the command.
guard() {
  # shellcheck disable=SC2016 # the other shell's own $
  setsid -- bash -c '
    tail --pid="$1" -s 1 -f /dev/null
    kill -KILL -- "-$1"
    shift
    exec "$@"
  ' guard $$ "$@" </dev/null >/dev/null 2>&1 &
  guard_pid=$!
}

# dismiss_guard: to be called when this script has cleaned up itself.
dismiss_guard() { [[ -z $guard_pid ]] || kill -KILL -- "-$guard_pid" 2>/dev/null || true; }
