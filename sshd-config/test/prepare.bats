#!/usr/bin/env bats
# Tests prepare: what it makes before sshd and the gateway start, and in which folders it refuses to work.

load support

setup() { prepare_gatehouse; }
teardown() { remove_gatehouse; }

prepare() { "$config_dir/prepare"; }

effective() { /usr/sbin/sshd -T -f "$OPEN_TERMINAL_RUNTIME_DIR/sshd_config" -C \
  "user=x,host=x,addr=127.0.0.1,lport=$OPEN_TERMINAL_SSH_PORT"; }

# forwarding USER: prints the rules of sshd for forwarding when the user logs in at the port for people.
forwarding() { /usr/sbin/sshd -T -f "$OPEN_TERMINAL_RUNTIME_DIR/sshd_config" -C \
  "user=$1,host=x,addr=127.0.0.1,lport=$GATEHOUSE_PEOPLE_PORT" | grep -E '^(disableforwarding|allowtcpforwarding)' | sort; }

# refuses REASON: fails unless prepare refuses to work with this reason.
refuses() {
  run prepare
  [ "$status" -eq 1 ] && [[ $output == *"$1"* ]] || { echo "$status: $output"; return 1; }
}

@test "prints nothing, may be repeated, and keeps the host key" {
  local before
  before=$(ssh-keygen -lf "$OPEN_TERMINAL_RUNTIME_DIR/ssh_host_ed25519_key.pub")
  run prepare
  [ "$status" -eq 0 ]
  [ -z "$output" ]
  [ "$(ssh-keygen -lf "$OPEN_TERMINAL_RUNTIME_DIR/ssh_host_ed25519_key.pub")" = "$before" ]
}

@test "makes the provisioning key anew, for the gateway alone" {
  local before
  before=$(cat "$GATEHOUSE_ETC/authorized_keys/root")
  prepare
  [ "$(cat "$GATEHOUSE_ETC/authorized_keys/root")" != "$before" ]
  [ "$(stat -c '%a %U' "$OPEN_TERMINAL_RUNTIME_DIR/provisioner_ed25519")" = "400 gateway" ]
  grep -qx 'restrict,from="127.0.0.1,::1",command="[^"]*" ssh-ed25519 .*' "$GATEHOUSE_ETC/authorized_keys/root"
}

@test "gives each folder its owner and mode" {
  local folder
  for folder in "$GATEHOUSE_ETC" "$GATEHOUSE_ETC/authorized_keys" "$OPEN_TERMINAL_RUNTIME_DIR" \
    "$OPEN_TERMINAL_STATE_DIR"; do
    [ "$(stat -c '%a %U' "$folder")" = "755 root" ] || { echo "$folder"; return 1; }
  done
  [ "$(stat -c '%a %U' "$OPEN_TERMINAL_STATE_DIR/host_keys")" = "700 root" ]
  [ "$(stat -c '%a %U' "$OPEN_TERMINAL_STATE_DIR/registry" "$OPEN_TERMINAL_STATE_DIR/logs" | sort -u)" = "700 gateway" ]
  [ "$(stat -c '%a %U' "$OPEN_TERMINAL_RUNTIME_DIR/mcp")" = "711 gateway" ]
}

@test "makes a command that is MCP's in a login, and the admin's else" {
  local command=$OPEN_TERMINAL_RUNTIME_DIR/gatehouse
  run "$command" mcp
  [[ $status == 69 && $output == "gatehouse mcp: Gatehouse is not running."* ]] || { echo "$output"; return 1; }
  run "$command" mcp --as bob
  [[ $status == 64 && $output == "gatehouse mcp: It has no options."* ]] || { echo "$output"; return 1; }
  run "$command" users list
  [[ $status == 0 && $output == NAME* ]] || { echo "$output"; return 1; }
}

@test "mends a host key that a power cut left half made" {
  rm "$OPEN_TERMINAL_STATE_DIR/host_keys/"*
  echo half >"$OPEN_TERMINAL_STATE_DIR/host_keys/ssh_host_ed25519_key.new"
  prepare
  ssh-keygen -lf "$OPEN_TERMINAL_RUNTIME_DIR/ssh_host_ed25519_key.pub"
}

@test "works with a host key whose public half is gone" {
  rm -f "$OPEN_TERMINAL_STATE_DIR/host_keys/"*.pub
  prepare
}

