# shellcheck shell=bash
# Finds a JDK or JRE of version 21 or newer. Sourced by ./run and ./test.

# java_home NEEDED: prints the folder of a Java with the program bin/NEEDED (java or javac), or fails.
java_home() {
  local home version
  for home in "${JAVA_HOME:-}" /usr/lib/jvm/* "$(dirname -- "$(dirname -- "$(readlink -f -- "$(command -v java || echo /x/x/x)")")")"; do
    [[ -n $home && -x $home/bin/$1 ]] || continue
    version=$("$home/bin/java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.specification.version = //p')
    if [[ $version =~ ^[0-9]+$ ]] && ((version >= 21)); then
      printf '%s' "$home"
      return
    fi
  done
  return 1
}

# install_packages PACKAGE...: by apt, and only what is missing.
install_packages() {
  local package
  local -a missing=()
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  [[ $(id -u) == 0 ]] || { printf 'missing packages: %s; install them or start this as root\n' "${missing[*]}" >&2; return 1; }
  printf 'installing %s\n' "${missing[*]}" >&2
  apt-get update -qq
  # A service that starts by itself would take a port that nobody asked for.
  DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# require_jdk: sets JAVA_HOME to a JDK, installing one where Debian has it.
require_jdk() {
  if ! JAVA_HOME=$(java_home javac); then
    local package
    for package in openjdk-25-jdk-headless openjdk-21-jdk-headless; do
      if install_packages "$package" 2>/dev/null && JAVA_HOME=$(java_home javac); then break; fi
    done
  fi
  [[ -n $JAVA_HOME ]] || { printf 'no JDK of version 21 or newer was found or could be installed; set JAVA_HOME to one\n' >&2; return 1; }
  export JAVA_HOME
}
