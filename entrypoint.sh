#!/bin/bash
# Starts sshd as root and the gateway as its own account. When one of them ends, the container ends too, and says
# which one it was.
set -euo pipefail
here=$(dirname -- "${BASH_SOURCE[0]}")
# shellcheck source=scripts/launch.bash
. "$here/scripts/launch.bash"

# shellcheck disable=SC2034 # launch.bash starts it
java=/usr/bin/java jar=$here/program/gatehouse.jar

# An admin's command, for a volume on which no container runs: docker run --rm -v gatehouse-homes:/home IMAGE users
# list
if [[ ${1:-} == users ]]; then
  "$here/sshd-config/prepare"
  exec "$runtime/gatehouse" "$@"
fi

# What Open Terminal is started with, its command line and its TOML files, becomes variables, which all below reads.
if (($# > 1)) || [[ ${1:-run} != run || -e /etc/open-terminal || -e ${XDG_CONFIG_HOME:-~/.config}/open-terminal ]]; then
  while IFS= read -r -d '' setting; do export "${setting?}"; done \
    < <("$here/image/open-terminal-settings" /etc/open-terminal/config.toml "$@")
  wait $!
fi

# Adds the admin's certificates to those of the system. Programs that bring their own list of certificates are told to
# use the system's list.
trusted=$("$here/image/trust-certificates")
if [[ $trusted ]]; then
  export SSL_CERT_FILE="${SSL_CERT_FILE:-$trusted}" REQUESTS_CA_BUNDLE="${REQUESTS_CA_BUNDLE:-$trusted}" \
    NODE_EXTRA_CA_CERTS="${NODE_EXTRA_CA_CERTS:-$trusted}"
fi

# Users get the container's language settings too, if GATEHOUSE_USER_ENVIRONMENT allows it and the locale works.
usable=$'\n'$("$here/image/make-locales")$'\n'
languages=''
for name in LANG LC_ALL LC_CTYPE LC_NUMERIC LC_TIME LC_COLLATE LC_MONETARY LC_MESSAGES LC_PAPER LC_NAME LC_ADDRESS \
  LC_TELEPHONE LC_MEASUREMENT LC_IDENTIFICATION; do
  if [[ $usable == *$'\n'$name$'\n'* ]]; then languages+=" $name"; else unset "$name"; fi
done
if [[ " ${GATEHOUSE_USER_ENVIRONMENT-default} " =~ [[:space:],]default[[:space:],] ]]; then
  export GATEHOUSE_USER_ENVIRONMENT="${GATEHOUSE_USER_ENVIRONMENT-default}$languages"
fi

# Installs the admin's packages while nobody can log in. The variables are removed afterwards, because the gateway
# needs no password of a registry.
"$here/packages/install"
[[ -z ${OPEN_TERMINAL_PACKAGES-}${OPEN_TERMINAL_PIP_PACKAGES-}${OPEN_TERMINAL_NPM_PACKAGES-} ]] ||
  "$here/image/describe" || true
unset OPEN_TERMINAL_PACKAGES OPEN_TERMINAL_PIP_PACKAGES OPEN_TERMINAL_NPM_PACKAGES

# These measures need more than Docker's usual rights (SECURITY.md).
mkdir -p -- "$runtime"
# Docker's health check asks here, because the port may come from the command line or a file.
printf '%s\n' "${OPEN_TERMINAL_PORT:-8000}" >"$runtime/port"
GATEHOUSE_HARDENED=$("$here/sshd-config/harden" "$runtime" | tr '\n' ' ')
export GATEHOUSE_HARDENED
if [[ $GATEHOUSE_HARDENED == *folders* ]]; then
  # Each account's own folders get the modes of these.
  chmod 1777 /tmp /var/tmp /dev/shm
else
  # A user who knows a file's name can open it, but nobody can list other users' files.
  chmod 1733 /tmp /var/tmp /dev/shm
fi

# The JVM loads the program while root prepares keys and folders, and while sshd starts.
name_key_copies
# shellcheck disable=SC2119 # no options of the JVM
start_gateway_ahead
"$here/sshd-config/prepare" 9>&-
copy_keys
start_sshd 9>&-
release_gateway
supervise
