#!/usr/bin/env bats
# What root does for the gateway, and what it refuses.

load support

setup() { prepare_gatehouse; }
teardown() { remove_gatehouse; }

@test "makes the account, its home from skel and its key pair" {
  provision ghtesta 29001
  [ "$(getent passwd ghtesta)" = "ghtesta:x:29001:29001::/home/ghtesta:/bin/bash" ]
  id -nG ghtesta | grep -qw gatehouse
  [ "$(stat -c '%a %U %G' /home/ghtesta)" = "700 ghtesta ghtesta" ]
  [ "$(stat -c '%a %U' /home/ghtesta/.ssh)" = "700 ghtesta" ]
  [ "$(stat -c '%a %U' /home/ghtesta/.ssh/gateway_ed25519)" = "600 ghtesta" ]
  cmp /etc/skel/.bashrc /home/ghtesta/.bashrc
  ssh-keygen -y -f /home/ghtesta/.ssh/gateway_ed25519 | grep -qF "$(cut -d' ' -f2 "$root/key-alice.pub")"
  [ "$(stat -c '%a %U' "$GATEHOUSE_ETC/authorized_keys/ghtesta")" = "644 root" ]
  grep -q '^from="127.0.0.1,::1" ssh-ed25519 ' "$GATEHOUSE_ETC/authorized_keys/ghtesta"
}

@test "may be repeated" {
  provision ghtesta 29001
  echo mine >/home/ghtesta/.bashrc
  provision ghtesta 29001
  [ "$(cat /home/ghtesta/.bashrc)" = mine ]
}

@test "makes one account of twenty requests at once, and twenty of twenty" {
  for i in $(seq 20); do provision ghtesta 29001 3>&- & done
  wait
  for i in $(seq 20); do provision "ghtestb$i" "$((29100 + i))" 3>&- & done
  wait
  [ "$(getent passwd | grep -c '^ghtest')" -eq 21 ]
}

@test "refuses what is no request, no name, no uid" {
  for words in "" "id" "provision" "provision ghtesta" "provision ghtesta 29001 more" "provision ../etc 29001" "provision -rf 29001" \
    'provision gh;id 29001' 'provision $(id) 29001' "provision GHTEST 29001" "provision ghtesta 0" "provision ghtesta 999" \
    "provision ghtesta 60001" "provision ghtesta 029001" "provision ghtesta 29001x" "restore now" "provision ghtestaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 29001"; do
    run request "$words" < <(key_pair alice)
    [ "$status" -eq 64 ] || { echo "$words -> $status"; return 1; }
  done
  run getent passwd ghtesta
  [ "$status" -ne 0 ]
}

@test "refuses input that is not one key pair" {
  local public
  public=$(cat "$root/key-alice.pub")
  run request "provision ghtesta 29001" <<<"hello"
  [ "$status" -eq 64 ]
  run request "provision ghtesta 29001" < <(key_pair alice; echo "$public")
  [ "$status" -eq 64 ]
  run request "provision ghtesta 29001" < <(cat "$root/key-alice"; echo "command=\"id\" $public")
  [ "$status" -eq 64 ]
  run request "provision ghtesta 29001" < <(head -c 100000 /dev/zero | tr '\0' a)
  [ "$status" -eq 64 ]
  [ ! -e "$GATEHOUSE_ETC/authorized_keys/ghtesta" ]
}

@test "never takes over an account or uid that something else has" {
  run provision root 29001
  [ "$status" -eq 65 ]
  run provision daemon 29001
  [ "$status" -eq 65 ]
  useradd -u 29005 -M ghtestf
  run provision ghtestf 29005
  [ "$status" -eq 65 ]
  run provision ghtestg 29005
  [ "$status" -eq 65 ]
  provision ghtesta 29001
  run provision ghtesta 29002
  [ "$status" -eq 65 ]
  run provision ghtestb 29001
  [ "$status" -eq 65 ]
}

