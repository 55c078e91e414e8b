#!/usr/bin/env bats
# Accounts that are disabled and removed: no door is left, nothing of anybody else is touched, and nothing is done as root where a user decides.

load support

setup() {
  prepare_gatehouse
  provision ghtesta 29001
  standing=$OPEN_TERMINAL_STATE_DIR/accounts/ghtesta
  archives=$OPEN_TERMINAL_STATE_DIR/archives
}
teardown() { remove_gatehouse; }

# as_account COMMAND: runs on as ghtesta, with nobody above it but the first process.
as_account() { setpriv --reuid 29001 --regid 29001 --clear-groups setsid -f sh -c "$1" </dev/null >/dev/null 2>&1 3>&-; }
as_user() { setpriv --reuid 29001 --regid 29001 --clear-groups "$@"; }

# recorded NAME UID ID: a record as the gateway writes it.
recorded() {
  local folder=$OPEN_TERMINAL_STATE_DIR/registry/users file
  file=$folder/$(printf '%s' "$3" | sha256sum | cut -d ' ' -f 1)
  install -d -m 0700 -o gateway -g gateway "$folder"
  printf '{"id":"%s","name":"%s","uid":%s}' "${3//\"/\\\"}" "$1" "$2" >"$file"
  chown gateway:gateway "$file"
}
users() { "$OPEN_TERMINAL_RUNTIME_DIR/gatehouse" users "$@"; }

# The account's own key, for people's port.
own_key() {
  new_key own
  as_user sh -c 'cat >>/home/ghtesta/.ssh/authorized_keys && chmod 600 /home/ghtesta/.ssh/authorized_keys' <"$root/key-own.pub"
}
gateway() { login "$OPEN_TERMINAL_SSH_PORT" "$root/key-alice" ghtesta "$@"; }
people() { login "$GATEHOUSE_PEOPLE_PORT" "$root/key-own" ghtesta "$@"; }

@test "a disabled account logs in by no door, and again once it is enabled" {
  own_key
  start_doors
  [ "$(gateway echo in)" = in ] && [ "$(people echo in)" = in ]
  as_account 'trap "" TERM HUP; sleep 60 & exec sleep 60'
  people 'sleep 60' &
  until (($(processes 29001) >= 3)); do sleep 0.05; done
  request 'disable ghtesta 29001'
  [ "$(processes 29001)" -eq 0 ]
  grep -qE '^disabled 29001 open-webui [0-9]+$' "$standing"
  [ "$(stat -c '%a %U %G' "$standing")" = '640 root gateway' ]
  run gateway echo in
  [ "$status" -ne 0 ] && [[ $output != in ]]
  run people echo in
  [ "$status" -ne 0 ] && [[ $output != *in* ]]
  # What the gateway kept, put back by whatever mistake, opens nothing either.
  printf 'from="127.0.0.1" %s\n' "$(cat "$root/key-alice.pub")" >"$GATEHOUSE_ETC/authorized_keys/ghtesta"
  run gateway echo in
  [ "$status" -ne 0 ] && [[ $output != in ]]
  run provision ghtesta 29001
  [ "$status" -eq 77 ] && [ "$output" = 'the account ghtesta is disabled' ]
  # Files stay, and so do the user's keys.
  grep -qF "$(cut -d ' ' -f 2 "$root/key-own.pub")" /home/ghtesta/.ssh/authorized_keys
  request 'enable ghtesta 29001'
  [ ! -e "$standing" ]
  [ "$(people echo in)" = in ]
  provision ghtesta 29001
  [ "$(gateway echo in)" = in ]
}

@test "an admin's key opens no disabled account" {
  new_key admin
  start_doors
  cp "$root/key-admin.pub" "$GATEHOUSE_ADMIN_KEYS"
  [ "$(login "$GATEHOUSE_PEOPLE_PORT" "$root/key-admin" ghtesta echo in)" = in ]
  as_admin disable ghtesta 29001
  run login "$GATEHOUSE_PEOPLE_PORT" "$root/key-admin" ghtesta echo in
  [ "$status" -ne 0 ] && [[ $output != *in* ]]
}

