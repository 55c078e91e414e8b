#!/usr/bin/env bats
# Tests what the launchers print when one of their programs ends.

load support

# supervised STATUS: prints the output of supervise when the gateway ends with this status. The programs that stand in
# for others do not keep the output open, because `run` waits for its end.
supervised() {
  # shellcheck source=scripts/launch.bash
  . "$config_dir/../scripts/launch.bash"
  sleep 60 >/dev/null 2>&1 3>&- &
  listener_pid=$!
  sleep 60 >/dev/null 2>&1 3>&- &
  people_sshd_pid=$!
  sleep 60 >/dev/null 2>&1 3>&- &
  sshd_log_pid=$!
  (exit "$1") &
  gateway_pid=$!
  supervise
}

@test "says which program ended, and that memory was the reason" {
  run supervised 3
  [ "$status" -eq 3 ]
  [[ $output == *'gatehouse: the gateway, which ran out of memory'*'ended with status 3; stopping'* ]]
  run supervised 1
  [ "$status" -eq 1 ]
  [[ $output == *'gatehouse: the gateway ended with status 1; stopping'* ]]
}

# ahead: starts a stand-in for the gateway ahead. It prints what it reads of its signal, or that there is none.
ahead() {
  local folder=$BATS_TEST_TMPDIR
  # shellcheck source=scripts/launch.bash
  . "$config_dir/../scripts/launch.bash"
  # shellcheck disable=SC2034 # launch.bash
  java=$folder/java jar=$folder/program.jar
  printf '#!/bin/bash\nif IFS= read -r -N 1; then echo released; else echo left; fi >%q\n' "$folder/said" >"$java"
  chmod 0755 "$java"
  setpriv() { while [[ $1 != "$java" ]]; do shift; done; "$@"; }
  start_gateway_ahead
}

@test "a gateway that was started ahead goes on when the listener is there" {
  ahead
  await_listener() { [ ! -e "$BATS_TEST_TMPDIR/said" ] && kill -0 "$gateway_pid"; }
  release_gateway
  wait "$gateway_pid"
  [ "$(<"$BATS_TEST_TMPDIR/said")" = released ]
}

@test "a gateway that was started ahead learns that its script has ended" {
  (ahead && printf '%s' "$gateway_pid" >"$BATS_TEST_TMPDIR/pid")
  timeout 10 tail -s 0.1 --pid="$(<"$BATS_TEST_TMPDIR/pid")" -f /dev/null
  [ "$(<"$BATS_TEST_TMPDIR/said")" = left ]
}

# limit_of NAME VALUE: prints the memory limit in a control group whose file NAME has this value.
limit_of() {
  local cgroup_root=$BATS_TEST_TMPDIR/cgroup
  mkdir -p -- "$cgroup_root/memory"
  printf '%s\n' "$2" >"$cgroup_root/$1"
  memory_limit
  rm -- "$cgroup_root/$1"
}

@test "the memory of the gateway's buffers follows from the limit of the container" {
  # shellcheck source=scripts/launch.bash
  . "$config_dir/../scripts/launch.bash"
  all=$(($(awk '/^MemTotal:/ { print $2 }' /proc/meminfo) * 1024))
  [ "$(limit_of memory.max 268435456)" = 268435456 ]
  [ "$(limit_of memory/memory.limit_in_bytes 536870912)" = 536870912 ]
  [ "$(limit_of memory.max max)" = "$all" ]
  [ "$(limit_of memory/memory.limit_in_bytes 9223372036854771712)" = "$all" ]
  [ "$(limit_of memory.max 999999999999999999)" = "$all" ]
  [ "$(limit_of memory.other 1)" = "$all" ]
  [ "$(direct_memory 268435456)" = $((32 << 20)) ]
  [ "$(direct_memory 2147483648)" = $((256 << 20)) ]
  [[ " ${gateway_options[*]} " == *" -XX:MaxDirectMemorySize=$(direct_memory "$(memory_limit)") "* ]]
}