@test "refuses a folder that is a link, another's, or open to others" {
  local state=$OPEN_TERMINAL_STATE_DIR
  mkdir "$root/elsewhere"
  ln -s "$root/elsewhere" "$root/link"
  OPEN_TERMINAL_STATE_DIR=$root/link refuses "must not be a link"
  OPEN_TERMINAL_STATE_DIR=$root/link/below refuses "must not be a link"
  [ -z "$(ls -A "$root/elsewhere")" ]
  chown 29001 "$root/elsewhere"
  OPEN_TERMINAL_STATE_DIR=$root/elsewhere refuses "must belong to root"
  chown root "$root/elsewhere"
  chmod 0775 "$root/elsewhere"
  OPEN_TERMINAL_STATE_DIR=$root/elsewhere/below refuses "can be written by others than root"
  OPEN_TERMINAL_STATE_DIR=$root/../../tmp refuses "absolute path"
  touch "$root/file"
  OPEN_TERMINAL_STATE_DIR=$root/file refuses "must be a folder"
  rm -rf "$state/registry" && ln -s "$root/elsewhere" "$state/registry"
  refuses "must not be a link"
}

@test "never gives a folder of root or of a user, with its files, to the gateway" {
  mkdir -m 0700 "$root/private" "$root/private/logs" "$root/users"
  echo secret >"$root/private/logs/file"
  OPEN_TERMINAL_LOG_DIR=$root/private/logs refuses "must be a folder of the gateway's, or an empty folder"
  [ "$(stat -c %U "$root/private/logs/file" "$root/private/logs" | sort -u)" = root ]
  chown 29001 "$root/users"
  OPEN_TERMINAL_LOG_DIR=$root/users refuses "must be a folder of the gateway's, or an empty folder"
  [ "$(stat -c %u "$root/users")" = 29001 ]
}

@test "leaves the mode of the folders above as it is" {
  mkdir -m 0700 "$root/private"
  OPEN_TERMINAL_LOG_DIR=$root/private/logs prepare
  [ "$(stat -c %a "$root/private")" = 700 ]
}

@test "takes over the folders of a gateway that had another uid" {
  echo line >"$OPEN_TERMINAL_STATE_DIR/registry/entry"
  chown -R 987:987 "$OPEN_TERMINAL_STATE_DIR/registry"
  prepare
  [ "$(stat -c %U "$OPEN_TERMINAL_STATE_DIR/registry/entry" "$OPEN_TERMINAL_STATE_DIR/registry" | sort -u)" = gateway ]
}

@test "refuses settings that would mix up the gateway and people, or sshd's configuration" {
  GATEHOUSE_PEOPLE_PORT=$OPEN_TERMINAL_SSH_PORT refuses "must be different ports"
  GATEHOUSE_PEOPLE_PORT=$'22\nPermitRootLogin yes' refuses "must be numbers"
  GATEHOUSE_PEOPLE_ADDRESS=$'0.0.0.0\nPermitRootLogin yes' refuses "must be an IP address"
}

@test "lets people's clients connect to loopback only if the admin says so" {
  run grep -c 'Match LocalPort' "$OPEN_TERMINAL_RUNTIME_DIR/sshd_config"
  [ "$output" = 2 ]
  GATEHOUSE_PEOPLE_FORWARDING=maybe refuses "GATEHOUSE_PEOPLE_FORWARDING must be true or false"
  local word
  for word in false FALSE off ''; do
    GATEHOUSE_PEOPLE_FORWARDING=$word prepare
    forwarding x | grep -qx 'disableforwarding yes'
  done
  for word in true YES; do
    GATEHOUSE_PEOPLE_FORWARDING=$word prepare
    [ "$(forwarding x)" = $'allowtcpforwarding local\ndisableforwarding no' ]
    forwarding root | grep -qx 'disableforwarding yes'
  done
}

@test "listens for people only if there is an address for it" {
  # Without this line, the launchers start no sshd for people.
  GATEHOUSE_PEOPLE_ADDRESS='' prepare
  run grep -i '^ListenAddress' "$OPEN_TERMINAL_RUNTIME_DIR/sshd_config"
  [ "$status" -ne 0 ]
  GATEHOUSE_PEOPLE_ADDRESS=::1 prepare
  effective | grep -qxF "listenaddress [::1]:$GATEHOUSE_PEOPLE_PORT"
}

