#!/usr/bin/env bats
# Tests who can log in where, with a real sshd.

load support

setup() {
  prepare_gatehouse
  provision ghtesta 29001
  new_key bob
  key_pair bob | request "provision ghtestb 29002 user"
  start_listeners
}
teardown() { remove_gatehouse; }

gateway() { login "$OPEN_TERMINAL_SSH_PORT" "$@"; }
people() { login "$GATEHOUSE_PEOPLE_PORT" "$@"; }

@test "sshd accepts its configuration, each line of which has a reason" {
  /usr/sbin/sshd -t -f "$OPEN_TERMINAL_RUNTIME_DIR/sshd_config"
  # Each directive stands below a comment, or below another directive that the same comment explains.
  awk '/^#/ {reason = 1} /^$/ {reason = 0} /^[A-Z@]/ && !reason {print; bad = 1} END {exit bad}' \
    "$config_dir/sshd_config"
}

@test "the key of an account opens that account and no other" {
  [ "$(gateway "$root/key-alice" ghtesta id -un)" = ghtesta ]
  run gateway "$root/key-alice" ghtestb id
  [ "$status" -eq 255 ]
  run gateway "$root/key-alice" root id
  [ "$status" -eq 255 ]
  run gateway "$root/key-alice" gateway id
  [ "$status" -eq 255 ]
}

