#!/usr/bin/env bats
# Tests packages/install. Fake programs in place of apt, dpkg, pip and npm record their calls, and
# the tests have a tree of their own in place of /. The image's tests use the real programs.

bats_require_minimum_version 1.5.0
export LC_ALL=C

setup() {
  root=$(mktemp -d /run/gatehouse-packages-bats-XXXXXX)
  chmod 755 "$root"
  bin=$root/bin calls=$root/calls
  mkdir -p "$bin" "$root/installed" "$root/tree/usr/local/lib/node_modules" "$root/tree/var/lib/apt/lists"
  : >"$calls"
  local program
  for program in bash cat chmod chown cp env find grep ln ls mkdir mktemp mv od rm sed setsid sha256sum sleep stat \
    tail timeout tr; do
    ln -s "$(type -P "$program")" "$bin/$program"
  done
  # Debian's own program is used, because another one may be a script that needs more of this machine.
  ln -s /usr/bin/python3 "$bin/python3"
  for program in apt-get dpkg pip npm; do fake "$program"; done
  # This call only asks a question, so it is not recorded.
  program "$bin/dpkg-query" "cat '$root/installed'/\"\${!#}\""
  program "$bin/dpkg-deb" "case \$3 in Package) echo local ;; Version) echo 1.0 ;; esac"
  export GATEHOUSE_PACKAGES_DIR=$root/state GATEHOUSE_PACKAGES_TREE=$root/tree
  unset "${!OPEN_TERMINAL_@}" "${!PIP_@}"
}

teardown() {
  pkill -KILL -f "$root/" || true
  rm -rf -- "$root"
}

# program FILE TEXT: makes a program.
program() {
  printf '#!/bin/bash\n%s\n' "$2" >"$1"
  chmod 755 "$1"
}

