# shellcheck shell=bash
# Finds a JDK or JRE of version 21 or newer, and installs packages. ./run, ./test and the benchmarks source it.

# shellcheck source=scripts/progress.bash
. "$(dirname -- "${BASH_SOURCE[0]}")/progress.bash"

readonly oldest_java=21
# The errors that apt-get printed; empty if there were none.
apt_complaint=''
apt_lists_are_fresh=''

# java_version HOME: prints the version number of the Java in this folder.
java_version() { "$1/bin/java" -XshowSettings:properties -version 2>&1 |
  sed -n 's/^ *java.specification.version = //p'; }

# java_homes: prints the folders where a Java may be, the admin's choice first.
java_homes() {
  local home
  for home in "${JAVA_HOME:-}" /usr/lib/jvm/* \
    "$(dirname -- "$(dirname -- "$(readlink -f -- "$(command -v java || echo /x/x/x)")")")"; do
    [[ -z $home || ! -x $home/bin/java ]] || printf '%s\n' "$home"
  done
}

# java_home NEEDED: prints the folder of a Java with the program bin/NEEDED (java or javac), or fails.
java_home() {
  local home version
  while read -r home; do
    [[ -x $home/bin/$1 ]] || continue
    version=$(java_version "$home")
    if [[ $version =~ ^[0-9]+$ ]] && ((version >= oldest_java)); then
      printf '%s' "$home"
      return
    fi
  done < <(java_homes)
  return 1
}

# require_java_for_all HOME: fails if the gateway's account, which is not root, could not run this Java.
require_java_for_all() {
  setpriv --reuid 65534 --regid 65534 --clear-groups test -x "$1/bin/java" && return
  printf 'The gateway does not run as root, and other accounts may not run %s/bin/java. Put this Java where they may, for example below /opt.\n' "$1" >&2
  return 1
}

# apt_get ARGUMENT...: runs apt-get and shows its progress. Its output is kept, to show it if apt-get fails.
apt_get() {
  local status=0 log progress='waiting for apt'
  log=$(mktemp --tmpdir gatehouse-apt-XXXXXX)
  with_progress read_apt apt_get_quietly "$log" "$@" || status=$?
  apt_complaint=''
  if ((status != 0)); then
    apt_complaint=$(grep -E '^[EW]: ' "$log" | tail -n 10) || apt_complaint=$(tail -n 10 "$log")
  fi
  rm -f -- "$log"
  return "$status"
}

# RUNLEVEL=1 keeps a service of a package from starting, because it would listen on a port that nobody asked for.
apt_get_quietly() {
  local log=$1
  shift
  DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 LC_ALL=C apt-get -o APT::Status-Fd=3 -o DPkg::Lock::Timeout=300 "$@" 3>&1 \
    >"$log" 2>&1 </dev/null
}

# Updates the package lists, once for each start. If a list cannot be downloaded, this does not fail, because other or
# older lists may be enough.
refresh_package_lists() {
  [[ -z $apt_lists_are_fresh ]] || return 0
  apt_lists_are_fresh=yes
  step "asking the package servers of this machine what they have (apt-get update)"
  if apt_get update -o APT::Update::Error-Mode=any; then
    step_done
  else
    printf '  not all answered\n' >&2
  fi
}

explain_apt_complaint() {
  printf '\n%s\n\n%s: see whether this machine reaches the servers in /etc/apt/sources.list and /etc/apt/sources.list.d, then start again.\n' "$apt_complaint" "$1" >&2
}

# missing_packages PACKAGE...: prints the packages that are not installed.
missing_packages() {
  local package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || printf '%s\n' "$package"
  done
}

# install_packages PACKAGE...: installs the packages that are missing, by apt.
install_packages() {
  local count bytes lists_complaint
  local -a missing
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  [[ $(id -u) == 0 ]] || { printf 'missing packages: %s; install them, or run this as root\n' "${missing[*]}" \
    >&2; return 1; }
  refresh_package_lists
  lists_complaint=$apt_complaint
  # The files to fetch, with those of dependencies, as lines of 'ADDRESS' NAME BYTES CHECKSUM.
  read -r count bytes < <(LC_ALL=C apt-get install -qq --no-install-recommends --print-uris "${missing[@]}" \
    2>/dev/null |
    awk '/^\047/ { count++; bytes += $3 } END { printf "%d %.0f\n", count, bytes / 1000000 }')
  if ((count)); then
    step "installing $count packages, $bytes MB to download: ${missing[*]}, and what they need"
  else
    step "installing ${missing[*]}"
  fi
  if ! apt_get install -y -q --no-install-recommends "${missing[@]}"; then
    apt_complaint="${lists_complaint:+$lists_complaint$'\n'}$apt_complaint"
    explain_apt_complaint "apt could not install ${missing[*]}"
    return 1
  fi
  step_done
}

# java_package NEEDED: prints the name of a package with bin/NEEDED of a new enough Java, from this machine's package
# sources; fails if there is none.
java_package() {
  local package kind=jdk headless=jdk-headless
  [[ $1 == javac ]] || kind=jre headless=jre-headless
  for package in "openjdk-25-$headless" "openjdk-21-$headless" "temurin-25-$kind" "temurin-21-$kind"; do
    if LC_ALL=C apt-cache policy "$package" 2>/dev/null | grep -q '^ *Candidate: [^(]'; then
      printf '%s' "$package"
      return
    fi
  done
  return 1
}

# choose_java_package NEEDED: sets java_package_name, or says what to do if apt has none. Installs nothing.
choose_java_package() {
  refresh_package_lists
  java_package_name=$(java_package "$1") || {
    explain_missing_java "$1"
    return 1
  }
}

explain_missing_java() {
  local home version found='' kind=JDK package=jdk system
  [[ $1 == javac ]] || kind='JDK or JRE' package=jre
  if [[ -n $apt_complaint ]]; then
    explain_apt_complaint \
      "This machine has no $kind of version $oldest_java or newer, and apt could not find out where there is one"
    return
  fi
  while read -r home; do
    version=$(java_version "$home")
    found+="${found:+, }Java ${version:-of an unknown version} in $home"
    [[ -x $home/bin/javac ]] || found+=' (without a compiler)'
  done < <(java_homes | xargs -r -d '\n' readlink -f -- | sort -u)
  [[ -z ${JAVA_HOME:-} || -x $JAVA_HOME/bin/java ]] || found+="${found:+, }nothing in $JAVA_HOME, which JAVA_HOME names"
  system=$(sed -n 's/^PRETTY_NAME="\(.*\)"$/\1/p' /etc/os-release 2>/dev/null) || true
  cat >&2 <<EOF

Gatehouse needs a $kind of version $oldest_java or newer. Found on this machine: ${found:-none}.
Its package sources (${system:-an unknown system}) have none either; Debian has one since version 13. Nothing was installed.
Do one of these, then start again:

1. Add the package source of Eclipse Adoptium, as https://adoptium.net/installation/linux shows; temurin-25-$package is then installed from there.
2. Unpack a JDK from https://adoptium.net/temurin/releases below /opt and name its folder: ${SUDO_USER:+sudo }JAVA_HOME=/opt/jdk-25 ./run
3. Use Docker instead, whose image brings its own: docker compose up -d --build
EOF
}

# require_jdk: sets JAVA_HOME to a JDK, and installs one if there is none and Debian has one.
require_jdk() {
  local home
  if ! home=$(java_home javac); then
    choose_java_package javac && install_packages "$java_package_name" || return 1
    home=$(java_home javac) ||
      { printf '%s was installed, and yet there is no JDK of version %d or newer; set JAVA_HOME to one\n' \
        "$java_package_name" "$oldest_java" >&2; return 1; }
  fi
  export JAVA_HOME=$home
  allow_what_maven_does
}

# allow_what_maven_does: sets options of the JVM that allow certain actions of Maven's own libraries, if this JVM knows
# the options. Without them, newer JVMs print long warnings, about which a person who builds Gatehouse can do nothing.
allow_what_maven_does() {
  local option
  for option in --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    --illegal-final-field-mutation=allow; do
    [[ " ${MAVEN_OPTS:-} " != *" $option "* ]] || continue
    if "$JAVA_HOME/bin/java" "$option" -version >/dev/null 2>&1; then
      MAVEN_OPTS="${MAVEN_OPTS:+$MAVEN_OPTS }$option"
    fi
  done
  export MAVEN_OPTS=${MAVEN_OPTS:-}
}

# require_maven: sets the variable maven to the installed Maven, or to the wrapper mvnw in this repository, which
# downloads Maven.
# shellcheck disable=SC2034 # the script that sources this uses it
require_maven() {
  maven=$(type -P mvn) || maven=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)/mvnw
}