@test "a login that sshd has not handed over yet ends with the account" {
  own_key
  printf '#!/bin/sh\ntouch "%s/waiting"; sleep 4\n' "$root" >"$root/slow"
  chmod 755 "$root/slow"
  echo "session required pam_exec.so $root/slow" >>"/etc/pam.d/$GATEHOUSE_PAM_SERVICE"
  start_doors
  people "touch /home/ghtesta/too-late; sleep 20" &
  until [ -e "$root/waiting" ]; do sleep 0.05; done
  request 'disable ghtesta 29001'
  wait "$!" || true
  # Longer than the rest of the login would have taken.
  sleep 5
  [ ! -e /home/ghtesta/too-late ]
  [ "$(processes 29001)" -eq 0 ]
}

@test "a user's title of a process is no login of another" {
  key_pair alice | request "provision ghtestb 29002 user"
  as_account 'exec -a "sshd: ghtestb [priv]" sleep 60' || true
  as_account "exec perl -e '\$0 = \"sshd: ghtestb [priv]\"; sleep 60'"
  until ps -o args= -u 29001 | grep -q '^sshd: ghtestb \[priv\]'; do sleep 0.05; done
  request 'disable ghtestb 29002'
  [ "$(processes 29001)" -ge 1 ]
}

@test "what goes on forking is ended when the account is disabled, and cannot come back" {
  as_account 'exec bash -c "ulimit -u 200; f() { f & f; }; f"'
  until (($(processes 29001) >= 100)); do sleep 0.05; done
  as_admin disable ghtesta 29001
  [ "$(processes 29001)" -eq 0 ]
}

@test "what an admin has said, the gateway cannot take back" {
  as_admin disable ghtesta 29001
  run request 'enable ghtesta 29001'
  [ "$status" -eq 65 ] && [ "$output" = 'the account ghtesta is disabled by an admin, who alone can enable it' ]
  request 'disable ghtesta 29001'
  grep -q ' admin ' "$standing"
  for words in 'remove ghtesta 29001 delete' 'remove ghtesta 29001' 'disable ghtesta' 'disable ghtesta 29001 admin' 'enable' 'apply ghtesta'; do
    run request "$words"
    [ "$status" -eq 64 ] || { echo "$words: $status"; return 1; }
  done
  [ -d /home/ghtesta ]
  # And the other way round, an admin can both.
  as_admin enable ghtesta 29001
  request 'disable ghtesta 29001'
  as_admin disable ghtesta 29001
  grep -q ' admin ' "$standing"
  as_admin enable ghtesta 29001
  [ ! -e "$standing" ]
}

@test "refuses accounts that are not a user's" {
  useradd -u 29005 -M ghtestf
  for words in 'disable root 0' 'disable gateway 998' 'disable ghtestf 29005' 'disable ghtesta 29002' 'disable ../x 29001' 'remove ghtestf 29005 delete' \
    'remove ghtesta 29001 burn' 'enable ghtestf 29005'; do
    run as_admin "$words"
    [[ $status == 6[45] ]] || { echo "$words: $status"; return 1; }
  done
  [ -z "$(ls -A "$OPEN_TERMINAL_STATE_DIR/accounts")" ]
  ! grep -qE '^ghtestf:([^:]*:){6}1:' /etc/shadow
}

@test "a file that nobody can read disables all the same" {
  echo 'nonsense' >"$standing"
  run provision ghtesta 29001
  [ "$status" -eq 77 ]
  run request 'enable ghtesta 29001'
  [ "$status" -eq 65 ]
  as_admin enable ghtesta 29001
  provision ghtesta 29001
}