# fake PROGRAM [TEXT]: makes a program that records its arguments and its environment, and then runs TEXT.
fake() {
  program "$bin/$1" "
    printf '%s' $1 >>'$calls'; (( ! \$# )) || printf ' %s' \"\$@\" >>'$calls'; echo >>'$calls'
    { env; echo \"cwd=\$(stat -c '%u %a' .)\"; echo \"tmp=\$(stat -c '%u %a' \"\$TMPDIR\")\"; echo umask=\$(umask); } >'$root/seen-$1'
    ${2:-}"
}

install() { PATH=$bin "${BATS_TEST_DIRNAME%/test}/install"; }

# called EXPECTED: fails unless these are all calls since the last time.
called() {
  diff <(printf '%s' "${1:+$1$'\n'}") "$calls"
  : >"$calls"
}

readonly apt='apt-get -q -y -o APT::Cmd::Pattern-Only=true -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=60 -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold'
readonly configure='dpkg --force-confdef --force-confold --configure -a'
readonly pip='pip install --break-system-packages --root-user-action=ignore --no-cache-dir --no-input --disable-pip-version-check --progress-bar=off --'

# npm_call WORDS: prints the call without the folder of its cache, which has a new name each time.
npm_call() {
  sed -i 's/--cache=[^ ]*/--cache=CACHE/' "$calls"
  echo "npm install --global --prefix=/usr/local --install-links --cache=CACHE --no-audit --no-fund --no-update-notifier --no-progress -- $1"
}

# by_apt WORDS: prints the calls that install these.
by_apt() { printf '%s\n%s update\n%s install --no-install-recommends -- %s\napt-get clean' "$configure" "$apt" "$apt" \
  "$1"; }

@test "does nothing and prints nothing if no list is set" {
  run install
  [ "$status" -eq 0 ] && [ -z "$output" ]
  OPEN_TERMINAL_PACKAGES=$' \n' OPEN_TERMINAL_PIP_PACKAGES= run install
  [ "$status" -eq 0 ] && [ -z "$output" ]
  called ''
  [ ! -e "$root/state" ]
}

@test "accepts entries with any white space between, and installs in the order apt, pip, npm" {
  export OPEN_TERMINAL_PACKAGES=$'  g++\n libpq-dev\t' OPEN_TERMINAL_PIP_PACKAGES='numpy  requests[socks]>=2.32,<3' \
    OPEN_TERMINAL_NPM_PACKAGES='@scope/tool@^1 left-pad'
  run install
  [ "$status" -eq 0 ]
  called "$(by_apt 'g++ libpq-dev')
$pip numpy requests[socks]>=2.32,<3
$(npm_call '@scope/tool@^1 left-pad')"
  [ "$output" = 'gatehouse: apt installs what OPEN_TERMINAL_PACKAGES lists, for at most 600 seconds
gatehouse: pip installs what OPEN_TERMINAL_PIP_PACKAGES lists, for at most 600 seconds
gatehouse: npm installs what OPEN_TERMINAL_NPM_PACKAGES lists, for at most 600 seconds' ]
}

@test "does not call apt for packages that are installed in the wanted version" {
  echo 'installed 8.1-2' >"$root/installed/curl"
  echo 'installed 1.7' >"$root/installed/jq"
  echo 'config-files 3' >"$root/installed/tree"
  OPEN_TERMINAL_PACKAGES='curl curl=8.1-2' install
  called ''
  OPEN_TERMINAL_PACKAGES='curl jq=1.8 tree' install
  called "$(by_apt 'jq=1.8 tree')"
}

@test "asks no registry for a list that an earlier start of the container installed" {
  export OPEN_TERMINAL_PACKAGES=a1 OPEN_TERMINAL_PIP_PACKAGES=b2 OPEN_TERMINAL_NPM_PACKAGES=c3
  install
  : >"$calls"
  run install
  [ "$status" -eq 0 ] && [ -z "$output" ]
  called ''
  OPEN_TERMINAL_PIP_PACKAGES='b2 d4' install
  called "$pip b2 d4"
}

@test "first installs Debian's npm if there is none" {
  rm "$bin/npm"
  fake apt-get "[[ \$* != *' npm' ]] || ln -s fake-npm '$bin/npm'"
  fake npm
  mv "$bin/npm" "$bin/fake-npm"
  OPEN_TERMINAL_NPM_PACKAGES=left-pad install
  called "$(by_apt npm)
$(npm_call left-pad)"
}

# takes VARIABLE WORD...: fails unless each entry is accepted.
takes() {
  local variable=$1 word
  shift
  for word; do
    rm -rf "$root/state"
    run env "$variable=$word" PATH="$bin" "${BATS_TEST_DIRNAME%/test}/install"
    [ "$status" -eq 0 ] || { echo "$word: $output"; return 1; }
    # The entry reached the installer as one argument, unchanged.
    grep -qF -- "-- $word" "$calls" || { echo "$word:"; cat "$calls"; return 1; }
    : >"$calls"
  done
}

# refuses VARIABLE WORD...: fails unless each entry is refused, by an error that names the variable and the entry's
# number, and never the entry.
refuses() {
  local variable=$1 word
  shift
  for word; do
    run env "$variable=good $word" PATH="$bin" "${BATS_TEST_DIRNAME%/test}/install"
    [ "$status" -eq 78 ] || { echo "$word: $status $output"; return 1; }
    [[ $output == "packages: $variable, entry "[23]": "* && ${#lines[@]} == 1 ]] || { echo "$word: $output"; return 1; }
    [[ ${#word} -lt 4 || $output != *"$word"* ]] || { echo "$output"; return 1; }
    called ''
  done
}

@test "checks the form of entries for apt" {
  takes OPEN_TERMINAL_PACKAGES g++ libstdc++6 python3.13 lua5.4 libc6:arm64 curl=8.14.1-2+deb13u2 \
    curl/trixie-backports tzdata=2025b-0+deb13u1 git=1:2.47.3-0+deb13u1
  refuses OPEN_TERMINAL_PACKAGES -y --allow-unauthenticated -oDir=/x 'curl-' 'curl=1-' 'curl/stable-' '?name(x)' \
    '~n.*' 'lib.*' 'x^' '*' Curl 'a;id' '$(id)' \
    '`id`' './x.deb' '../x.deb' /etc/passwd /no/such.deb 'curl --purge' x 'https://host/x.deb' é
}

@test "checks the form of entries for pip" {
  takes OPEN_TERMINAL_PIP_PACKAGES numpy Django==5.2.* 'requests[socks,security]>=2.32,!=2.33,<3' zope.interface~=7.0 \
    'torch==2.9+cpu' \
    git+https://github.com/o/r@v1.0#egg=r 'r@git+https://user:token@host/o/r' \
    'r[x]@https://host/r-1.0-py3-none-any.whl' https://host/r.tar.gz a
  refuses OPEN_TERMINAL_PIP_PACKAGES -r --index-url=https://host/ -e. '-r/etc/shadow' http://host/x.whl \
    git+http://host/x git+ssh://git@host/x \
    file:///root/x hg+https://host/x . ./x ../x x/y '~' '~/x' '*' '$HOME' 'numpy;python_version<"3"' \
    'git+https://host/x@--upload-pack=id' \
    'x@git+https://host/x@-u' 'numpy==' '[x]' 'x[' /no/such.whl /etc/../etc/passwd https:///x 'https://host/x y;z' é
}

@test "checks the form of entries for npm" {
  takes OPEN_TERMINAL_NPM_PACKAGES typescript @larksuite/cli @mermaid-js/mermaid-cli@11.16.0 left-pad@^1.3 x@latest \
    'x@>=1.2' x@~1 x@* JSONStream \
    https://host/x.tgz git+https://user:token@host/o/r.git#v1 x@git+https://host/o/r.git
  refuses OPEN_TERMINAL_NPM_PACKAGES -g --registry=https://host/ --ignore-scripts=false .hidden . .. ./x ../x o/r \
    github:o/r http://host/x.tgz file:/x \
    git+ssh://git@host/x git://host/x x@npm:y 'x@' @larksuite @/x '@-s/x' '*' '$(id)' 'x y;z' /no/such /etc/../etc é
}

@test "accepts files and folders that only root can change" {
  mkdir -p "$root/mine/tool"
  echo '{}' >"$root/mine/tool/package.json"
  touch "$root/mine/wheel-1.0-py3-none-any.whl" "$root/mine/local.deb"
  takes OPEN_TERMINAL_NPM_PACKAGES "$root/mine/tool"
  takes OPEN_TERMINAL_PIP_PACKAGES "$root/mine/wheel-1.0-py3-none-any.whl"
  takes OPEN_TERMINAL_PACKAGES "$root/mine/local.deb"
  echo 'installed 1.0' >"$root/installed/local"
  rm -rf "$root/state"
  OPEN_TERMINAL_PACKAGES=$root/mine/local.deb install
  called ''
}

@test "refuses files and folders that a user could change or exchange" {
  mkdir -p "$root/mine/tool" "$root/open"
  touch "$root/mine/tool/index.js" "$root/mine/x.deb" "$root/open/x.whl" "$root/another.whl"
  chmod 1777 "$root/open"
  chown 29001 "$root/another.whl"
  ln -s mine "$root/link"
  refuses OPEN_TERMINAL_PIP_PACKAGES "$root/open/x.whl" "$root/another.whl" "$root/link/tool" \
    "$root/mine/../mine/tool" "$root/mine/none" /dev/null
  refuses OPEN_TERMINAL_PACKAGES "$root/link/x.deb"
  local each
  for each in chown\ 29001 chmod\ 666; do
    rm -f "$root/mine/tool/index.js"
    touch "$root/mine/tool/index.js"
    $each "$root/mine/tool/index.js"
    refuses OPEN_TERMINAL_NPM_PACKAGES "$root/mine/tool"
  done
}

@test "installs nothing if one of the lists has an error" {
  OPEN_TERMINAL_PACKAGES=curl OPEN_TERMINAL_NPM_PACKAGES=--wrong run install
  [ "$status" -eq 78 ]
  [ "$output" = \
    'packages: OPEN_TERMINAL_NPM_PACKAGES, entry 1: it must be the name of a package, if needed with @scope/ and @version as for npm, an https:// or git+https:// address, or an absolute path; it cannot be an option' ]
  GATEHOUSE_PACKAGES_TIMEOUT=10m run install
  [ "$output" = 'packages: GATEHOUSE_PACKAGES_TIMEOUT must be a number of seconds from 1 to 99999' ]
  called ''
}

@test "starts without packages that cannot be installed, says so once, and tries again" {
  export OPEN_TERMINAL_PACKAGES=aa OPEN_TERMINAL_PIP_PACKAGES=bb OPEN_TERMINAL_NPM_PACKAGES=cc
  fake apt-get 'echo "E: Unable to locate package aa"; [[ $* != *install* ]] || exit 100'
  fake pip 'echo "no route" >&2; exit 1'
  run install
  [ "$status" -eq 0 ]
  [[ $output \
    == *'gatehouse: apt could not install what OPEN_TERMINAL_PACKAGES lists (status 100): Gatehouse starts without it, and the next start tries again. The end of the output:
  E: Unable to locate package aa
'* ]]
  [[ $output \
    == *'gatehouse: pip could not install what OPEN_TERMINAL_PIP_PACKAGES lists (status 1): Gatehouse starts without it, and the next start tries again. The end of the output:
  no route
'* ]]
  : >"$calls"
  fake apt-get
  fake pip
  run install
  called "$(by_apt aa)
$pip bb"
  run install
  [ -z "$output" ]
  called ''
}

@test "goes on when not all of apt's servers answer" {
  fake apt-get '[[ $* != *update ]] || exit 100'
  OPEN_TERMINAL_PACKAGES=aa install
  called "$(by_apt aa)"
}

@test "shows no password of an address" {
  fake pip 'echo "fetching https://user:hunter2@host/a?token=hunter3 and git+https://hunter4@host/b"; exit 1'
  OPEN_TERMINAL_PIP_PACKAGES=https://user:hunter2@host/a?token=hunter3 run install
  [[ $output == *'  fetching https://***@host/a?*** and git+https://***@host/b'* ]]
  [[ $output != *hunter* ]]
  run ! grep -r hunter "$root/state"
}

@test "leaves no file with addresses, lists or archives" {
  touch "$root/tree/usr/local/lib/node_modules/.package-lock.json" "$root/tree/var/lib/apt/lists/some_Packages"
  OPEN_TERMINAL_PACKAGES=aa OPEN_TERMINAL_NPM_PACKAGES=cc install
  [ -z "$(find "$root/tree" -type f)" ]
  [ "$(find "$root/state" -type f | sort)" = "$root/state/apt
$root/state/npm" ]
  [ "$(stat -c '%u %a' "$root/state")" = '0 700' ]
}

@test "ends an installation that takes too long, and processes that left it" {
  fake pip "trap '' TERM; setsid bash -c 'exec -a $root/runaway sleep 1000' & sleep 1000 & wait; wait; sleep 1000"
  GATEHOUSE_PACKAGES_TIMEOUT=1 OPEN_TERMINAL_PIP_PACKAGES=slow OPEN_TERMINAL_NPM_PACKAGES=quick run install
  [ "$status" -eq 0 ]
  [[ $output == *'pip could not install what OPEN_TERMINAL_PIP_PACKAGES lists (more than 1 seconds)'* ]]
  run ! pgrep -f "$root/runaway"
  # The next tool has its own time limit.
  [ -e "$root/state/npm" ]
}

@test "ends processes that a package started" {
  fake apt-get "[[ \$* != *install* ]] || setsid bash -c 'exec -a $root/daemon sleep 1000' >/dev/null 2>&1 &"
  OPEN_TERMINAL_PACKAGES=server install
  run ! pgrep -f "$root/daemon"
}

@test "runs the installation with its own environment, folder and umask" {
  export OPEN_TERMINAL_API_KEY=secret GATEHOUSE_X=secret LD_PRELOAD='' PYTHONPATH=$root PYTHONSTARTUP=secret \
    NODE_OPTIONS=secret APT_CONFIG=secret BASH_ENV=''
  export PIP_INDEX_URL=https://mirror.test/simple npm_config_registry=https://mirror.test/npm \
    HTTPS_PROXY=http://proxy.test:3128 HOME=$root
  export OPEN_TERMINAL_PACKAGES=aa OPEN_TERMINAL_PIP_PACKAGES=bb OPEN_TERMINAL_NPM_PACKAGES=cc
  mkdir "$root/here"
  cd "$root/here"
  umask 077
  install
  local program
  for program in apt-get pip npm; do
    run cat "$root/seen-$program"
    [[ $output != *secret* && $output != *OPEN_TERMINAL* && $output != *PYTHON* && $output != *NODE_OPTIONS* ]] ||
      { echo "$output"; return 1; }
    [[ $output == *$'\nHOME=/root\n'* || $output == 'HOME=/root'* ]]
    [[ $output == *PIP_INDEX_URL=https://mirror.test/simple* &&
      $output == *npm_config_registry=https://mirror.test/npm* && $output == *HTTPS_PROXY=* ]]
    [[ $output == *'cwd=0 700'* && $output == *'tmp=0 700'* && $output == *umask=0022* ]] ||
      { echo "$output"; return 1; }
  done
  # Nothing of the folder is left.
  [ -z "$(find "$root/state" -name 'work.*')" ]
}

@test "deletes the files that a killed start left" {
  mkdir -p "$root/state/work.0123456789/deep"
  OPEN_TERMINAL_PIP_PACKAGES=bb install
  [ "$(ls "$root/state")" = pip ]
}

@test "refuses a link in place of its folder" {
  mkdir "$root/elsewhere"
  ln -s elsewhere "$root/state"
  OPEN_TERMINAL_PIP_PACKAGES=bb run install
  [ "$status" -eq 78 ]
  [ "$output" = "packages: $root/state must not be a link" ]
  called ''
}

# capable FILE: makes a program with the capability CAP_SETUID, as setcap writes it.
capable() {
  python3 -c 'import os, struct, sys
os.setxattr(sys.argv[1], "security.capability", struct.pack("<IIIII", 0x02000001, 1 << 7, 0, 0, 0))' "$1"
}
capabilities() { python3 -c 'import os, sys; print(*os.listxattr(sys.argv[1]))' "$1"; }

@test "removes set-uid bits and capabilities from all new files, even if installing failed" {
  fake apt-get \
    "[[ \$* != *install* ]] || { cp /bin/true '$root/tree/usr/becomes'; cp /bin/true '$root/tree/usr/local/group'; cp /bin/true '$root/tree/usr/able'
    chmod 6755 '$root/tree/usr/becomes'; chmod 2711 '$root/tree/usr/local/group'; exit 100; }"
  OPEN_TERMINAL_PACKAGES=aa run install
  [ "$status" -eq 0 ]
  [ "$(stat -c %a "$root/tree/usr/becomes" "$root/tree/usr/local/group" | paste -sd' ')" = '755 711' ]
  # Files that a killed start had not processed lose their rights too.
  capable "$root/tree/usr/able"
  [ "$(capabilities "$root/tree/usr/able")" = security.capability ]
  chmod u+s "$root/tree/usr/becomes"
  OPEN_TERMINAL_PACKAGES=aa run install
  [ -z "$(capabilities "$root/tree/usr/able")" ]
  [ "$(stat -c %a "$root/tree/usr/becomes")" = 755 ]
}

@test "follows no link, and leaves files alone that are in folders of users" {
  mkdir -m 1777 "$root/tree/tmp"
  mkdir "$root/tree/home" "$root/tree/home/alice" "$root/outside"
  local file
  for file in "$root/tree/tmp/own" "$root/tree/home/alice/own" "$root/outside/program" \
    "$root/outside/folder/program"; do
    mkdir -p "${file%/*}"
    cp /bin/true "$file"
    chown 29001 "$file"
    chmod 4755 "$file"
  done
  chown 29001 "$root/tree/home/alice"
  ln -s "$root/outside/program" "$root/tree/usr/program"
  ln -s "$root/outside/folder" "$root/tree/usr/folder"
  OPEN_TERMINAL_PACKAGES=aa install
  [ "$(stat -c %a "$root/tree/tmp/own" "$root/tree/home/alice/own" "$root/outside/program" "$root/outside/folder/program" | sort -u)" = 4755 ]
}

@test "stops the start if it cannot remove them" {
  program "$bin/python3.new" 'exit 1'
  mv -f "$bin/python3.new" "$bin/python3"
  OPEN_TERMINAL_PACKAGES=aa run install
  [ "$status" -eq 1 ]
  [[ $output \
    == *'gatehouse: set-uid bits and capabilities could not be removed from all files, so a program of a package might become root' ]]
}
