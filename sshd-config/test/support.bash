# shellcheck shell=bash
# A Gatehouse of the tests' own: folders below /run, which is root's all the way up, accounts called ghtest*, sshd on a free port.

# .ci/run has a test that failed tried again once.
BATS_TEST_RETRIES=${GATEHOUSE_TEST_RERUNS:-0}

export LC_ALL=C
sshd_pids=()
readonly config_dir=${BATS_TEST_DIRNAME%/test}

# Two ports that are free, and not the same.
free_ports() { python3 -c 'import socket
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*(each.getsockname()[1] for each in sockets))'; }

prepare_gatehouse() {
  root=$(mktemp -d /run/gatehouse-bats-XXXXXX)
  chmod 755 "$root"
  export GATEHOUSE_ETC=$root/etc OPEN_TERMINAL_RUNTIME_DIR=$root/run OPEN_TERMINAL_STATE_DIR=$root/state
  read -r OPEN_TERMINAL_SSH_PORT GATEHOUSE_PEOPLE_PORT < <(free_ports)
  export root OPEN_TERMINAL_SSH_PORT GATEHOUSE_PEOPLE_PORT GATEHOUSE_PEOPLE_ADDRESS=127.0.0.1
  # As on a large machine.
  export GATEHOUSE_LIMIT_PROCESSES=512
  export GATEHOUSE_TMP_DIR=$root/tmp GATEHOUSE_PAM_SERVICE=gatehouse-bats-$$
  export GATEHOUSE_ADMIN_KEYS="$root/a folder/admin_authorized_keys"
  mkdir -- "$root/a folder"
  "$config_dir/prepare"
  new_key alice
}

new_key() { ssh-keygen -q -t ed25519 -N '' -C "gatehouse:$1" -f "$root/key-$1"; }
key_pair() { cat "$root/key-$1" "$root/key-$1.pub"; }

# request WORDS [PROGRAM]: asks root-helper as the gateway does; stdin is the input of the request, if it has one.
request() {
  if [[ $1 == provision* || $1 == restore* ]]; then
    perl "$config_dir/test/ask-root.pl" "${2:-$OPEN_TERMINAL_RUNTIME_DIR/root-helper}" one "$1"
  else
    perl "$config_dir/test/ask-root.pl" "${2:-$OPEN_TERMINAL_RUNTIME_DIR/root-helper}" one "$1" </dev/null
  fi
}
# as_admin WORDS...: as an admin's command does; the words may come as one.
# shellcheck disable=SC2048,SC2086
as_admin() { "${program:-$OPEN_TERMINAL_RUNTIME_DIR/root-helper}" admin $*; }

# copy_helper: a copy of root-helper in $root/bin, for a test that changes it.
copy_helper() {
  rm -rf -- "${root:?}/bin"
  mkdir "$root/bin"
  cp "$OPEN_TERMINAL_RUNTIME_DIR/"{root-helper,*.pl,rules.sh,folders.sh} "$root/bin"
}

provision() { key_pair alice | request "provision $1 $2 ${3:-user}"; }

# end_processes LINE...: what root-helper answers to requests to end with these words: lines of ID STATUS TEXT.
end_processes() { printf '%s\n' "$@" | perl "$config_dir/test/ask-root.pl" "${program:-$OPEN_TERMINAL_RUNTIME_DIR/root-helper}" many 'end '; }

# processes UID: how many live; a machine may be slow to take away what has ended.
# shellcheck disable=SC2009 # pgrep tells no state of a process
processes() { ps -o stat= -u "$1" | grep -vc '^Z'; }

# As the launchers do it, with the log in a file. Whoever tests is root, whom the gateway's listener takes too.
start_doors() {
  local listener_pid='' people_sshd_pid='' sshd_log_pid='' gateway_pid='' runtime
  # shellcheck source=scripts/launch.bash
  . "$config_dir/../scripts/launch.bash"
  start_sshd >/dev/null 2>"$root/sshd.log" 3>&-
  sshd_pids=("$listener_pid" "$people_sshd_pid")
  local port
  for port in "$OPEN_TERMINAL_SSH_PORT" "$GATEHOUSE_PEOPLE_PORT"; do
    for _ in $(seq 50); do
      (exec 4<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && continue 2
      sleep 0.1
    done
    return 1
  done
}

# login PORT KEY ACCOUNT WORDS...
login() {
  local port=$1 key=$2 account=$3
  shift 3
  ssh -n -F none -p "$port" -i "$key" -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
    -o LogLevel=ERROR -o ConnectTimeout=10 "$account@127.0.0.1" "$@" 3>&-
}

remove_gatehouse() {
  [[ ${#sshd_pids[@]} -eq 0 ]] || kill "${sshd_pids[@]}" 2>/dev/null || true
  local name
  for name in $(getent passwd | grep -o '^ghtest[^:]*'); do
    pkill -KILL -u "$name" || true
    userdel -f "$name" 2>/dev/null || true
    groupdel "$name" 2>/dev/null || true
  done
  # What a test left of an account that is not there: half of one, or a group of its own.
  # shellcheck disable=SC2013 # names have no blanks
  for name in $(grep -oh '^ghtest[^:]*' /etc/group /etc/shadow | sort -u); do
    groupdel "$name" 2>/dev/null || true
    sed -i "/^$name:/d" /etc/shadow
  done
  # shellcheck disable=SC2013
  for name in $(grep -o '^gatehouse-test-[^:]*' /etc/group); do groupdel "$name"; done
  rm -rf -- /home/ghtest* /home/.new-ghtest* "$root"
  [[ -z ${GATEHOUSE_PAM_SERVICE:-} ]] || rm -f -- "/etc/pam.d/$GATEHOUSE_PAM_SERVICE"
}