@test "the provisioning key opens one command of root and nothing else" {
  local words
  # The words of the ssh command become neither a request nor an argument of root-helper.
  for words in id "touch $root/done" 'admin disable ghtesta 29001' 'merge add /etc/passwd /etc/shadow'; do
    run gateway "$OPEN_TERMINAL_RUNTIME_DIR/provisioner_ed25519" root "$words"
    [ "$status" -eq 0 ] && [ -z "$output" ]
  done
  [ ! -e "$root/done" ] && [ ! -e "$OPEN_TERMINAL_STATE_DIR/accounts/ghtesta" ]
  # There is no shell and no subsystem either.
  for words in '' '-s sftp'; do
    # shellcheck disable=SC2086
    run ssh -F none -p "$OPEN_TERMINAL_SSH_PORT" -i "$OPEN_TERMINAL_RUNTIME_DIR/provisioner_ed25519" \
      -o IdentitiesOnly=yes -o BatchMode=yes \
      -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR root@127.0.0.1 $words <<<'1 0 id' \
      3>&-
    [ "$status" -eq 0 ]
    [[ $output == '1 64 '* && ${lines[1]} == "this key may ask for: "* && ${#lines[@]} -eq 2 ]]
  done
  run gateway "$OPEN_TERMINAL_RUNTIME_DIR/provisioner_ed25519" ghtesta id
  [ "$status" -eq 255 ]
  run people "$OPEN_TERMINAL_RUNTIME_DIR/provisioner_ed25519" root id
  [ "$status" -eq 255 ]
}

@test "the gateway's listener takes no key from a home" {
  new_key own
  cat "$root/key-own.pub" >/home/ghtesta/.ssh/authorized_keys
  chown 29001:29001 /home/ghtesta/.ssh/authorized_keys
  run gateway "$root/key-own" ghtesta id
  [ "$status" -eq 255 ]
  [ "$(people "$root/key-own" ghtesta id -un)" = ghtesta ]
  run people "$root/key-own" ghtestb id
  [ "$status" -eq 255 ]
}

@test "a user cannot give root or the gateway a way in" {
  run setpriv --reuid 29001 --regid 29001 --clear-groups sh \
    -c "echo x >>$GATEHOUSE_ETC/authorized_keys/root || echo x >>$OPEN_TERMINAL_RUNTIME_DIR/root-helper || echo x >$OPEN_TERMINAL_RUNTIME_DIR/command || rm -f $GATEHOUSE_ETC/authorized_keys/ghtestb"
  [ "$status" -ne 0 ]
  run setpriv --reuid 29001 --regid 29001 --clear-groups cat "$OPEN_TERMINAL_RUNTIME_DIR/provisioner_ed25519"
  [ "$status" -ne 0 ]
}

@test "people's listener does not take the gateway's keys" {
  run people "$root/key-alice" ghtesta id
  [ "$status" -eq 255 ]
}

# own_key NAME KEY: adds a public key to the account's own file, as the user would.
own_key() {
  setpriv --reuid "$(id -u "$1")" --regid "$(id -g "$1")" --clear-groups sh -c "cat >>/home/$1/.ssh/authorized_keys" \
    <"$root/key-$2.pub"
}

# logged PATTERN: waits up to five seconds for such a line of the log.
logged() {
  for _ in $(seq 50); do
    grep -qxE -- "$1" "$root/sshd.log" && return
    sleep 0.1
  done
  cat "$root/sshd.log"
  return 1
}

@test "an admin's key opens every account, from the login after it was written until the one after it is gone" {
  new_key admin
  run people "$root/key-admin" ghtesta id
  [ "$status" -eq 255 ]
  # The file belongs to another account and can be read by its group, as a mounted file may be.
  cp "$root/key-admin.pub" "$GATEHOUSE_ADMIN_KEYS"
  chown 1000:1000 "$GATEHOUSE_ADMIN_KEYS"
  chmod 664 "$GATEHOUSE_ADMIN_KEYS"
  [ "$(people "$root/key-admin" ghtesta id -un)" = ghtesta ]
  [ "$(people "$root/key-admin" ghtestb id -un)" = ghtestb ]
  for account in root gateway daemon nobody; do
    run people "$root/key-admin" "$account" id
    [ "$status" -eq 255 ]
  done
  run gateway "$root/key-admin" ghtesta id
  [ "$status" -eq 255 ]

  new_key next
  cp "$root/key-next.pub" "$GATEHOUSE_ADMIN_KEYS"
  run people "$root/key-admin" ghtesta id
  [ "$status" -eq 255 ]
  [ "$(people "$root/key-next" ghtesta id -un)" = ghtesta ]
  rm "$GATEHOUSE_ADMIN_KEYS"
  run people "$root/key-next" ghtesta id
  [ "$status" -eq 255 ]
}

@test "each login is logged with its key's fingerprint and comment" {
  new_key admin
  new_key own
  cp "$root/key-admin.pub" "$GATEHOUSE_ADMIN_KEYS"
  own_key ghtesta own
  people "$root/key-admin" ghtesta true
  people "$root/key-own" ghtesta true
  gateway "$root/key-alice" ghtesta true
  fingerprint() { ssh-keygen -lf "$root/key-$1.pub" | cut -d' ' -f2 | sed 's/+/[+]/g'; }
  for key in admin own alice; do
    logged "sshd: Accepted publickey for ghtesta from 127.0.0.1 port [0-9]+ ssh2: ED25519 $(fingerprint "$key")"
  done
  logged 'sshd: ghtesta from 127.0.0.1 port [0-9]+ has the key "gatehouse:admin" of an admin'
  logged 'sshd: ghtesta from 127.0.0.1 port [0-9]+ has the key "gatehouse:own" in ~/.ssh/authorized_keys'
  logged 'sshd: ghtesta from 127.0.0.1 port [0-9]+ has the key "gatehouse:alice"'
}

@test "a comment of a key cannot forge a line of the log, and a file in the home cannot delay the log" {
  new_key own
  # The comments have control characters, look like the end of a line, or are very long.
  sed -i "s|gatehouse:own|\x1b[2J\" of an admin \r(ED25519) $(printf 'x%.0s' $(seq 500))|" "$root/key-own.pub"
  own_key ghtesta own
  people "$root/key-own" ghtesta true
  logged 'sshd: ghtesta .* has the key "[?]033\[2J[?] of an admin [?]\(ED25519\) x{50,90}" in ~/.ssh/authorized_keys'
  # While sshd reads the file, it is a regular file; when the log's program reads it, it is a pipe without an end, or
  # another user's file.
  own_key ghtestb own
  setpriv --reuid 29002 --regid 29002 --clear-groups sh -c '
    cd ~ghtestb/.ssh; mkfifo queue; while :; do ln -f authorized_keys kept; mv queue authorized_keys; mkfifo queue; sleep 0.01; mv kept authorized_keys; sleep 0.01; done' \
    >/dev/null 2>&1 3>&- &
  local swapper=$!
  for _ in 1 2 3 4 5 6; do people "$root/key-own" ghtestb true || true; done
  kill "$swapper"
  people "$root/key-own" ghtesta true
  logged "sshd: Accepted publickey for ghtesta .*"
}

# log_of FILE: prints the log that is made of these lines of sshd. It waits a second for comments.
log_of() {
  timeout 5 "$OPEN_TERMINAL_RUNTIME_DIR/log" "$GATEHOUSE_ETC" "$OPEN_TERMINAL_RUNTIME_DIR/admin_authorized_keys" <"$1" \
    2>&1
}

@test "sshd's log follows no link out of a home as root" {
  new_key admin
  cp "$root/key-admin.pub" "$root/secret"
  chmod 600 "$root/secret"
  # A link to a file of keys that only root can read does not reveal a comment in it.
  run setpriv --reuid 29001 --regid 29001 --clear-groups sh -c "ln -sf $root/secret /home/ghtesta/.ssh/authorized_keys"
  printf 'Accepted publickey for ghtesta from 127.0.0.1 port 1 ssh2: ED25519 %s\r\n' \
    "$(ssh-keygen -lf "$root/key-admin.pub" | cut -d' ' -f2)" >"$root/line"
  run log_of "$root/line"
  [ "$status" -eq 0 ]
  [[ $output =~ ^'sshd: Accepted publickey for ghtesta from 127.0.0.1 port 1 ssh2: ED25519 SHA256:'[A-Za-z0-9+/]*$ ]]
}

@test "sshd's log prints a line before it looks for a comment, and a user cannot delay a line" {
  new_key own
  own_key ghtesta own
  local line
  line="Accepted publickey for ghtesta from 127.0.0.1 port 7 ssh2: ED25519 $(ssh-keygen -lf "$root/key-own.pub" | cut -d' ' -f2)"
  # The files are a pipe that nobody writes to, a file with a lease that its holder keeps, and a gigabyte without a line
  # end.
  for trick in 'mkfifo authorized_keys' 'truncate -s 1G authorized_keys' \
    'cp kept authorized_keys; (exec 5>>authorized_keys; perl -e "use Fcntl; \$SIG{IO} = \"IGNORE\"; fcntl(STDIN, 1024, 1); sleep 4" <&5 >/dev/null 2>&1 &)'; do
    setpriv --reuid 29001 --regid 29001 --clear-groups sh \
      -c "cd ~ghtesta/.ssh; [ -e kept ] || mv authorized_keys kept; rm -f authorized_keys; $trick" 3>&-
    printf '%s\n' "$line" "$line" 'Connection closed' >"$root/line"
    run log_of "$root/line"
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = "sshd: $line" ]
    [[ $output == *'sshd: Connection closed'* ]]
  done
  # The user cannot take over the process that reads the file, because its real uid is another one.
  setpriv --reuid 29001 --regid 29001 --clear-groups sh \
    -c "cd ~ghtesta/.ssh; rm -f authorized_keys; cp kept authorized_keys; while :; do kill -KILL -1; done" >/dev/null \
    2>&1 3>&- &
  local killer=$!
  for _ in $(seq 20); do
    run log_of "$root/line"
    [[ $output == *'has the key "gatehouse:own" in ~/.ssh/authorized_keys'* ]]
  done
  kill -KILL "$killer"
}

@test "sshd's log shows no control character, marks each line and bounds it" {
  { printf 'a\x1b[2Jb\tc\x80\r\n2026-01-01 00:00:00,000 INFO  Main: forged\n'; head -c 100000 /dev/zero |
    tr '\0' x; echo; echo last; } >"$root/line"
  run log_of "$root/line"
  [ "${lines[0]}" = 'sshd: a?[2Jb?c?' ]
  [ "${lines[1]}" = 'sshd: 2026-01-01 00:00:00,000 INFO  Main: forged' ]
  [ "${lines[-1]}" = 'sshd: last' ]
  for line in "${lines[@]}"; do [ "${#line}" -le 4102 ]; done
}

@test "a command on a terminal gets its variables and the prelude, and reports that it begins" {
  run ssh -tt -n -F none -p "$OPEN_TERMINAL_SSH_PORT" -i "$root/key-alice" -o IdentitiesOnly=yes -o BatchMode=yes \
    -o StrictHostKeyChecking=no \
    -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o SetEnv='GATEHOUSE_ENV_X="a b"' ghtesta@127.0.0.1 \
    ". '$OPEN_TERMINAL_RUNTIME_DIR/command' '/'; echo \"\$X \$PWD \$LANG\"; env | grep GATEHOUSE; (sleep 1; echo late) & exit 7" 3>&-
  [ "$status" -eq 7 ]
  [[ ${lines[0]%$'\r'} =~ ^$'\036'started\ [0-9]+$ ]]
  [ "${lines[1]%$'\r'}" = "a b / C.UTF-8" ]
  [ "${lines[2]%$'\r'}" = late ]
}

# forwards LISTENER ARGUMENT...: tries a forwarding as ghtesta at a listener, which is gateway or people.
forwards() {
  local port=$OPEN_TERMINAL_SSH_PORT
  [[ $1 == gateway ]] || port=$GATEHOUSE_PEOPLE_PORT
  shift
  timeout 10 ssh -n -F none -p "$port" -i "$root/key-alice" -o IdentitiesOnly=yes -o BatchMode=yes \
    -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o ExitOnForwardFailure=yes "$@" 3>&-
}

@test "the gateway's listener connects an account to loopback and nothing else, people's to nothing" {
  mkdir -p "$root/a folder" && cp "$root/key-alice.pub" "$GATEHOUSE_ADMIN_KEYS"
  local server port address listener
  coproc serving { setpriv --reuid 29001 --regid 29001 --clear-groups /usr/bin/python3 -uc '
import os, socket
each = [socket.create_server(("127.0.0.1", 0))]
port = each[0].getsockname()[1]
each.append(socket.create_server(("::1", port), family=socket.AF_INET6))
if os.fork():
    print(port)
    here = each[0]
else:
    here = each[1]
while True:
    one = here.accept()[0]
    one.sendall(b"served")
    one.close()
' 3>&-; }
  server=$serving_PID
  read -r port <&"${serving[0]}"
  for address in "127.0.0.1" "[::1]"; do
    [ "$(forwards gateway -W "$address:$port" ghtesta@127.0.0.1)" = served ]
    run forwards people -W "$address:$port" ghtesta@127.0.0.1
    [ "$status" -ne 0 ]
    [[ $output != *served* ]]
  done
  for address in localhost 127.0.0.2 0.0.0.0 "[::]" "[::ffff:127.0.0.1]" "$(hostname)" 169.254.169.254 "$(hostname -I | cut -d" " -f1)"; do
    run forwards gateway -W "$address:$port" ghtesta@127.0.0.1
    [ "$status" -ne 0 ]
    [[ $output != *served* ]]
  done
  for listener in gateway people; do
    for remote in 0:127.0.0.1:1 "$root/socket:127.0.0.1:1"; do
      run forwards "$listener" -R "$remote" ghtesta@127.0.0.1 true
      [ "$status" -ne 0 ]
    done
    run forwards "$listener" -W "/run/x" ghtesta@127.0.0.1
    [ "$status" -ne 0 ]
    run forwards "$listener" -A -X ghtesta@127.0.0.1 'echo "<$SSH_AUTH_SOCK$DISPLAY>"'
    [[ $output == *'<>'* ]]
  done
  pkill -KILL -u 29001 || true
  wait "$server" || true
}

@test "the login of root forwards nothing" {
  run login "$OPEN_TERMINAL_SSH_PORT" "$OPEN_TERMINAL_RUNTIME_DIR/provisioner_ed25519" root -W "127.0.0.1:$OPEN_TERMINAL_SSH_PORT"
  [ "$status" -ne 0 ]
  run ssh -n -F none -p "$OPEN_TERMINAL_SSH_PORT" -i "$OPEN_TERMINAL_RUNTIME_DIR/provisioner_ed25519" -o IdentitiesOnly=yes \
    -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
    -W "127.0.0.1:$OPEN_TERMINAL_SSH_PORT" root@127.0.0.1 3>&-
  [ "$status" -ne 0 ]
  [[ $output != *SSH-* ]]
}

@test "reads no environment or startup file of sshd's from the home" {
  printf 'LD_PRELOAD=/tmp/x.so\nEVIL=1\n' >/home/ghtesta/.ssh/environment
  printf 'echo rc ran\n' >/home/ghtesta/.ssh/rc
  chown 29001:29001 /home/ghtesta/.ssh/environment /home/ghtesta/.ssh/rc
  run gateway "$root/key-alice" ghtesta env
  [[ $output != *EVIL* && $output != *"rc ran"* ]]
}

@test "the gateway's listener accepts connections of the gateway and of root only" {
  [ "$(gateway "$root/key-alice" ghtesta id -un)" = ghtesta ]
  chmod 644 "$root/key-alice.pub"
  install -m 400 -o 29001 -g 29001 "$root/key-alice" "$root/alices-key"
  run setpriv --reuid 29001 --regid 29001 --clear-groups ssh -n -F none -p "$OPEN_TERMINAL_SSH_PORT" \
    -i "$root/alices-key" -o BatchMode=yes \
    -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectTimeout=5 ghtesta@127.0.0.1 id
  [ "$status" -eq 255 ]
  [[ $output == *'kex_exchange_identification'* ]]
  [ "$(setpriv --reuid gateway --regid gateway --clear-groups bash -c "exec 4<>/dev/tcp/127.0.0.1/$OPEN_TERMINAL_SSH_PORT; head -c 4 <&4")" = SSH- ]
  logged 'sshd: gateway-listener: refused 1 connections of other programs, the last of uid 29001'
}

# hold UID PORT COUNT SECONDS: keeps idle connections of a user open, and makes those again that are closed.
hold() {
  setpriv --reuid "$1" --regid "$1" --clear-groups python3 -c '
import resource, socket, sys, time
port, count, until = int(sys.argv[1]), int(sys.argv[2]), time.monotonic() + int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_NOFILE, (count + 50, count + 50))
held = []
while time.monotonic() < until:
    while len(held) < count:
        held.append(socket.create_connection(("127.0.0.1", port)))
        held[-1].setblocking(False)
    time.sleep(0.05)
    alive = []
    for one in held:
        try:
            if one.recv(100): alive.append(one)
            else: one.close()
        except BlockingIOError: alive.append(one)
        except OSError: one.close()
    held = alive
' "$2" "$3" "$4" >/dev/null 2>&1 3>&- &
}

@test "ten times as many idle strangers as sshd takes, and those who fail to log in, do not keep the gateway out" {
  ulimit -n 4096
  hold 29002 "$GATEHOUSE_PEOPLE_PORT" 2000 12
  hold 29002 "$OPEN_TERMINAL_SSH_PORT" 1000 12
  local holders; holders=$(jobs -p)
  sleep 3
  for _ in $(seq 10); do [ "$(gateway "$root/key-alice" ghtesta id -un)" = ghtesta ]; done
  # People cannot log in meanwhile; only the gateway can.
  new_key wrong
  for _ in $(seq 40); do people "$root/key-wrong" ghtesta true 2>/dev/null & done
  for _ in $(seq 10); do [ "$(gateway "$root/key-alice" ghtesta id -un)" = ghtesta ]; done
  kill $holders 2>/dev/null || true
  wait
}

@test "a thousand failing logins of strangers do not keep the gateway out" {
  new_key wrong
  export -f login people
  export root GATEHOUSE_PEOPLE_PORT
  # The strangers' programs have low priority, because in reality they would run on other machines.
  seq 1000 | nice -n 19 xargs -P 30 -I{} bash -c 'people "$root/key-wrong" ghtesta true 2>/dev/null; echo $?' \
    >"$root/failed" 3>&- &
  local strangers=$!
  while kill -0 "$strangers" 2>/dev/null; do [ "$(gateway "$root/key-alice" ghtesta id -un)" = ghtesta ]; done
  wait "$strangers"
  [ "$(sort "$root/failed" | uniq -c | tr -s ' ')" = ' 1000 255' ]
  [ "$(grep -c 'Connection closed by authenticating user ghtesta' "$root/sshd.log")" -ge 1000 ]
}

@test "forty failed logins of a user do not lock out the gateway" {
  for _ in $(seq 40); do gateway "$root/key-bob" ghtesta true 2>/dev/null || true; done
  [ "$(gateway "$root/key-alice" ghtesta id -un)" = ghtesta ]
}

@test "each login has bounds that it cannot widen, by either listener" {
  mkdir -p "$root/a folder" && cp "$root/key-alice.pub" "$GATEHOUSE_ADMIN_KEYS"
  local through
  for through in gateway people; do
    run "$through" "$root/key-alice" ghtesta \
      'ulimit -Su; ulimit -Hu; ulimit -Hn; ulimit -Hc; umask; ulimit -Hu 5000 2>&1; ulimit -Hn 9000 2>&1'
    [ "${lines[0]}" = 512 ]
    [ "${lines[1]}" = 512 ]
    [ "${lines[2]}" = 4096 ]
    [ "${lines[3]}" = 0 ]
    [ "${lines[4]}" = 0077 ]
    [[ ${lines[5]} == *"cannot modify limit"* ]]
    [[ ${lines[6]} == *"cannot modify limit"* ]]
  done
}

@test "a fork bomb fills its own account only, and ends with it" {
  # Threads of one program would have the same effect. The processes that could be started sleep.
  gateway "$root/key-alice" ghtesta 'trap "" HUP; bomb() { bomb & bomb & sleep 60; }; bomb >/dev/null 2>&1 & sleep 2' \
    2>/dev/null &
  local attack=$! count
  for _ in $(seq 100); do
    count=$(ps -L -u ghtesta --no-headers | wc -l)
    ((count < 500)) || break
    sleep 0.1
  done
  ((count >= 500))
  ((count <= 513))
  [ "$(gateway "$root/key-bob" ghtestb 'echo in; ulimit -u')" = $'in\n512' ]
  for _ in $(seq 100); do
    pkill -KILL -u ghtesta || break
  done
  wait "$attack" || true
  [ "$(gateway "$root/key-alice" ghtesta 'echo again')" = again ]
}

@test "a process cannot open more files than allowed" {
  run gateway "$root/key-alice" ghtesta 'python3 -c "
import os
try:
    while True: os.dup(0)
except OSError as problem: print(problem.strerror)
"'
  [ "$output" = 'Too many open files' ]
}

@test "PAM, which runs as root, reads no file that a user wrote" {
  gateway "$root/key-alice" ghtesta 'printf "LD_PRELOAD DEFAULT=/tmp/x\nGOT DEFAULT=it\n" >~/.pam_environment'
  [ "$(gateway "$root/key-alice" ghtesta 'echo "[$GOT$LD_PRELOAD]"')" = '[]' ]
}

@test "each account has a folder for temporary files that nobody else can look into or list" {
  gateway "$root/key-alice" ghtesta 'mktemp; stat -c "%U %a" "$TMPDIR"; echo mine >"$TMPDIR/note"' >"$root/seen"
  grep -q "^$GATEHOUSE_TMP_DIR/ghtesta/tmp\." "$root/seen"
  grep -qx 'ghtesta 700' "$root/seen"
  run gateway "$root/key-bob" ghtestb \
    "cat '$GATEHOUSE_TMP_DIR/ghtesta/note'; ls '$GATEHOUSE_TMP_DIR'; mv '$GATEHOUSE_TMP_DIR/ghtesta' /tmp/"
  [[ ${lines[0]} == *"Permission denied" && ${lines[1]} == *"Permission denied" &&
    ${lines[2]} == *"Permission denied" ]]
}

@test "end with if-left ends processes only when nobody is logged in" {
  gateway "$root/key-alice" ghtesta 'setsid -f sleep 60 >/dev/null 2>&1 </dev/null'
  gateway "$root/key-alice" ghtesta 'sleep 60' &
  local login=$!
  until (($(pgrep -c -u 29001 -x sleep) == 2)); do sleep 0.05; done
  [ "$(end_processes 'ghtesta 29001 if-left')" = '1 75 somebody is logged in as ghtesta' ]
  kill "$login"
  pkill -n -u 29001 -x sleep
  until (($(processes 29001) == 1)); do sleep 0.05; done
  [ "$(end_processes 'ghtesta 29001 if-left')" = '1 0 ' ]
  [ "$(processes 29001)" -eq 0 ]
}

@test "the bounds of a group apply to its members from their next login on" {
  printf '@admin - nproc 77\nghtestb - nofile 66\n' >"$GATEHOUSE_ETC/limits.conf"
  "$config_dir/prepare"
  provision ghtesta 29001 admin
  [ "$(gateway "$root/key-alice" ghtesta 'ulimit -u')" = 77 ]
  [ "$(gateway "$root/key-bob" ghtestb 'ulimit -u; ulimit -n' | tr '\n' ' ')" = '512 66 ' ]
}

@test "a login that cannot be put into its cgroup or its folders is refused" {
  printf 'memory %s\n' "$root/none" >"$OPEN_TERMINAL_RUNTIME_DIR/cgroups"
  GATEHOUSE_HARDENED=' cgroup ' "$config_dir/prepare"
  run gateway "$root/key-alice" ghtesta id
  [ "$status" -eq 254 ]
  [ "${lines[-1]}" = 'this login is refused; it cannot be put into its control groups' ]
}

@test "a login has a lower priority than the gateway, unless the admin sets one, and cannot raise it" {
  printf 'ghtestb - priority 5\n' >"$GATEHOUSE_ETC/limits.conf"
  "$config_dir/prepare"
  [[ $(gateway "$root/key-alice" ghtesta 'nice; renice -n 18 -p $$ 2>&1') == 19*'Permission denied' ]]
  [ "$(gateway "$root/key-bob" ghtestb nice)" = 5 ]
}

@test "a login for which a required measure is missing is refused on both listeners, with the reason" {
  printf '* - require limits\nghtestb - require limits,loopback,no-new-privileges\n' >"$GATEHOUSE_ETC/limits.conf"
  "$config_dir/prepare"
  cp "$root/key-bob.pub" /home/ghtestb/.ssh/authorized_keys
  [ "$(gateway "$root/key-alice" ghtesta id -un)" = ghtesta ]
  for listener in gateway people; do
    run "$listener" "$root/key-bob" ghtestb id
    [ "$status" -eq 254 ]
    [ "$output" = 'this login is refused; required for ghtestb, and not in force: loopback, no-new-privileges' ]
  done
  run sftp -q -b /dev/null -F none -P "$GATEHOUSE_PEOPLE_PORT" -i "$root/key-bob" -o StrictHostKeyChecking=no \
    -o UserKnownHostsFile=/dev/null ghtestb@127.0.0.1
  [ "$status" -ne 0 ]
  # The gateway writes this file.
  printf 'homes\nloopback\nno-new-privileges\n' >"$OPEN_TERMINAL_RUNTIME_DIR/isolation/in-force"
  [ "$(people "$root/key-bob" ghtestb id -un)" = ghtestb ]
  "$config_dir/prepare"
  run people "$root/key-bob" ghtestb id
  [ "$status" -eq 254 ]
}

@test "measures that can differ between logins are tested in each login" {
  printf 'limits\nmemory\n' >"$root/in-force"
  printf 'ghtesta - require limits\nghtesta - core unlimited\nghtestb - require memory\n' >"$GATEHOUSE_ETC/limits.conf"
  "$config_dir/prepare"
  cp "$root/in-force" "$OPEN_TERMINAL_RUNTIME_DIR/isolation/in-force"
  run gateway "$root/key-alice" ghtesta id
  [ "$status" -eq 254 ]
  [[ $output == *'not in force: limits' ]]
  run gateway "$root/key-bob" ghtestb id
  [ "$status" -eq 254 ]
  [[ $output == *'not in force: memory' ]]
}