@test "restored accounts are as they were said to be, in a new container and on a machine that keeps them" {
  own_key
  key_pair alice | request "provision ghtestb 29002 user"
  key_pair alice | request "provision ghtestc 29003 user"
  request 'disable ghtesta 29001'
  as_admin remove ghtestb 29002 keep
  # On this machine: said while it did not run.
  printf 'disabled 29003 admin 1\n' >"$OPEN_TERMINAL_STATE_DIR/accounts/ghtestc"
  local batch=$'ghtesta 29001\nghtestb 29002\nghtestc 29003\nghtestd 29004'
  request restore <<<"$batch"
  start_doors
  grep -qE '^ghtestc:([^:]*:){6}1:' /etc/shadow
  [ ! -e "$GATEHOUSE_ETC/authorized_keys/ghtestc" ]
  # In a new container.
  for name in ghtesta ghtestc ghtestd; do userdel "$name"; done
  request restore <<<"$batch"
  run people echo in
  [ "$status" -ne 0 ] && [[ $output != *in* ]]
  grep -qE '^ghtestc:([^:]*:){6}1:' /etc/shadow
  ! grep -qE '^ghtestd:([^:]*:){6}1:' /etc/shadow
  run getent passwd ghtestb
  [ "$status" -ne 0 ]
  # Enabled while this machine did not run.
  rm "$standing"
  request restore <<<"$batch"
  [ "$(people echo in)" = in ]
}

@test "what was said in another container is done here too" {
  own_key
  start_doors
  people 'sleep 60' &
  until (($(processes 29001) >= 1)); do sleep 0.05; done
  printf 'disabled 29001 admin 1\n' >"$standing"
  request 'apply ghtesta 29001'
  [ "$(processes 29001)" -eq 0 ]
  run people echo in
  [ "$status" -ne 0 ]
  [ "$(cat "$standing")" = 'disabled 29001 admin 1' ]
  rm "$standing"
  request 'apply ghtesta 29001'
  [ "$(people echo in)" = in ]
  printf 'removed 29001 admin 1\n' >"$standing"
  request 'apply ghtesta 29001'
  run getent passwd ghtesta
  [ "$status" -ne 0 ]
  [ -d /home/ghtesta ]
}

@test "removes an account and keeps its home, which it gets again" {
  as_user sh -c 'echo mine >/home/ghtesta/file'
  as_account 'exec sleep 60'
  as_admin remove ghtesta 29001 keep
  run getent passwd ghtesta
  [ "$status" -ne 0 ]
  run getent group ghtesta
  [ "$status" -ne 0 ]
  [ -z "$(pgrep -u 29001)" ]
  [ "$(stat -c %u /home/ghtesta/file)" = 29001 ]
  [ ! -e "$GATEHOUSE_TMP_DIR/ghtesta" ]
  run provision ghtesta 29001
  [ "$status" -eq 77 ] && [ "$output" = 'the account ghtesta is removed' ]
  as_admin enable ghtesta 29001
  provision ghtesta 29001
  [ "$(id -u ghtesta)" = 29001 ] && [ "$(cat /home/ghtesta/file)" = mine ]
}

