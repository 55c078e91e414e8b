#!/usr/bin/env bats
# Who gets in where, through a real sshd.

load support

setup() {
  prepare_gatehouse
  provision ghtesta 29001
  new_key bob
  key_pair bob | request "provision ghtestb 29002"
  start_sshd
}
teardown() { remove_gatehouse; }

gateway() { login "$OPEN_TERMINAL_SSH_PORT" "$@"; }
people() { login "$GATEHOUSE_PEOPLE_PORT" "$@"; }

@test "sshd accepts its configuration, each line of which has a reason" {
  /usr/sbin/sshd -t -f "$OPEN_TERMINAL_RUNTIME_DIR/sshd_config"
  # A directive stands below a comment or below another directive that the same comment explains.
  awk '/^#/ {reason = 1} /^$/ {reason = 0} /^[A-Z@]/ && !reason {print; bad = 1} END {exit bad}' "$config_dir/sshd_config"
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
  run gateway "$OPEN_TERMINAL_RUNTIME_DIR/provisioner_ed25519" root id
  [ "$status" -eq 64 ]
  [[ $output == *"this key may ask for"* ]]
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
  run setpriv --reuid 29001 --regid 29001 --clear-groups sh -c "echo x >>$GATEHOUSE_ETC/authorized_keys/root || echo x >>$OPEN_TERMINAL_RUNTIME_DIR/provision || echo x >$OPEN_TERMINAL_RUNTIME_DIR/command || rm -f $GATEHOUSE_ETC/authorized_keys/ghtestb"
  [ "$status" -ne 0 ]
  run setpriv --reuid 29001 --regid 29001 --clear-groups cat "$OPEN_TERMINAL_RUNTIME_DIR/provisioner_ed25519"
  [ "$status" -ne 0 ]
}

@test "people's listener does not take the gateway's keys" {
  run people "$root/key-alice" ghtesta id
  [ "$status" -eq 255 ]
}

@test "a command on a terminal gets its variables and the prelude, and reports its directory" {
  run ssh -tt -n -F none -p "$OPEN_TERMINAL_SSH_PORT" -i "$root/key-alice" -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=no \
    -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o SetEnv='GATEHOUSE_ENV_X="a b"' ghtesta@127.0.0.1 \
    ". '$OPEN_TERMINAL_RUNTIME_DIR/command' '/'; echo \"\$X \$PWD \$LANG\"; env | grep GATEHOUSE; (sleep 1; echo late) & exit 7" 3>&-
  [ "$status" -eq 7 ]
  [[ ${lines[0]} == $'\036'* ]]
  [ "${lines[1]%$'\r'}" = "a b / C.UTF-8" ]
  [ "${lines[2]%$'\r'}" = late ]
}

@test "forwards nothing" {
  run gateway "$root/key-alice" -W "127.0.0.1:$OPEN_TERMINAL_SSH_PORT" ghtesta
  [ "$status" -ne 0 ]
  run ssh -F none -p "$OPEN_TERMINAL_SSH_PORT" -i "$root/key-alice" -o IdentitiesOnly=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
    -o ExitOnForwardFailure=yes -R 0:127.0.0.1:1 ghtesta@127.0.0.1 true
  [ "$status" -ne 0 ]
}

@test "reads no environment or startup file of sshd's from the home" {
  printf 'LD_PRELOAD=/tmp/x.so\nEVIL=1\n' >/home/ghtesta/.ssh/environment
  printf 'echo rc ran\n' >/home/ghtesta/.ssh/rc
  chown 29001:29001 /home/ghtesta/.ssh/environment /home/ghtesta/.ssh/rc
  run gateway "$root/key-alice" ghtesta env
  [[ $output != *EVIL* && $output != *"rc ran"* ]]
}

@test "forty failed logins of a user do not lock out the gateway" {
  for _ in $(seq 40); do gateway "$root/key-bob" ghtesta true 2>/dev/null || true; done
  [ "$(gateway "$root/key-alice" ghtesta id -un)" = ghtesta ]
}
