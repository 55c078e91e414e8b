#!/usr/bin/env bats
# Tests how a login gets the network of its account, with real network namespaces. The image's tests have pam_usernet,
# which enters the network.

load support

setup() {
  [ -e /run/netns ] || no_networks_before=yes
  prepare_gatehouse
  provision ghtesta 29001
  mkdir -p "$root/kept/"{class,devices,sys/class/net,sys/devices/virtual/net}
  touch "$root/kept/sys/kept"
  unshare --net true 2>/dev/null && ip link add gh-try type veth peer name gh-tried 2>/dev/null &&
    ip link delete gh-try ||
    skip "this machine lets nobody make networks"
}
teardown() {
  ip netns delete ghtesta 2>/dev/null || true
  ip link delete gh-29001 2>/dev/null || true
  rm -rf -- /etc/netns/ghtesta /etc/netns/ghtesta.new
  rmdir /etc/netns 2>/dev/null || true
  # `ip netns` makes this folder a mount.
  if [[ ${no_networks_before:-} && -e /run/netns ]]; then
    umount /run/netns || true
    rmdir /run/netns
  fi
  remove_gatehouse
}

# join STEP [PROGRAM...]: runs join-network as PAM would for a login of the account.
join() {
  local step=$1
  shift
  env PAM_TYPE=open_session PAM_USER=ghtesta "$@" "$OPEN_TERMINAL_RUNTIME_DIR/join-network" "$step" "$root" 3>&-
}

@test "makes a network whose address follows from the uid, with a way out and a resolver" {
  join make
  run ip -n ghtesta -o -4 address show eth0
  [[ $output == *" 198.18.113.73/32 "* ]]
  run ip -n ghtesta route
  [[ $output == *"default via 198.18.0.1 dev eth0"* ]]
  run ip route show 198.18.113.73
  [[ $output == *"dev gh-29001"* ]]
  [ "$(cat /etc/netns/ghtesta/resolv.conf)" = "nameserver 198.18.0.1" ]
  [ "$(ip netns exec ghtesta cat /proc/sys/net/ipv4/ip_unprivileged_port_start)" = 0 ]
}

@test "makes it once, also for ten logins at a time, and again after a failure that left half of it" {
  ip netns add ghtesta
  ip link add gh-29001 type veth peer name eth0 netns ghtesta
  for _ in $(seq 10); do join make & done
  wait
  local before
  before=$(stat -L -c %i /run/netns/ghtesta)
  join make
  [ "$(stat -L -c %i /run/netns/ghtesta)" = "$before" ]
  ip -n ghtesta -o -4 address show eth0 | grep -q 198.18.113.73
}

@test "refuses a login that is not in its network, and accepts one that is" {
  run join check
  [ "$status" -ne 0 ]
  join make
  run join check
  [ "$status" -ne 0 ]
  join check ip netns exec ghtesta
}

@test "gives the login the container's /sys, with the account's own interfaces" {
  join make
  run join check ip netns exec ghtesta sh -c '"$@" && ls /sys /sys/class/net /sys/devices/virtual/net' -
  [ "$status" -eq 0 ]
  [[ $output == *kept* && $output == *eth0* && $output != *gh-29001* ]]
}

@test "does nothing for root, nor at the end of a session, and nothing for a name that is none" {
  PAM_TYPE=open_session PAM_USER=root "$OPEN_TERMINAL_RUNTIME_DIR/join-network" make "$root"
  PAM_TYPE=close_session PAM_USER=ghtesta "$OPEN_TERMINAL_RUNTIME_DIR/join-network" make "$root"
  [ ! -e /run/netns/root ]
  [ ! -e /run/netns/ghtesta ]
  for name in '' ../ghtesta 'gh;id' daemon; do
    run env PAM_TYPE=open_session PAM_USER="$name" "$OPEN_TERMINAL_RUNTIME_DIR/join-network" make "$root"
    [ "$status" -ne 0 ]
  done
}