@test "archives a home as its user: links, pipes, holes and closed folders in it are what they are" {
  echo secret >"$root/secret"
  chmod 600 "$root/secret"
  as_user bash -c '
    cd /home/ghtesta && mkdir -p .ssh closed/inner many && echo mine >file && ln file hard && mkfifo pipe
    ln -s "$0" link && ln -s /etc/shadow shadow && ln -s /root folder && rm -rf .ssh/* && rmdir .ssh && ln -s /etc .ssh
    truncate -s 1T hole && echo kept >closed/inner/kept && chmod 000 closed/inner/kept closed/inner closed
    touch many/$'"'"'a\nb'"'"' many/-rf many/--checkpoint-action=exec=id; perl -MSocket -e "socket(S,AF_UNIX,SOCK_STREAM,0); bind S, sockaddr_un(q(many/socket)) or die"
    ' "$root/secret"
  run as_admin remove ghtesta 29001 archive
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
  [[ $output == "the home is archived in $archives/ghtesta-29001-"*.tar.* ]]
  local archive=${output#the home is archived in }
  [ "$(stat -c '%a %U' "$archive")" = '600 root' ]
  [ "$(stat -c '%a %U' "$archives")" = '700 root' ]
  [ "$(stat -c %s "$archive")" -lt 1000000 ]
  [ ! -e /home/ghtesta ]
  mkdir "$root/out"
  tar -C "$root/out" -xf "$archive" ./file ./hard ./pipe ./link ./shadow ./folder ./.ssh ./closed ./many
  [ "$(cat "$root/out/file")" = mine ] && [ -p "$root/out/pipe" ]
  [ "$(stat -c %i "$root/out/file")" = "$(stat -c %i "$root/out/hard")" ]
  [ -L "$root/out/shadow" ] && [ -L "$root/out/folder" ] && [ -L "$root/out/.ssh" ] && [ -L "$root/out/link" ]
  [ "$(cat "$root/out/closed/inner/kept")" = kept ]
  [ -f "$root/out/many/-rf" ]
  [ "$(cat "$root/secret")" = secret ] && [ -s /etc/shadow ] && [ -d /etc/ssh ]
}

@test "deletes a home as its user: what is another's stays, and a link is not followed" {
  key_pair alice | request "provision ghtestb 29002 user"
  echo theirs >/home/ghtestb/file
  mkdir "$root/elsewhere"
  echo kept >"$root/elsewhere/file"
  chown -R 29001:29001 "$root/elsewhere"
  as_user bash -c 'cd /home/ghtesta && mkdir -p closed/inner && echo x >closed/inner/x && chmod 500 closed/inner closed; ln -s "$0" elsewhere; ln -s /home/ghtestb b' "$root/elsewhere"
  # As deep as a path cannot be.
  as_user perl -e 'chdir "/home/ghtesta/closed"; chmod 0700, "."; for (1..600) { mkdir "d" x 100 or die; chdir "d" x 100 or die }'
  # Another user's folder, full, in a folder that was open to that user.
  chmod 755 /home/ghtesta
  mkdir -p /home/ghtesta/open/theirs
  echo theirs >/home/ghtesta/open/theirs/file
  chown -R 29002:29002 /home/ghtesta/open/theirs
  as_user chmod 0 /home/ghtesta
  run as_admin remove ghtesta 29001 delete
  [ "$status" -eq 0 ]
  [[ $output == "/home/ghtesta is not empty: "* ]] || { echo "$output"; return 1; }
  [ "$(find /home/ghtesta -type f)" = /home/ghtesta/open/theirs/file ]
  [ "$(cat "$root/elsewhere/file")" = kept ] && [ "$(cat /home/ghtestb/file)" = theirs ]
  run getent passwd ghtesta
  [ "$status" -ne 0 ]
  getent passwd ghtestb
}

@test "a home that is a link or another's is neither archived nor deleted" {
  key_pair alice | request "provision ghtestb 29002 user"
  echo theirs >/home/ghtestb/file
  rm -rf /home/ghtesta
  ln -s /home/ghtestb /home/ghtesta
  for how in archive delete; do
    run as_admin remove ghtesta 29001 "$how"
    [ "$status" -eq 65 ] && [ "$output" = '/home/ghtesta is a link; a home is a folder of its user' ]
  done
  rm /home/ghtesta
  cp -a /home/ghtestb /home/ghtesta
  run as_admin remove ghtesta 29001 delete
  [ "$status" -eq 65 ]
  [ -f /home/ghtesta/file ] && [ -f /home/ghtestb/file ]
  # The account is as it was: what is refused changes nothing.
  [ ! -e "$standing" ]
  as_admin remove ghtesta 29001 keep
  [ -f /home/ghtesta/file ]
}

@test "takes away what the account left in shared folders, and nothing of others there" {
  key_pair alice | request "provision ghtestb 29002 user"
  local mark=ghtest-$$
  as_user bash -c 'mkdir /tmp/$0-a && echo x >/tmp/$0-a/file && chmod 0 /tmp/$0-a; echo x >"/var/tmp/$0-a
b"; echo x >/dev/shm/$0-a; echo x >"$1/ghtesta/file"; chmod 0 "$1/ghtesta"; ln -s /home/ghtestb /tmp/$0-link' "$mark" "$GATEHOUSE_TMP_DIR"
  echo x >"/tmp/$mark-b"
  chown 29002 "/tmp/$mark-b"
  chmod 755 /tmp 2>/dev/null || true
  chmod 1777 /tmp
  as_admin remove ghtesta 29001 keep
  [ -z "$(find /tmp /var/tmp /dev/shm "$GATEHOUSE_TMP_DIR" -maxdepth 1 -uid 29001)" ]
  [ -e "/tmp/$mark-b" ] && [ -d /home/ghtestb/.ssh ]
  rm -f "/tmp/$mark-b"
}

@test "an archive that does not fit leaves everything, and the account disabled" {
  as_user sh -c 'echo mine >/home/ghtesta/file'
  # shellcheck disable=SC2016
  sed -i 's|^  my $free = free_kilobytes($where).*|  my $free = 1;|' "$OPEN_TERMINAL_RUNTIME_DIR/homes.pl"
  run as_admin remove ghtesta 29001 archive
  [ "$status" -eq 73 ]
  [[ $output == "the home of ghtesta has "*" KB, and 1 KB are free in $archives; nothing was removed" ]]
  # And one that seemed to fit.
  # shellcheck disable=SC2016
  sed -i 's|^    if $used > $free;|    if 0;|' "$OPEN_TERMINAL_RUNTIME_DIR/homes.pl"
  run as_admin remove ghtesta 29001 archive
  [ "$status" -eq 70 ] || { echo "$status $output"; return 1; }
  [[ $output == "the home of ghtesta could not be archived: "* ]]
  [ "$(cat /home/ghtesta/file)" = mine ]
  [ -z "$(ls -A "$archives")" ]
  grep -q '^disabled 29001 admin' "$standing"
  getent passwd ghtesta
  # A repetition goes on.
  "$config_dir/prepare"
  as_admin remove ghtesta 29001 archive
  [ ! -e /home/ghtesta ] && [ "$(ls "$archives" | wc -l)" -eq 1 ]
}

@test "a home with what cannot be read is not deleted for an archive without it" {
  key_pair alice | request "provision ghtestb 29002 user"
  echo theirs >/home/ghtesta/theirs
  chown 29002:29002 /home/ghtesta/theirs
  chmod 600 /home/ghtesta/theirs
  run as_admin remove ghtesta 29001 archive
  [ "$status" -eq 70 ]
  [[ $output == "the home of ghtesta could not be archived: "* ]]
  [ -f /home/ghtesta/theirs ] && [ -f /home/ghtesta/.bashrc ]
}

@test "what works on an account's files holds neither a lock nor a file of root's" {
  copy_helper
  sed -i 's|^      become_program(qw(tar |      system "ls -l /proc/self/fd >seen; id >>seen; grep Cap /proc/self/status >>seen";\n&|' "$root/bin/homes.pl"
  # Some container engines start root with capabilities that its programs inherit.
  # shellcheck disable=SC2016
  printf '%s\n' '#!/bin/sh' 'exec setpriv --inh-caps=+chown,+setuid --ambient-caps=+chown "${0%-inheriting}" "$@"' \
    >"$root/bin/root-helper-inheriting"
  chmod +x "$root/bin/root-helper-inheriting"
  program=$root/bin/root-helper-inheriting as_admin remove ghtesta 29001 archive </dev/null
  tar -xOf "$archives"/* ./seen >"$root/seen"
  grep -q '^uid=29001(ghtesta) gid=29001(ghtesta) groups=29001(ghtesta)$' "$root/seen"
  ! grep -qE "locks/|provision.lock|$root" "$root/seen"
  [ "$(grep -cE '^Cap(Inh|Prm|Eff|Amb):.0+$' "$root/seen")" -eq 4 ]
}

@test "a name of somebody else's in /dev/shm does not lead a removal into a home" {
  key_pair alice | request "provision ghtestb 29002 user"
  echo kept >/home/ghtesta/kept
  # What ghtestb makes there stands where pam_namespace has the folders of all accounts, in the tiers that have it.
  unshare -m bash -ec 'mount -t tmpfs -o mode=1777 none /dev/shm
    setpriv --reuid 29002 --regid 29002 --clear-groups ln -s /home /dev/shm/.gatehouse
    "$0" admin remove ghtesta 29001 keep' "$OPEN_TERMINAL_RUNTIME_DIR/root-helper"
  [ "$(cat /home/ghtesta/kept)" = kept ]
}

@test "a folder of somebody else's in /dev/shm does not lead a removal into a home" {
  key_pair alice | request "provision ghtestb 29002 user"
  echo kept >/home/ghtesta/kept
  unshare -m bash -ec 'mount -t tmpfs -o mode=1777 none /dev/shm
    setpriv --reuid 29002 --regid 29002 --clear-groups mkdir /dev/shm/.gatehouse
    mkdir /dev/shm/.gatehouse/ghtesta; mount --bind /home/ghtesta /dev/shm/.gatehouse/ghtesta
    "$0" admin remove ghtesta 29001 keep' "$OPEN_TERMINAL_RUNTIME_DIR/root-helper"
  [ "$(cat /home/ghtesta/kept)" = kept ]
}

@test "other accounts are provisioned while one is removed" {
  sed -i 's|^      become_program(qw(tar |      system "sleep 3";\n&|' "$OPEN_TERMINAL_RUNTIME_DIR/homes.pl"
  as_admin remove ghtesta 29001 archive 3>&- &
  until pgrep -u 29001 sleep; do sleep 0.05; done
  local start=$EPOCHREALTIME
  key_pair alice | request "provision ghtestb 29002 user"
  # And whoever asks for the same one is not kept waiting.
  run provision ghtesta 29001
  [ "$status" -eq 77 ]
  ((${EPOCHREALTIME/./} - ${start/./} < 2500000))
  wait
}

@test "tells netguard that a removed account is in no group" {
  key_pair alice | request "provision ghtesta 29001 admin"
  grep -q 'gatehouse-admin 29001' "$OPEN_TERMINAL_RUNTIME_DIR/members/members"
  as_admin remove ghtesta 29001 keep
  ! grep -q 29001 "$OPEN_TERMINAL_RUNTIME_DIR/members/members"
}

@test "the command lists, shows, disables, enables and removes, by name and by id" {
  recorded ghtesta 29001 '5f0b1c9e-alice'
  recorded ghtestb 29002 'bob","name":"root'
  recorded ghtestgatehouse-caller 29009 'who tries isolation'
  run users list
  [ "$status" -eq 0 ]
  [ "$(sed 's/  */ /g' <<<"$output")" = 'NAME UID STANDING BY SINCE USER
ghtesta 29001 enabled - - 5f0b1c9e-alice
ghtestb 29002 enabled - - bob","name":"root' ]
  [ "$(users disable 5f0b1c9e-alice)" = 'ghtesta is disabled' ]
  users list | grep -qE '^ghtesta +29001 +disabled +admin +20[0-9-]+T[0-9:]+Z +5f0b1c9e-alice$'
  users show ghtesta | grep -q '^standing   disabled by admin since 20'
  [ "$(users enable ghtesta)" = 'ghtesta is enabled' ]
  # Never used on this machine: all there is to remove is the record's standing.
  users disable ghtestb
  users enable ghtestb
  run users remove ghtesta
  [ "$status" -eq 64 ]
  run users remove ghtesta --delete
  [ "$status" -eq 0 ]
  [ "$output" = 'ghtesta is removed, and no other account gets its uid 29001' ]
  for words in 'disable' 'disable nobody-knows' 'disable @' 'disable ../x' 'show' 'list all' 'destroy ghtestb' '' 'remove ghtestb --burn' 'disable root' 'disable ghtestgatehouse-caller'; do
    # shellcheck disable=SC2086
    run users $words
    [[ $status == 6[45] ]] || { echo "$words: $status"; return 1; }
  done
  run setpriv --reuid 29002 --regid 29002 --clear-groups "$OPEN_TERMINAL_RUNTIME_DIR/gatehouse" users list
  [ "$status" -ne 0 ]
  [[ $output == 'gatehouse: only root may do this'* ]]
}

@test "the command survives what a gateway could write into its records" {
  recorded ghtesta 29001 alice
  local folder=$OPEN_TERMINAL_STATE_DIR/registry/users
  ln -s /etc/shadow "$folder/$(printf a%.0s {1..64})"
  mkdir "$folder/$(printf b%.0s {1..64})"
  printf '{"id":"x","name":"root","uid":0}' >"$folder/$(printf c%.0s {1..64})"
  printf '{"id":"$(touch /tmp/ghtest-owned)","name":"ghtestz","uid":29077}' >"$folder/$(printf d%.0s {1..64})"
  chown -hR gateway:gateway "$folder"
  run users list
  [ "$status" -eq 0 ]
  [[ $output != *root:* && $output != *$'\nroot '* ]]
  [ ! -e /tmp/ghtest-owned ]
  [[ $output == *'ghtesta '* ]]
}
