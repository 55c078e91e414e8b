#!/bin/bash
# Starts sshd as root and the gateway as its own account; when one of them ends, the container does, and says which.
set -euo pipefail
here=$(dirname -- "${BASH_SOURCE[0]}")
# shellcheck source=scripts/launch.bash
. "$here/scripts/launch.bash"

# shellcheck disable=SC2034 # launch.bash starts it
java=/usr/bin/java jar=$here/program/gatehouse.jar

# An admin's command, where no container runs on the volume: docker run --rm -v gatehouse-homes:/home IMAGE users list
if [[ ${1:-} == users ]]; then
  "$here/sshd-config/prepare"
  exec "$runtime/gatehouse" "$@"
fi

# Whom the admin trusts besides: programs that bring their own list of certificates are told of the system's, which has all.
trusted=$("$here/image/trust-certificates")
if [[ $trusted ]]; then
  export SSL_CERT_FILE="${SSL_CERT_FILE:-$trusted}" REQUESTS_CA_BUNDLE="${REQUESTS_CA_BUNDLE:-$trusted}" NODE_EXTRA_CA_CERTS="${NODE_EXTRA_CA_CERTS:-$trusted}"
fi

# The languages that the admin gives the container are for users too, where GATEHOUSE_USER_ENVIRONMENT leaves them in; those that cannot be had are not.
usable=$'\n'$("$here/image/make-locales")$'\n'
languages=''
for name in LANG LC_ALL LC_CTYPE LC_NUMERIC LC_TIME LC_COLLATE LC_MONETARY LC_MESSAGES LC_PAPER LC_NAME LC_ADDRESS LC_TELEPHONE LC_MEASUREMENT LC_IDENTIFICATION; do
  if [[ $usable == *$'\n'$name$'\n'* ]]; then languages+=" $name"; else unset "$name"; fi
done
if [[ " ${GATEHOUSE_USER_ENVIRONMENT-default} " =~ [[:space:],]default[[:space:],] ]]; then
  export GATEHOUSE_USER_ENVIRONMENT="${GATEHOUSE_USER_ENVIRONMENT-default}$languages"
fi

# What the admin wants besides, while nobody can be logged in. Then it is forgotten: the gateway needs no registry's password.
"$here/packages/install"
[[ -z ${OPEN_TERMINAL_PACKAGES-}${OPEN_TERMINAL_PIP_PACKAGES-}${OPEN_TERMINAL_NPM_PACKAGES-} ]] || "$here/image/describe" || true
unset OPEN_TERMINAL_PACKAGES OPEN_TERMINAL_PIP_PACKAGES OPEN_TERMINAL_NPM_PACKAGES

# What a container with more than Docker's usual rights can have besides (SECURITY.md).
mkdir -p -- "$runtime"
GATEHOUSE_HARDENED=$("$here/sshd-config/harden" "$runtime" | tr '\n' ' ')
export GATEHOUSE_HARDENED
if [[ $GATEHOUSE_HARDENED == *folders* ]]; then
  # Each account's are made with the modes of these.
  chmod 1777 /tmp /var/tmp /dev/shm
else
  # Whoever knows a name finds it, nobody can list the others'.
  chmod 1733 /tmp /var/tmp /dev/shm
fi

"$here/sshd-config/prepare"
lend_key_file
start_sshd
start_gateway
supervise
