#!/usr/bin/env bats
# Tests sshd-config/waiting: it must find commands that read their terminal, and no others.

setup() { cd "$BATS_TEST_DIRNAME"; }

# found ANSWER TEXT...: fails unless the answer for each of these texts is ANSWER while it runs.
found() {
  local answer=$1 text
  shift
  for text in "$@"; do
    run python3 wait_for_input.py ../waiting "$text" 3>&-
    [ "${lines[-1]}" = "$answer" ] || { echo "expected $answer: $text: $output"; return 1; }
  done
}

@test "programs that read their terminal wait: prompts, filters without a file, shells, editors, pagers" {
  found waiting 'cat' 'read x' 'sort' 'grep x' 'timeout 9 cat' 'cat | cat' 'bash -i' 'sleep 9 & read x' \
    'echo a; sh -c "read x"' 'top' \
    'seq 99999 | more' 'seq 99999 | LESS= less' 'read x </dev/tty' 'python3 -c "import getpass; getpass.getpass()"'
}

@test "interpreters wait at their prompts, also in threads and beside connections" {
  local connected='import socket; s = socket.create_server(("127.0.0.1", 0)); c = socket.create_connection(s.getsockname())'
  found waiting python3 'python3 -c "import threading, time; threading.Thread(target=input).start(); time.sleep(9)"' \
    "python3 -c '$connected; input()'"
}

@test "programs that do something else do not wait" {
  local connected='import socket; s = socket.create_server(("127.0.0.1", 0)); c = socket.create_connection(s.getsockname())'
  found not 'sleep 9' 'sleep 9 | cat' 'while :; do :; done' 'cat </dev/null; sleep 9' \
    'perl -e "select(undef, undef, undef, 9)"' 'setsid sleep 9' 'wait; sleep 9' \
    'python3 -m http.server 0' 'python3 -m http.server 0 & wait' "python3 -c '$connected; c.recv(1)'" \
    "python3 -c '$connected; s.accept(); s.accept()'" \
    'python3 -c "import subprocess; subprocess.run([\"sleep\", \"9\"], capture_output=True)"' \
    'mkfifo /tmp/waiting.$$; trap "rm /tmp/waiting.$$" EXIT; (sleep 9 >/tmp/waiting.$$) & cat /tmp/waiting.$$'
}

@test "a read with a time limit ends by itself and is not counted" {
  found not 'read -t 9 x'
}

# Yama may hide the system calls. An unknown architecture is treated in the same way.
@test "without system calls to look at, a connection is not taken for a terminal, and a question on /dev/tty is found" {
  local connected='import socket; s = socket.create_server(("127.0.0.1", 0)); c = socket.create_connection(s.getsockname())'
  export HOSTTYPE=unknown
  found waiting 'cat' 'read x' 'bash -i' "python3 -c '$connected; open(\"/dev/tty\").readline()'"
  found not "python3 -c '$connected; c.recv(1)'" 'sleep 9'
}

@test "prints nothing for a process without a terminal, or for a wrong argument" {
  run bash -c '. ../waiting "$@"' bash 1 3>&-
  [ -z "$output" ]
  run bash -c '. ../waiting "$@"' bash '$(touch /tmp/waiting.attack)' 3>&-
  [ -z "$output" ] && [ ! -e /tmp/waiting.attack ]
  run bash -c '. ../waiting' 3>&-
  [ -z "$output" ]
  run bash -c '. ../waiting 999999999' 3>&-
  [ -z "$output" ]
}

@test "the name of a process does not confuse it" {
  local folder
  folder=$(mktemp -d)
  cp "$(command -v cat)" "$folder/a) S 1 1 1"
  found waiting "'$folder/a) S 1 1 1'"
  rm -r "$folder"
}