@test "uses options that only newer versions of sshd know, if this sshd knows them" {
  # An option that is misspelt would be left out, as if sshd were old. On OpenSSH 9.8 and newer, this test notices it.
  if /usr/sbin/sshd -T -o PerSourcePenalties=yes -f /dev/null -h \
      "$OPEN_TERMINAL_STATE_DIR/host_keys/ssh_host_ed25519_key" >/dev/null 2>&1; then
    effective | grep -qix 'persourcepenaltyexemptlist 127.0.0.0/8,::1'
  else
    run grep -i PerSource "$OPEN_TERMINAL_RUNTIME_DIR/sshd_config"
    [ "$status" -ne 0 ]
  fi
}

@test "takes bounds of some accounts and groups from a file" {
  cat >"$GATEHOUSE_ETC/limits.conf" <<'LIMITS'
# Whom type item value
@admin - nproc 100   # fewer
@admin - memory 3G
bob    soft nofile 50
bob    - cpuweight 50
*      - idle 3600
bob    - idle unlimited
@admin - disk 3M
@admin - require memory,no-new-privileges
LIMITS
  "$config_dir/prepare"
  grep -qx '@gatehouse-admin - nproc 100' "$OPEN_TERMINAL_RUNTIME_DIR/limits.conf"
  grep -qx 'bob soft nofile 50' "$OPEN_TERMINAL_RUNTIME_DIR/limits.conf"
  ! grep -E 'memory|cpuweight|idle|disk|require' "$OPEN_TERMINAL_RUNTIME_DIR/limits.conf"
  diff - "$OPEN_TERMINAL_RUNTIME_DIR/bounds" <<'BOUNDS'
* nproc 544
* memory 2147483648
* cpuweight 100
* idle unlimited
@gatehouse-admin nproc 132
@gatehouse-admin memory 3221225472
bob cpuweight 50
* idle 3600
bob idle unlimited
@gatehouse-admin require memory,no-new-privileges
gatehouse-caller require none
gatehouse-target require none
BOUNDS
  diff - "$OPEN_TERMINAL_RUNTIME_DIR/disk" <<'DISK'
@gatehouse unlimited
@gatehouse-admin 3145728
DISK
  GATEHOUSE_LIMIT_DISK=1500 OPEN_TERMINAL_REQUIRE_ISOLATION=homes,disk "$config_dir/prepare"
  diff - "$OPEN_TERMINAL_RUNTIME_DIR/disk" <<'DISK'
! required
@gatehouse 1500
@gatehouse-admin 3145728
DISK
  rm "$GATEHOUSE_ETC/limits.conf"
  "$config_dir/prepare"
  [ ! -s "$OPEN_TERMINAL_RUNTIME_DIR/disk" ]
}

@test "lets accounts have fewer processes on a small machine" {
  unset GATEHOUSE_LIMIT_PROCESSES
  mkdir "$root/bin"
  for processors_and_most in '1 192' '2 256' '5 448' '6 512' '64 512'; do
    printf '#!/bin/sh\necho %s\n' "${processors_and_most% *}" >"$root/bin/nproc"
    chmod 755 "$root/bin/nproc"
    PATH=$root/bin:$PATH "$config_dir/prepare"
    grep -qx "@gatehouse - nproc ${processors_and_most#* }" "$OPEN_TERMINAL_RUNTIME_DIR/limits.conf"
  done
}

@test "says which line of the bounds is wrong, and why" {
  local line
  for line in '* - nproc' '* - nproc many' 'Bob - nproc 5' '* = nproc 5' '* - processes 5' '* soft memory 5' \
    '* - memory -1' '* - memory 5T' \
    '* - cpuweight 0' '* - cpuweight 10001' '* - idle -1' '* - idle 1h' \
    '* - disk 0' '* - disk -1' '* - disk 5T' '* - disk 1.5G' '* hard disk 5G' \
    '* - require' '* - require all' '* - require memory,' '* - require memory,none' '* hard require memory'; do
    printf '\n%s\n' "$line" >"$GATEHOUSE_ETC/limits.conf"
    run "$config_dir/prepare"
    [ "$status" -eq 1 ] || { echo "$line: $status"; return 1; }
    [[ $output == "prepare: $GATEHOUSE_ETC/limits.conf, line 2: "* ]] || { echo "$line: $output"; return 1; }
  done
}

@test "says which line of the groups is wrong" {
  local line
  for line in 'admin: bob' 'Heavy: bob' 'heavy bob' 'heavy: bob;id' ': bob'; do
    printf '\n%s\n' "$line" >"$GATEHOUSE_ETC/groups"
    run "$config_dir/prepare"
    [ "$status" -eq 1 ] && [[ $output == *"groups, line 2: "* ]] || { echo "$line: $status $output"; return 1; }
  done
}