@test "refuses a home that is another's, a link or a file, and changes nothing there" {
  mkdir "$root/victim"
  ln -s "$root/victim" /home/ghtesta
  run provision ghtesta 29001
  [ "$status" -eq 65 ]
  [[ $output == *"is a link"* ]]
  [ -z "$(ls -A "$root/victim")" ]
  rm /home/ghtesta && touch /home/ghtesta
  run provision ghtesta 29001
  [ "$status" -eq 65 ]
  rm /home/ghtesta && mkdir /home/ghtesta
  run provision ghtesta 29001
  [ "$status" -eq 65 ]
  [ "$(stat -c %U /home/ghtesta)" = root ]
  run getent passwd ghtesta
  [ "$status" -ne 0 ]
}

@test "adopts a home that belongs to the uid, as the user" {
  mkdir -m 2770 /home/ghtesta
  chown 29001:29001 /home/ghtesta
  echo kept >/home/ghtesta/file
  provision ghtesta 29001
  [ "$(stat -c '%a %U' /home/ghtesta)" = "700 ghtesta" ]
  [ "$(cat /home/ghtesta/file)" = kept ]
  [ "$(stat -c %U /home/ghtesta/file)" = root ]
}

@test "mends what a user did to the key folder, and follows nothing out of it" {
  provision ghtesta 29001
  mkdir -m 755 "$root/victim"
  echo precious >"$root/victim/file"
  local before
  before=$(stat -c '%a %u %Y' "$root/victim" "$root/victim/file")
  local trick
  for trick in 'rm -rf .ssh' 'rm .ssh/*' ': >.ssh/gateway_ed25519' "rm -rf .ssh; ln -s $root/victim .ssh" "ln -sf $root/victim/file .ssh/gateway_ed25519" \
    "rm .ssh/gateway_ed25519; ln -s $root/victim .ssh/gateway_ed25519" 'rm .ssh/gateway_ed25519; mkfifo .ssh/gateway_ed25519' \
    'rm .ssh/gateway_ed25519; mkdir -p .ssh/gateway_ed25519/full' 'rm -rf .ssh; echo file >.ssh' 'chmod 000 .ssh' 'chmod 777 .ssh' 'chmod 500 .'; do
    setpriv --reuid 29001 --regid 29001 --clear-groups sh -c "cd /home/ghtesta && { $trick; }"
    run provision ghtesta 29001
    [ "$status" -eq 0 ] || { echo "$trick: $output"; return 1; }
    [ -f /home/ghtesta/.ssh/gateway_ed25519 ] && [ ! -L /home/ghtesta/.ssh/gateway_ed25519 ] || { echo "$trick: not mended"; return 1; }
    [ "$(stat -c '%a %u %Y' "$root/victim" "$root/victim/file")" = "$before" ] || { echo "$trick: victim touched"; return 1; }
    [ "$(cat "$root/victim/file")" = precious ]
  done
}

@test "a home that cannot be written keeps nobody out" {
  provision ghtesta 29001
  new_key other
  mount -t tmpfs -o size=4k,uid=29001,gid=29001,mode=700 none /home/ghtesta || skip "mounts are not possible here"
  run request "provision ghtesta 29001" < <(key_pair other)
  umount /home/ghtesta
  [ "$status" -eq 0 ]
  grep -qF "$(cut -d' ' -f2 "$root/key-other.pub")" "$GATEHOUSE_ETC/authorized_keys/ghtesta"
}

@test "a user who works against the mending while it runs changes nothing outside" {
  provision ghtesta 29001
  mkdir -m 755 "$root/victim"
  setpriv --reuid 29001 --regid 29001 --clear-groups sh -c "cd /home/ghtesta; while :; do rm -rf .ssh; ln -s $root/victim .ssh; rm -f .ssh; mkdir .ssh 2>/dev/null; done" 2>/dev/null 3>&- &
  local racer=$!
  for _ in $(seq 15); do provision ghtesta 29001 || true; done
  kill "$racer"
  [ -z "$(ls -A "$root/victim")" ]
  [ "$(stat -c '%a %u' "$root/victim")" = "755 0" ]
}

@test "restores a batch, and one refusal keeps nobody else out" {
  for i in $(seq 50); do echo "ghtestr$i $((29200 + i))"; done >"$root/batch"
  request restore <"$root/batch"
  [ "$(getent passwd | grep -c '^ghtestr')" -eq 50 ]
  [ ! -e /home/ghtestr1 ]
  run request restore < <(echo "root 0"; echo "daemon 29301"; echo "ghtestz 29302")
  [ "$status" -eq 65 ]
  getent passwd ghtestz
}
