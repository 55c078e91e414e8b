#!/usr/bin/env bats
# How the cgroups of version 2 are opened. A folder stands in for the kernel's, and a function for what the kernel does when something is
# written; scripts/vm-test meets the real ones.

setup() {
  root=$(mktemp -d /run/gatehouse-bats-XXXXXX)
  export folder=$root/cgroup moved=$root/moved forked='' stuck=''
  mkdir -- "$root/run" "$folder" "$folder/init" "$folder/users"
  touch -- "$folder/cgroup.controllers" "$folder/cgroup.subtree_control" "$moved"
  # Numbers, not those of processes that exist.
  printf '%s\n' 1 2 3 >"$folder/cgroup.procs"
}
teardown() { rm -rf -- "$root"; }

# In place of harden's own, so that it has happened when harden goes on: a process moves, unless it is stuck, and the first that does has forked
# meanwhile; and a group with processes gives no controllers.
kernel_printf() {
  if [[ /dev/fd/1 -ef $folder/init/cgroup.procs ]]; then
    echo "$2" >>"$moved"
    [[ $2 != "$stuck" ]] || return 1
    { grep -vx "$2" "$folder/cgroup.procs"; [[ -z $forked ]] || echo "$forked"; } >"$folder/procs.new"
    forked=''
    mv -- "$folder/procs.new" "$folder/cgroup.procs"
  elif [[ /dev/fd/1 -ef $folder/cgroup.subtree_control && -s $folder/cgroup.procs ]]; then
    echo 'Device or resource busy' >&2
    return 1
  else
    # shellcheck disable=SC2059 # harden's own
    builtin printf "$@"
  fi
}

harden() {
  (
    eval "printf() $(declare -f kernel_printf | tail -n +2)"
    export -f printf
    GATEHOUSE_HARDEN=cgroup GATEHOUSE_CGROUP=$folder timeout 60 "$BATS_TEST_DIRNAME/../harden" "$root/run"
  )
}

@test "of version 2: whoever runs is moved, and who was forked meanwhile; then controllers are given" {
  forked=4 run harden
  [ "$status" -eq 0 ]
  [ "$output" = cgroup ]
  [ "$(cat "$moved")" = $'1\n2\n3\n4' ]
  [ "$(cat "$folder/cgroup.subtree_control")" = '+cpu +memory +pids' ]
  [ "$(cat "$folder/users/cgroup.subtree_control")" = '+cpu +memory +pids' ]
  [ "$(cat "$root/run/cgroups")" = "unified $folder/users" ]
}

@test "of version 2: gives up, and promises nothing, when a process cannot be moved" {
  stuck=2 run harden
  [ "$status" -eq 0 ]
  [ "$output" = 'Device or resource busy' ]
  [ "$(head -n 3 "$moved")" = $'1\n2\n3' ]
  [ "$(cat "$folder/cgroup.procs")" = 2 ]
  [ ! -s "$folder/cgroup.subtree_control" ]
  [ ! -e "$folder/users/cgroup.subtree_control" ]
  [ ! -e "$root/run/cgroups" ]
  [ ! -e "$root/run/cgroups.new" ]
}
