#!/usr/bin/env bats
# Tests how a login gets the bounds of its account. Folders with files like the kernel's stand in for cgroups, because a
# machine has only one of the two versions; the image's tests use the real cgroups of their machine.

load support

setup() {
  prepare_gatehouse
  provision ghtesta 29001 admin
  cat >"$OPEN_TERMINAL_RUNTIME_DIR/bounds" <<'BOUNDS'
* nproc 544
* memory 1000
* cpuweight 100
ghtesta cpuweight 25
@gatehouse-admin memory 2000
@gatehouse-none memory 3000
ghtestb memory 4000
BOUNDS
  "$OPEN_TERMINAL_RUNTIME_DIR/resolve-bounds" all
}
teardown() { remove_gatehouse; }

# join: runs join-cgroup as PAM would for a login of the account.
join() { env PAM_TYPE=open_session PAM_USER=ghtesta "$OPEN_TERMINAL_RUNTIME_DIR/join-cgroup" "$root/cgroups" \
  "$OPEN_TERMINAL_RUNTIME_DIR/accounts"; }

# group FOLDER FILE...: makes a group of the account, with files that have a value, as the kernel does.
group() {
  mkdir -p "$1/ghtesta"
  local folder=$1/ghtesta file
  shift
  for file; do echo max >"$folder/$file"; done
  : >"$folder/cgroup.procs"
}

@test "cgroup version 2: sets memory, no swap, weight and processes, and puts the login in the group" {
  group "$root/users" memory.max memory.swap.max cpu.weight pids.max
  echo "unified $root/users" >"$root/cgroups"
  join
  [ "$(cat "$root/users/ghtesta/memory.max")" = 2000 ]
  [ "$(cat "$root/users/ghtesta/memory.swap.max")" = 0 ]
  [ "$(cat "$root/users/ghtesta/cpu.weight")" = 25 ]
  [ "$(cat "$root/users/ghtesta/pids.max")" = 544 ]
  [ -n "$(cat "$root/users/ghtesta/cgroup.procs")" ]
}

@test "cgroup version 1: makes a group for each controller" {
  group "$root/memory" memory.limit_in_bytes memory.memsw.limit_in_bytes
  group "$root/cpu" cpu.shares
  group "$root/pids" pids.max
  printf '%s\n' "memory $root/memory" "cpu $root/cpu" "pids $root/pids" >"$root/cgroups"
  join
  [ "$(cat "$root/memory/ghtesta/memory.limit_in_bytes")" = 2000 ]
  [ "$(cat "$root/memory/ghtesta/memory.memsw.limit_in_bytes")" = 2000 ]
  [ "$(cat "$root/cpu/ghtesta/cpu.shares")" = 256 ]
  [ "$(cat "$root/pids/ghtesta/pids.max")" = 544 ]
  for each in memory cpu pids; do [ -n "$(cat "$root/$each/ghtesta/cgroup.procs")" ]; done
}

@test "fails, and so refuses the login, when a bound cannot be set" {
  group "$root/users" cpu.weight pids.max
  echo "unified $root/users" >"$root/cgroups"
  run join
  [ "$status" -ne 0 ]
  [ -z "$(cat "$root/users/ghtesta/cgroup.procs")" ]
}

@test "lets accounts read their bounds, whatever the umask" {
  echo "pids $root/pids" >"$root/cgroups"
  mkdir "$root/pids"
  # The kernel would make files in the new group. They are missing here, so the login is refused.
  run env -i bash -c 'umask 077; PAM_TYPE=open_session PAM_USER=ghtesta "$@"' - \
    "$OPEN_TERMINAL_RUNTIME_DIR/join-cgroup" "$root/cgroups" "$OPEN_TERMINAL_RUNTIME_DIR/accounts"
  [ "$status" -ne 0 ]
  [ "$(stat -c %a "$root/pids/ghtesta")" = 755 ]
}

@test "refuses the login of an account without bounds" {
  group "$root/users" memory.max cpu.weight pids.max
  echo "unified $root/users" >"$root/cgroups"
  rm "$OPEN_TERMINAL_RUNTIME_DIR/accounts/ghtesta"
  run join
  [ "$status" -ne 0 ]
  [[ $output == *'this login is refused; it cannot be put into its control groups' ]]
  [ -z "$(cat "$root/users/ghtesta/cgroup.procs")" ]
}

@test "does nothing for root, nor at the end of a session" {
  echo "unified $root/none" >"$root/cgroups"
  PAM_TYPE=open_session PAM_USER=root "$OPEN_TERMINAL_RUNTIME_DIR/join-cgroup" "$root/cgroups" \
    "$OPEN_TERMINAL_RUNTIME_DIR/accounts"
  PAM_TYPE=close_session PAM_USER=ghtesta "$OPEN_TERMINAL_RUNTIME_DIR/join-cgroup" "$root/cgroups" \
    "$OPEN_TERMINAL_RUNTIME_DIR/accounts"
}
