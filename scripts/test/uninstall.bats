#!/usr/bin/env bats
# `./run --uninstall` with real accounts, groups and processes, in namespaces of the test's own: /etc is a copy,
# /home, /run and /var/lib are empty, and no process outside is seen. docs/test/commands.bats also tests the way of
# README, from `./run` on.

bats_require_minimum_version 1.5.0
export LC_ALL=C

setup() {
  [[ $(id -u) == 0 ]] || skip "needs root"
  here=$(cd -- "$BATS_TEST_DIRNAME/../.." && pwd)
}

# apart TEXT: runs TEXT as a shell script on a machine of its own, with the clone as its directory.
apart() {
  local before='
    set -euo pipefail
    cp -a /etc "/tmp/etc-$$"
    trap "rm -rf -- /tmp/etc-$$" EXIT
    mount --bind "/tmp/etc-$$" /etc
    for folder in /home /run /var/lib; do mount -t tmpfs -o mode=0755 tmpfs "$folder"; done
    # This test ignores the parts of Gatehouse that this machine has already.
    rm -rf /etc/gatehouse /etc/pam.d/gatehouse
    sed -i "/^gatehouse[-:]/d; /^gateway:/d" /etc/passwd /etc/group /etc/shadow /etc/gshadow
    # account NAME UID: makes an account as root-helper does.
    account() {
      useradd -u "$2" -U -G gatehouse -M -d "/home/$1" -s /bin/bash "$1"
      install -d -m 0700 -o "$1" -g "$1" "/home/$1"
      echo kept >"/home/$1/file"
    }
    sshd-config/prepare
  '
  cd -- "$here" && unshare --mount --pid --fork --kill-child --mount-proc bash -c "$before$1" 3>&-
}

@test "accounts, groups, folders and what still runs are gone; homes and who had them stay" {
  run -0 apart '
    account alice 1901; account bob 1902
    mkdir /home/carol
    install -d -o alice /var/lib/gatehouse/tmp/alice
    touch /etc/gatehouse/provision.lock /etc/gatehouse/.move-123456 /etc/gatehouse/.lines-123
    setpriv --reuid alice --regid alice --clear-groups sleep 60 &
    ./run --uninstall
    ! getent passwd alice bob gateway
    ! getent group | grep -E "^(alice|bob|gateway|gatehouse)"
    ! pgrep -u 1901
    for path in /etc/gatehouse /etc/pam.d/gatehouse /run/gatehouse /var/lib/gatehouse; do [[ ! -e $path ]]; done
    [[ $(cat /home/alice/file) == kept && -d /home/carol && -d /home/.gatehouse/registry ]]
    [[ $(stat -c %u /home/alice) == 1901 ]]
  '
  [[ $output == *'Gatehouse is gone from this machine.'*'These stay:'*/home/alice*/home/.gatehouse*--delete-homes* ]]
}

@test "programs that go on starting others are ended" {
  run -0 apart '
    account alice 1901
    printf "#!/bin/bash\nfor ((;;)); do \"\$0\" & sleep 0.02; done\n" >/home/alice/bomb
    chmod 755 /home/alice/bomb
    setpriv --reuid alice --regid alice --clear-groups prlimit --nproc=60 /home/alice/bomb 2>/dev/null &
    sleep 1
    ./run --uninstall
    ! pgrep -u 1901
  '
}

@test "--delete-homes deletes the homes of accounts, and neither other folders nor what links lead to" {
  run -0 apart '
    account alice 1901
    mkdir /home/carol
    touch /home/carol/file
    ln -s /home/carol /home/alice/link
    # A home that was replaced by a link, and one that belongs to somebody else.
    account bob 1902
    rm -r /home/bob
    ln -s /home/carol /home/bob
    account dave 1903
    chown root /home/dave
    ./run --uninstall --delete-homes
    [[ ! -e /home/alice && ! -e /home/.gatehouse && -e /home/carol/file && -L /home/bob && -e /home/dave/file ]]
  '
}

@test "files that an admin put into the folder of configuration stay" {
  run -0 apart '
    echo "alice - nproc 100" >/etc/gatehouse/limits.conf
    ./run --uninstall
    [[ -e /etc/gatehouse/limits.conf && ! -e /etc/gatehouse/authorized_keys ]]
  '
  [[ $output == *'/etc/gatehouse, because it has files that Gatehouse did not make'* ]]
}

@test "an account that only bears the group's name in its list is no account of Gatehouse's" {
  run -0 apart '
    useradd -u 1905 -m -d /srv/erin -G gatehouse erin
    ./run --uninstall
    getent passwd erin
  '
}

@test "a second time, there is nothing to do" {
  run -0 apart '
    ./run --uninstall
    ./run --uninstall
  '
}

@test "while Gatehouse runs, nothing is changed" {
  run -1 apart '
    account alice 1901
    bash -c "sleep 60; true -jar /run/gatehouse/program/gatehouse.jar" &
    sleep 0.2
    status=0
    ./run --uninstall || status=$?
    getent passwd alice >/dev/null || exit 3
    exit "$status"
  '
  [[ $output == *'Gatehouse runs. End it first'* ]]
}

@test "wrong words and wrong folders are told, and nothing is changed" {
  run -2 apart './run --uninstall --homes'
  [[ $output == *'./run --uninstall --delete-homes'* ]]
  run -2 apart './run --remove'
  [[ $output == *'./run has no option --remove'* ]]
  run -1 apart 'OPEN_TERMINAL_STATE_DIR=/home ./run --uninstall --delete-homes'
  [[ $output == *'Gatehouse cannot have made the folder /home'*'Nothing was changed.'* ]]
}