@test "the weight of busy processors may have the kernel's range, in the setting and in the file" {
  printf '* - cpuweight 10000\n' >"$GATEHOUSE_ETC/limits.conf"
  GATEHOUSE_LIMIT_CPU_WEIGHT=10000 "$config_dir/prepare"
  [ "$(grep -c ' cpuweight 10000$' "$OPEN_TERMINAL_RUNTIME_DIR/bounds")" -eq 2 ]
}

@test "refuses impossible limits" {
  for setting in GATEHOUSE_LIMIT_MEMORY=2T GATEHOUSE_LIMIT_CPU_WEIGHT=0 GATEHOUSE_LIMIT_CPU_WEIGHT=10001 \
    GATEHOUSE_LIMIT_IDLE=1h GATEHOUSE_LIMIT_PROCESSES=1 GATEHOUSE_LIMIT_DISK=0 GATEHOUSE_LIMIT_DISK=1T; do
    run env "$setting" "$config_dir/prepare"
    [ "$status" -eq 1 ] && [[ $output == *"${setting%=*}"* ]] || { echo "$setting: $status $output"; return 1; }
  done
}

# given: prints the variables that sshd gives to a login of an account, one a line.
given() { effective | sed -n 's/^setenv //p'; }

# with VARIABLES...: runs prepare with these variables; of the tests' own environment, it gets only Gatehouse's
# variables.
with() {
  local -a gatehouse
  mapfile -t gatehouse < <(env | grep -E '^(GATEHOUSE|OPEN_TERMINAL)_')
  run env -i PATH="$PATH" "${gatehouse[@]}" "$@" "$config_dir/prepare"
}

@test "gives users the proxies, the time zone and the certificates of the container, in UTF-8" {
  with HTTP_PROXY=http://proxy:3128 no_proxy=localhost,.example TZ=Europe/Vienna SSL_CERT_FILE=/ca.pem LANG=de_AT \
    OTHER=x AWS_SECRET_ACCESS_KEY=y
  [ "$status" -eq 0 ] && [ -z "$output" ]
  [ "$(given | sort)" = \
    $'HTTP_PROXY=http://proxy:3128\nLANG=C.UTF-8\nSSL_CERT_FILE=/ca.pem\nTZ=Europe/Vienna\nno_proxy=localhost,.example' ]
}

@test "gives users what the admin names, and nothing else" {
  with GATEHOUSE_USER_ENVIRONMENT='LANG,LC_ALL  PIP_INDEX_URL' LANG=de_AT LC_ALL=C TZ=UTC \
    PIP_INDEX_URL=https://mirror/ OTHER=x
  [ "$status" -eq 0 ] && [ -z "$output" ]
  [ "$(given | sort)" = $'LANG=de_AT\nLC_ALL=C\nPIP_INDEX_URL=https://mirror/' ]
  with GATEHOUSE_USER_ENVIRONMENT='default OTHER' TZ=UTC OTHER=x
  [ "$(given | sort)" = $'LANG=C.UTF-8\nOTHER=x\nTZ=UTC' ]
  with GATEHOUSE_USER_ENVIRONMENT='' TZ=UTC
  [ "$(given)" = LANG=C.UTF-8 ]
  with GATEHOUSE_USER_ENVIRONMENT=MISSING
  [ "$output" = 'prepare: GATEHOUSE_USER_ENVIRONMENT names MISSING, which is not set' ]
}

@test "gives the variables of users their values exactly, and none of them to root" {
  local value
  for value in '' ' a  b ' "it's" '"quoted" and \"half' 'back\slash\\ \' '$HOME ${HOME} `id` $(id)' \
    '@{PAM_USER} @ETC@ %u %h' '# no comment' 'a=b SECOND=c' '" "SECOND=c' \
    '&|/\1' $'gr\xc3\xbcn' $'latin-1 \xfc' '* ? [a]' '@USER_ENVIRONMENT@' '~'; do
    with GATEHOUSE_USER_ENVIRONMENT=VALUE VALUE="$value"
    [ "$status" -eq 0 ] || { echo "$value: $output"; return 1; }
    [ "$(given | grep -av ^LANG)" = "VALUE=$value" ] || { echo "expected: $value"; given; return 1; }
  done
  run /usr/sbin/sshd -T -f "$OPEN_TERMINAL_RUNTIME_DIR/sshd_config" -C \
    "user=root,host=x,addr=127.0.0.1,lport=$OPEN_TERMINAL_SSH_PORT"
  [ "$(grep ^setenv <<<"$output")" = 'setenv SHLVL=1' ]
}

