#!/usr/bin/env bats
# Tests that the target of the isolation probe deletes what it made, however it ends.

load support

setup() {
  PROBE="$BATS_TEST_DIRNAME/../probe"
  # nobody cannot reach the folders of bats.
  HOME=$(mktemp -d /run/gatehouse-bats-XXXXXX)
  export HOME TMPDIR=$HOME
  chmod 777 "$HOME"
}

teardown() {
  [ -z "${TARGET:-}" ] || kill -KILL "$TARGET" 2>/dev/null || true
  rm -rf -- "${HOME:?}"
}

# begin: starts a target as nobody with an input that the test can end, and waits until it names what it made.
begin() {
  [ -e "$HOME/input" ] || mkfifo -m 666 "$HOME/input"
  setpriv --reuid nobody --regid nogroup --clear-groups "$PROBE" target <"$HOME/input" >"$HOME/output" 3>&- &
  TARGET=$!
  exec 9>"$HOME/input"
  local tries=0
  until grep -q '^pid=' "$HOME/output"; do
    ((++tries < 200))
    sleep 0.05
  done
  NAME=$(sed 's/.* name=\([^ ]*\) .*/\1/' "$HOME/output")
  [ -e "/tmp/$NAME" ]
}

# things: prints what the target has made, by path, or by the kernel's number of shared memory and a queue.
things() {
  find /tmp /var/tmp /dev/shm "$HOME" -maxdepth 1 '(' -name "$NAME" -o -name .gatehouse-probe ')'
  awk -v number="$((0x67617465))" -v uid="$(id -u nobody)" '$1 == number && $8 == uid' /proc/sysvipc/shm /proc/sysvipc/msg
}

# leaves_nothing: waits until the target has ended, and fails if something that it made is still there.
leaves_nothing() {
  wait "$TARGET" || true
  run things
  [ "$output" = "" ] || { echo "left: $output"; return 1; }
}

@test "deletes what it made when its input ends, as it does when the gateway is killed" {
  begin
  exec 9>&-
  leaves_nothing
}

@test "deletes what it made when it is told to end, or its login is" {
  local signal
  for signal in TERM HUP ALRM; do
    begin
    [ "$(things | wc -l)" -ge 4 ]
    kill "-$signal" "$TARGET"
    leaves_nothing
    exec 9>&-
  done
}

@test "leaves to a later target what that has made" {
  begin
  echo gatehouse-probe-later >"$HOME/.gatehouse-probe"
  exec 9>&-
  wait "$TARGET" || true
  [ -e "/tmp/$NAME" ]
  echo "$NAME" >"$HOME/.gatehouse-probe"
  setpriv --reuid nobody --regid nogroup --clear-groups "$PROBE" tidy
  leaves_nothing
}
