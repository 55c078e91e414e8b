#!/usr/bin/env bats
# What the launchers say when a program of theirs ends.

load support

# supervised STATUS: prints what supervise says when the gateway ends with this status. Nothing that stands in for another program holds the output, because `run` waits for
# its end.
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
