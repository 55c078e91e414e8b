# shellcheck shell=bash
# The part that ./run and the image's entry point share: it starts sshd as root and the gateway as its own account,
# and ends both together.
# shellcheck disable=SC2154
# Sourced after `set -euo pipefail`. Needs: prepare has run; $jar and $java name the program.

runtime=${OPEN_TERMINAL_RUNTIME_DIR:-/run/gatehouse}
listener_pid='' people_sshd_pid='' sshd_log_pid='' gateway_pid=''

# Only root may be able to read the file of a secret, as Docker makes it. The gateway gets a copy that nobody else can
# read.
lend_key_file() {
  local variable copy
  for variable in OPEN_TERMINAL_API_KEY_FILE GATEHOUSE_OPENWEBUI_ADMIN_KEY_FILE; do
    [[ -n ${!variable:-} ]] || continue
    copy=$runtime/$([[ $variable == OPEN_* ]] && echo api_key || echo openwebui_admin_key)
    install -m 0400 -o gateway -g gateway -- "${!variable}" "$copy"
    export "$variable=$copy"
  done
}

# Starts two listeners: one for the gateway, and an sshd for people if prepare has given it an address. People cannot
# take the gateway's place in a queue, because each listener has its own. sshd starts with an empty environment,
# because every login could inherit its variables.
start_sshd() {
  local clean=(env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin) log=$runtime/sshd.log sshd=$runtime/sbin/${GATEHOUSE_PAM_SERVICE:-gatehouse}
  rm -f -- "$log"
  mkfifo -m 0600 -- "$log"
  "${clean[@]}" "$runtime/log" "${GATEHOUSE_ETC:-/etc/gatehouse}" "$runtime/admin_authorized_keys" <"$log" &
  sshd_log_pid=$!
  # No program gets more rights than the account that started it, even if it has the set-uid bit and the container
  # does not forbid it.
  clean+=(setpriv --no-new-privs)
  [[ ! -e $runtime/seccomp ]] || clean+=(--seccomp-filter "$runtime/seccomp")
  "${clean[@]}" "$runtime/gateway-listener" "${OPEN_TERMINAL_SSH_PORT:-2022}" "$(id -u gateway)" "$sshd" -i -e -f "$runtime/sshd_config" 2>"$log" &
  listener_pid=$!
  grep -q '^ListenAddress ' "$runtime/sshd_config" || return 0
  # When memory runs out, the kernel ends users' programs before the gateway. Logins inherit this value, and raising
  # it needs no right.
  "${clean[@]}" choom -n 500 -- "$sshd" -D -e -f "$runtime/sshd_config" 2>"$log" &
  people_sshd_pid=$!
}

# The gateway runs without privileges and cannot gain any. Its heap can be small, because output and files never pass
# through it whole. A gateway that runs out of memory ends at once, and is started again.
start_gateway() {
  LC_ALL=C.UTF-8 LANG=C.UTF-8 setpriv --reuid gateway --regid gateway --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all \
    "$java" -XX:MaxRAMPercentage=40 -Xmn96m -XX:+UseParallelGC -XX:+ExitOnOutOfMemoryError --enable-native-access=ALL-UNNAMED -jar "$jar" &
  gateway_pid=$!
}

# Ends the gateway first, so that it can end users' commands; then sshd.
stop_all() {
  local pid deadline=$((SECONDS + 8))
  for pid in "$gateway_pid" "$listener_pid" "$people_sshd_pid"; do
    [[ -n $pid ]] || continue
    kill -TERM "$pid" 2>/dev/null || true
    while kill -0 "$pid" 2>/dev/null && ((SECONDS < deadline)); do sleep 0.1; done
    kill -KILL "$pid" 2>/dev/null || true
  done
}

# Waits until one of the processes ends, says which one it was, and ends the others. If a signal asks for the end, that
# is no failure. The process that reads sshd's log is one of them: without it, the log would be lost, and sshd would end
# as soon as it writes to it.
supervise() {
  local status=0 ended=''
  trap 'stop_all; exit 0' TERM INT
  # shellcheck disable=SC2086 # empty if people have no port
  wait -n -p ended "$listener_pid" $people_sshd_pid "$sshd_log_pid" "$gateway_pid" || status=$?
  case $ended in
    "$listener_pid") ended='the listener of the gateway' ;;
    "$people_sshd_pid") ended=sshd ;;
    "$sshd_log_pid") ended="sshd's log" ;;
    *) ended='the gateway' ;;
  esac
  # Exit status 3 comes from -XX:+ExitOnOutOfMemoryError.
  if [[ $ended == 'the gateway' ]] && ((status == 3)); then ended+=', which ran out of memory (give the container more, or tell us what it was doing),'; fi
  printf 'gatehouse: %s ended with status %s; stopping\n' "$ended" "$status" >&2
  stop_all
  ((status != 0)) || status=1
  exit "$status"
}
