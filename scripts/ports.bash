# shellcheck shell=bash
# Checks, before anything is installed or built, whether the ports that ./run needs are free. Sourced by ./run. Uses
# only what every Debian has: perl-base binds the port, as its later owner will, and /proc tells whose it is.

readonly address_in_use=7

# port_is_free ADDRESS PORT: whether a server could listen on this port. If this cannot be found out, the answer is yes,
# because the server itself will report an error.
port_is_free() {
  local status=0
  # shellcheck disable=SC2016 # perl's variables
  perl -MIO::Socket::IP -MErrno -e '
    exit 0 if IO::Socket::IP->new(LocalHost => $ARGV[0], LocalService => $ARGV[1], Listen => 1, ReuseAddr => 1);
    exit($!{EADDRINUSE} ? $ARGV[2] : 0)' -- "$1" "$2" "$address_in_use" 2>/dev/null || status=$?
  ((status != address_in_use))
}

# port_owner PORT: prints the programs that listen on this port, on any address, and their accounts. In a container,
# even root may be unable to see the program; its account is visible to everybody.
port_owner() {
  local port uid inode folder owners='' owner program
  printf -v port ':%04X' "$1"
  while read -r uid inode; do
    owner="a program"
    folder=$(find /proc/[0-9]*/fd -lname "socket:\[$inode\]" -printf '%h\n' -quit 2>/dev/null) || true
    if [[ -n $folder ]]; then
      # A process chooses its own name, so control characters are removed before an admin sees it.
      program=$(tr -cd '[:alnum:]._/-' 2>/dev/null <"${folder%/fd}/comm") || program=''
      folder=${folder%/fd}
      owner="${program:-a program} (process ${folder#/proc/})"
    fi
    owner+=" of the account $(id -nu -- "$uid" 2>/dev/null || printf '%s' "$uid")"
    [[ $owners == *"$owner"* ]] || owners+="${owners:+, }$owner"
  done < <(awk -v port="$port" '$4 == "0A" && substr($2, length($2) - 4) == port { print $8, $10 }' /proc/net/tcp \
    /proc/net/tcp6 2>/dev/null)
  printf '%s' "${owners:-a program that cannot be seen from here}"
}

# require_free_ports {VARIABLE ADDRESS PORT}...: fails if ports are taken, and says which programs have them, and how
# to choose others.
require_free_ports() {
  local variable address port other tries wrong='' command='' taken=' '
  while (($#)); do
    variable=$1 address=$2 port=$3
    shift 3
    if [[ ! $port =~ ^[1-9][0-9]{0,4}$ ]] || ((port > 65535)); then
      wrong+="$variable must be a number from 1 to 65535, not \"$port\"."$'\n'
      continue
    fi
    if [[ $taken == *" $port "* ]]; then
      wrong+="$variable is $port, and so is another port of Gatehouse's."$'\n'
    elif ! port_is_free "$address" "$port"; then
      wrong+="Port $port ($variable) is taken by $(port_owner "$port")."$'\n'
    else
      taken+="$port "
      continue
    fi
    other=$port
    for ((tries = 0; tries < 100; tries++)); do
      other=$((other < 65535 ? other + 1 : 1024))
      if [[ $taken != *" $other "* ]] && port_is_free "$address" "$other"; then break; fi
    done
    command+="$variable=$other "
    taken+="$other "
  done
  [[ -n $wrong ]] || return 0
  printf '%s' "$wrong" >&2
  [[ $wrong != *'of the account gateway'* ]] || printf 'It seems that Gatehouse runs already.\n' >&2
  if [[ -n $command ]]; then printf 'End the program that has the port, or choose another port: %s%s./run\n' \
      "${SUDO_USER:+sudo }" "$command" >&2; fi
  return 1
}
