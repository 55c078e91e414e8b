#!/usr/bin/env bats
# Tests how harden opens the cgroups of version 2. A folder stands in for the kernel's file system, and a function for
# what the kernel does when a file is written; scripts/vm-test tests the same with a real kernel.

setup() {
  root=$(mktemp -d /run/gatehouse-bats-XXXXXX)
  export folder=$root/cgroup moved=$root/moved forked='' stuck=''
  mkdir -- "$root/run" "$folder" "$folder/init" "$folder/users"
  touch -- "$folder/cgroup.controllers" "$folder/cgroup.subtree_control" "$moved"
  # These process ids are made up.
  printf '%s\n' 1 2 3 >"$folder/cgroup.procs"
}
teardown() { rm -rf -- "$root"; }

# printf: replaces bash's own in harden, so that the kernel's effect has happened when harden goes on. A process moves,
# unless it is stuck; the first one that moves has forked meanwhile; and a group with processes gives no controllers.
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
    # shellcheck disable=SC2059 # the format is harden's
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

@test "cgroup version 2: processes are moved, also those that were forked meanwhile; then controllers are given" {
  forked=4 run harden
  [ "$status" -eq 0 ]
  [ "$output" = cgroup ]
  [ "$(cat "$moved")" = $'1\n2\n3\n4' ]
  [ "$(cat "$folder/cgroup.subtree_control")" = '+cpu +memory +pids' ]
  [ "$(cat "$folder/users/cgroup.subtree_control")" = '+cpu +memory +pids' ]
  [ "$(cat "$root/run/cgroups")" = "unified $folder/users" ]
}

@test "cgroup version 2: prints no measure when a process cannot be moved" {
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
