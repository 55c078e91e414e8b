# shellcheck shell=bash
# Builds the program with Maven, and shows the progress to a person. Sourced by ./run after scripts/java.bash; needs
# JAVA_HOME, and for the AOT cache $program, $jar and $java of scripts/launch.bash.
# shellcheck disable=SC2154

# The number of files that Maven 3.9 fetches into an empty repository for `package` without tests: 729 files, 140 MB.
readonly files_at_first=730

# build_program: builds the program. If that fails, it shows Maven's errors, and the file with the rest of the output.
build_program() {
  local log status=0 downloads=0 expected_downloads='' phase='starting Maven' progress='starting Maven'
  log=$(mktemp --tmpdir gatehouse-build-XXXXXX.log)
  if [[ -z $(ls -A -- "$HOME/.m2/repository" 2>/dev/null) ]]; then expected_downloads=$files_at_first; fi
  step "building Gatehouse with Java $(java_version "$JAVA_HOME") of $JAVA_HOME${expected_downloads:+; the first time, Maven downloads about $expected_downloads files, 140 MB}"
  with_progress read_maven build_with_maven "$log" || status=$?
  if ((status == 0)); then
    rm -f -- "$log"
    step_done
    return
  fi
  explain_build_failure "$log"
  return "$status"
}

# Reads the output of Maven in batch mode. `expected_downloads` is empty if some of the files may be there already.
# shellcheck disable=SC2034 # follow shows progress
read_maven() {
  if [[ $1 == *'Downloaded from '* ]]; then
    downloads=$((downloads + 1))
  elif [[ $1 =~ ^\[INFO\]\ ---\ (maven-)?([a-z]+)(-maven)?(-plugin)?:[^:]+:([A-Za-z-]+).*\ @\ ([a-z]+)\ --- ]]; then
    case ${BASH_REMATCH[5]} in
      compile) phase="compiling the ${BASH_REMATCH[6]} program" ;;
      jar | copy-dependencies) phase="packing the ${BASH_REMATCH[6]} program" ;;
      *) phase="preparing to compile" ;;
    esac
  fi
  progress=$phase
  ((!downloads)) || progress="$downloads${expected_downloads:+ of about $expected_downloads} files downloaded; $phase"
}

build_with_maven() {
  mvn -B -Dstyle.color=never -pl gateway,documents -am -Dmaven.test.skip=true package 2>&1 </dev/null | tee -- "$1"
}

explain_build_failure() {
  local errors
  # Shows the lines from the first error on, without other lines. If the JVM did not start, there is no line of
  # Maven's.
  errors=$(sed -n '/^\[ERROR\]/,$p' "$1" | sed 's/\x1b\[[0-9;]*m//g' |
    grep -Ev '^\[INFO\]|^Download(ing|ed) from |^Progress ' | head -n 60) || true
  printf '\n%s\n\nMaven could not build Gatehouse. Its whole output is in %s.\n' "${errors:-$(tail -n 20 "$1")}" "$1" \
    >&2
  if grep -Eq \
      '^\[ERROR\].*(Could not transfer|Unknown host|onnect(ion)? (to .* failed|timed out|refused)|resolution|PKIX|Network is unreachable|offline mode)' "$1"; then
    cat >&2 <<EOF
It could not download what it needs. See whether this machine reaches https://repo.maven.apache.org.
A proxy or a mirror is named in $HOME/.m2/settings.xml (https://maven.apache.org/guides/mini/guide-proxies.html); Maven does not read the variable https_proxy.
EOF
  fi
}

# learn_apart PORT SSH_PORT: runs scripts/train in namespaces of its own, and prints an archive of the caches. /etc is a
# copy there, and /home, /run and /var/lib are empty, so that no account and no file of the run is left on this machine.
learn_apart() {
  # shellcheck disable=SC2016 # the other shell's own $
  program=$program java=$java unshare --mount --pid --fork --kill-child --mount-proc bash -c '
    set -euo pipefail
    mount -t tmpfs -o mode=0755 tmpfs /var/lib
    mkdir /var/lib/here
    cp -a -- /etc /var/lib/etc
    cp -a -- "$program" /var/lib/program
    cp -R -- scripts sshd-config /var/lib/here/
    cd /
    mount --bind /var/lib/etc /etc
    rm -rf -- /etc/gatehouse
    for folder in /home /run; do mount -t tmpfs -o mode=0755 tmpfs "$folder"; done
    export java
    /var/lib/here/scripts/train /var/lib/program "$@" >&2
    tar -C /var/lib/program -c gatehouse.aot documents/documents.aot
  ' train "$@" </dev/null
}

# aot_identity: prints a checksum of all that the AOT caches are made for. The JVM does not compare contents: Java 25.0.3
# accepted a cache although the jar's time had changed.
aot_identity() {
  {
    "$java" -version 2>&1
    printf '%s\n' "${gateway_options[@]}"
    cat -- "$jar" "$program/lib"/* "$program/documents"/*.jar "$program/documents/lib"/*
  } | sha256sum
}

# provide_aot_cache PORT SSH_PORT: puts the AOT caches (scripts/train) beside the program in $jar, and makes them if
# there are none for this program and this Java. If that is not possible, Gatehouse starts without them, and slower.
provide_aot_cache() {
  local kept=gateway/target/aot.tar cache log identity
  # Java 25 is the first that makes the cache in the form that is used here.
  (($(java_version "$(dirname -- "$(dirname -- "$java")")") >= 25)) || return 0
  cache=$(aot_cache "$jar") identity=$(aot_identity)
  if [[ -e $kept && $(cat -- "$kept.for" 2>/dev/null) == "$identity" ]]; then
    tar -x --no-same-owner -f "$kept" -C "$program"
    ! is_aot_cache_usable || return 0
  fi
  rm -f -- "$cache" "$kept" "$kept.for"
  step "learning from a run how to start faster"
  log=$(mktemp --tmpdir gatehouse-train-XXXXXX.log)
  if learn_apart "$@" >"$kept.new" 2>"$log"; then
    mv -- "$kept.new" "$kept"
    printf '%s\n' "$identity" >"$kept.for"
    tar -x --no-same-owner -f "$kept" -C "$program"
  fi
  if is_aot_cache_usable; then
    rm -f -- "$log"
    step_done
  else
    rm -f -- "$kept.new" "$kept" "$kept.for" "$cache" "$program/documents/documents.aot"
    printf '  this is not possible here, so Gatehouse starts more slowly; the reason is in %s\n' "$log" >&2
  fi
}