@test "refuses a value that cannot be given to a login, and only leaves it out if the admin did not name it" {
  with GATEHOUSE_USER_ENVIRONMENT=VALUE VALUE=$'a\nPermitRootLogin yes'
  [ "$status" -eq 1 ]
  [ "$output" = \
    'prepare: GATEHOUSE_USER_ENVIRONMENT: VALUE has a line break or another control character, and cannot be given to users' ]
  with GATEHOUSE_USER_ENVIRONMENT=VALUE VALUE="$(printf '%9000s' x)"
  [ "$status" -eq 1 ] && [[ $output == *'more than 8192 bytes'* ]]
  with TZ=$'a\nb'
  [ "$status" -eq 0 ]
  [ "$output" = 'prepare: TZ has a line break or another control character, and does not reach users' ]
  [ "$(given)" = LANG=C.UTF-8 ]
}

@test "refuses names that are not for users" {
  local name
  with GATEHOUSE_USER_ENVIRONMENT=PATH
  [ "$status" -eq 1 ] && [[ $output == *'PATH cannot be given to users: it '*/usr/local/bin* ]]
  for name in OPEN_TERMINAL_API_KEY GATEHOUSE_ETC LD_PRELOAD LD_LIBRARY_PATH HOME BASH_ENV ENV SHELLOPTS IFS SHLVL \
    TMPDIR SSH_AUTH_SOCK GLIBC_TUNABLES; do
    with GATEHOUSE_USER_ENVIRONMENT="TZ $name" "$name=x"
    [ "$status" -eq 1 ] && [[ $output == *"GATEHOUSE_USER_ENVIRONMENT: $name cannot be given to users: it "* ]] ||
      { echo "$name: $output"; return 1; }
  done
  for name in A=b 'A-B' '*' 1A 'BASH_FUNC_x%%' '$(id)' '"'; do
    with GATEHOUSE_USER_ENVIRONMENT="$name"
    [ "$status" -eq 1 ] && [[ $output == *"$name is not the name of a variable"* ]] ||
      { echo "$name: $output"; return 1; }
  done
}

@test "gives users a proxy with a password only if the admin names it, and never logs the password" {
  local value
  for value in http://me:hunter2@proxy:3128 http://me@proxy me:hunter2@proxy:3128 http://me:hun/ter2@proxy; do
    with HTTPS_PROXY="$value"
    [ "$status" -eq 0 ]
    [ "$output" = \
      'prepare: HTTPS_PROXY may have a password in it (there is an @) and does not reach users; if they may know it, name HTTPS_PROXY in GATEHOUSE_USER_ENVIRONMENT' ]
    [ "$(given)" = LANG=C.UTF-8 ]
    with HTTPS_PROXY="$value" GATEHOUSE_USER_ENVIRONMENT='default HTTPS_PROXY'
    [ "$status" -eq 0 ]
    [ "$output" = \
      'prepare: HTTPS_PROXY may have a password in it (there is an @), and reaches users, because GATEHOUSE_USER_ENVIRONMENT names it' ]
    given | grep -qxF "HTTPS_PROXY=$value"
  done
}

@test "puts an admin's own environment of commands in place of the default, and refuses a wrong one" {
  grep -qF ' PAGER=cat ' "$OPEN_TERMINAL_RUNTIME_DIR/command"
  grep -qF " EDITOR=$OPEN_TERMINAL_RUNTIME_DIR/no-editor " "$OPEN_TERMINAL_RUNTIME_DIR/command"
  [ "$(stat -c '%a %U' "$OPEN_TERMINAL_RUNTIME_DIR/command")" = '644 root' ]
  echo 'PAGER=less -R' >"$GATEHOUSE_ETC/command-environment"
  prepare
  grep -qxF '  PAGER=less\ -R' "$OPEN_TERMINAL_RUNTIME_DIR/command"
  ! grep -q GIT_PAGER "$OPEN_TERMINAL_RUNTIME_DIR/command"
  printf 'A=b\nPATH=/opt\n' >"$root/mine"
  GATEHOUSE_COMMAND_ENVIRONMENT=$root/mine refuses "$root/mine, line 2: PATH is set by each login already"
  # Commands that already run keep their prelude.
  grep -qF 'PAGER=less' "$OPEN_TERMINAL_RUNTIME_DIR/command"
  GATEHOUSE_COMMAND_ENVIRONMENT=$root/none refuses "GATEHOUSE_COMMAND_ENVIRONMENT: there is no file $root/none"
}
