# shellcheck shell=bash
# The part that ./run and the image's entry point share: it starts sshd as root and the gateway as its own account,
# and ends both together.
# shellcheck disable=SC2154
# Sourced after `set -euo pipefail`. Needs: prepare has run; $jar and $java name the program.

runtime=${OPEN_TERMINAL_RUNTIME_DIR:-/run/gatehouse}
listener_pid='' people_sshd_pid='' sshd_log_pid='' gateway_pid=''

# The file of a secret may be readable only for root, as Docker makes it. So the gateway gets a copy that nobody else
# can read.
lend_key_file() {
  name_key_copies
  copy_keys
}

# name_key_copies: sets the variables of such files to the paths of the copies.
declare -A key_files=()
name_key_copies() {
  local variable copy
  for variable in OPEN_TERMINAL_API_KEY_FILE GATEHOUSE_OPENWEBUI_ADMIN_KEY_FILE; do
    [[ -n ${!variable:-} ]] || continue
    copy=$runtime/openwebui_admin_key
    [[ $variable != OPEN_* ]] || copy=$runtime/api_key
    key_files[$copy]=${!variable}
    export "$variable=$copy"
  done
}

# copy_keys: makes the copies. Before that, prepare has checked the folder.
copy_keys() {
  local copy
  for copy in "${!key_files[@]}"; do
    install -m 0400 -o gateway -g gateway -- "${key_files[$copy]}" "$copy"
  done
}

# Starts two listeners: one for the gateway, and an sshd for people if prepare has given it an address. People cannot
# take the gateway's place in a queue, because each listener has its own. sshd starts with an empty environment,
# because every login could inherit its variables.
start_sshd() {
  local clean=(env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin) log=$runtime/sshd.log \
    sshd=$runtime/sbin/${GATEHOUSE_PAM_SERVICE:-gatehouse}
  rm -f -- "$log"
  mkfifo -m 0600 -- "$log"
  "${clean[@]}" "$runtime/log" "${GATEHOUSE_ETC:-/etc/gatehouse}" "$runtime/admin_authorized_keys" <"$log" &
  sshd_log_pid=$!
  # No program gets more rights than the account that started it, even if it has the set-uid bit and the container
  # does not forbid it.
  clean+=(setpriv --no-new-privs)
  [[ ! -e $runtime/seccomp ]] || clean+=(--seccomp-filter "$runtime/seccomp")
  "${clean[@]}" "$runtime/gateway-listener" "${OPEN_TERMINAL_SSH_PORT:-2022}" "$(id -u gateway)" "$sshd" \
    -i -e -f "$runtime/sshd_config" 2>"$log" &
  listener_pid=$!
  grep -q '^ListenAddress ' "$runtime/sshd_config" || return 0
  # When memory runs out, the kernel ends users' programs before the gateway. Logins inherit this value, and raising
  # it needs no right.
  "${clean[@]}" choom -n 500 -- "$sshd" -D -e -f "$runtime/sshd_config" 2>"$log" &
  people_sshd_pid=$!
}

# memory_limit: prints the memory in bytes that the gateway's machine or container has: the limit of its control group
# (version 2 or 1), or all memory.
memory_limit() {
  local root=${cgroup_root:-/sys/fs/cgroup} file limit all
  read -r _ all _ </proc/meminfo
  all=$((all * 1024))
  for file in "$root/memory.max" "$root/memory/memory.limit_in_bytes"; do
    [[ -r $file ]] || continue
    read -r limit <"$file"
    # Version 1 writes a number of 19 digits where there is no limit, and version 2 a word.
    if [[ $limit =~ ^[0-9]{1,18}$ ]] && ((limit < all)); then all=$limit; fi
  done
  printf '%s' "$all"
}

# direct_memory BYTES: prints how much memory the gateway's buffers outside of the heap may take, if there are BYTES in
# all: an eighth, and at least 32 MB.
direct_memory() { printf '%s' "$(($1 / 8 > 33554432 ? $1 / 8 : 33554432))"; }

# The options of the gateway's JVM. Its heap can be small, because it never has a whole output or file in memory. The
# limit of the heap keeps it below 32 GB on a machine with much memory: above that, the JVM has other pointers, and could
# not use the AOT cache. If it runs out of memory, it ends at once, and the container is started again.
gateway_options=(-XX:MaxRAMPercentage=40 -XX:ErgoHeapSizeLimit=28g -XX:+ExitOnOutOfMemoryError
  "-XX:MaxDirectMemorySize=$(direct_memory "$(memory_limit)")" --enable-native-access=ALL-UNNAMED)
# The gateway begins with little memory and gives back what it does not need any more. The serial collector needs the
# least memory for itself. After a collection of the whole heap (HeapCare asks for it), the heap keeps a fifth more than
# what is in use, and the young generation is half of the old one but at least 16 MB. Every ten seconds, the JVM gives
# back what its compilers have freed.
gateway_options+=(-XX:+UseSerialGC -Xms32m -XX:NewSize=16m -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=20
  -XX:-ShrinkHeapInSteps -XX:+UnlockExperimentalVMOptions -XX:TrimNativeHeapInterval=10000)
# The AOT cache is mapped at the address that it was made for, so its pages need not be changed: then they belong to
# the file, the kernel can drop them, and containers of one image share them. The JVM's default is a random address.
# The addresses of the heap are no secret either, and the JVM's programs and libraries keep random ones.
gateway_options+=(-XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0)
# The second compiler takes a method ten times later than by default, because it took a third of the processor's time of
# the start, for methods that only the start uses. Methods that every request uses are compiled a little later.
gateway_options+=(-XX:Tier4InvocationThreshold=50000 -XX:Tier4MinInvocationThreshold=6000
  -XX:Tier4CompileThreshold=150000 -XX:Tier4BackEdgeThreshold=400000)
# The JDK uses the processor's instructions for AES only in code of the second compiler, so encryption is compiled soon:
# otherwise the first 100 MB of a file would take twice as long.
gateway_options+=(-XX:CompileCommand=quiet
  '-XX:CompileCommand=CompileThresholdScaling,com.sun.crypto.provider.*::*,0.01')
# The gateway writes no text in the language of a country, so it need not load the data of a thousand locales.
gateway_options+=(-Djava.locale.providers=SPI)

# aot_cache JAR: prints the path of the cache that scripts/train makes for this jar.
aot_cache() { printf '%s.aot' "${1%.jar}"; }

# is_aot_cache_usable: whether there is a cache, and this JVM accepts it for this program and these options.
is_aot_cache_usable() {
  [[ -e $(aot_cache "$jar") ]] &&
    "$java" "${gateway_options[@]}" -XX:AOTMode=on -XX:AOTCache="$(aot_cache "$jar")" -cp "$jar" -version \
      >/dev/null 2>&1
}

# is_documents_cache_usable: the same for the program that reads documents, which the gateway starts in users' logins
# with these options and others.
is_documents_cache_usable() {
  local documents=${jar%/*}/documents/documents.jar
  "$java" -Xmx384m -XX:+UseSerialGC -XX:AOTMode=on -XX:AOTCache="$(aot_cache "$documents")" -cp "$documents" -version \
    >/dev/null 2>&1
}

# start_gateway_ahead [OPTION...]: starts the gateway while root prepares keys and folders. The JVM loads the program, and
# waits for release_gateway before it reads a setting or a file. If this script ends first, the gateway ends too.
start_gateway_ahead() {
  local signal
  signal=$(mktemp -u /run/gatehouse-start-XXXXXX)
  mkfifo -m 0600 -- "$signal"
  exec 9<>"$signal"
  exec 8<"$signal"
  rm -f -- "$signal"
  gateway_input=/dev/fd/8 start_gateway "$@"
  exec 8<&-
}

# release_gateway: lets a gateway go on that was started ahead, when it can log in.
release_gateway() {
  await_listener
  printf '\n' >&9
  exec 9>&-
}

# await_listener: waits until the gateway's listener is there, but at most for 5 seconds. The gateway says why it cannot
# log in, if the listener never comes.
await_listener() {
  local port table try
  printf -v port ':%04X 00000000:0000 0A ' "${OPEN_TERMINAL_SSH_PORT:-2022}"
  for ((try = 0; try < 500; try++)); do
    table=$(</proc/net/tcp)
    [[ $table != *"$port"* ]] || return 0
    sleep 0.01
  done
}

# start_gateway [OPTION...]: starts the gateway without privileges and without a way to gain any. Without options, it
# uses the AOT cache, if there is one. If the JVM cannot use the cache, it prints a line and starts without it.
start_gateway() {
  local cache
  cache=$(aot_cache "$jar")
  if (($# == 0)) && [[ -e $cache ]]; then set -- -XX:AOTCache="$cache"; fi
  LC_ALL=C.UTF-8 LANG=C.UTF-8 setpriv --reuid gateway --regid gateway --clear-groups --no-new-privs --inh-caps=-all \
    --bounding-set=-all \
    "$java" "${gateway_options[@]}" "$@" -jar "$jar" ${gateway_input:+wait} <"${gateway_input:-/dev/null}" 8<&- 9>&- &
  gateway_pid=$!
}

# stop_all: ends the gateway first, so that it can end users' commands, and then sshd.
stop_all() {
  local pid deadline=$((SECONDS + ${stop_limit:-8}))
  for pid in "$gateway_pid" "$listener_pid" "$people_sshd_pid"; do
    [[ -n $pid ]] || continue
    kill -TERM "$pid" 2>/dev/null || true
    while kill -0 "$pid" 2>/dev/null && ((SECONDS < deadline)); do sleep 0.1; done
    kill -KILL "$pid" 2>/dev/null || true
  done
}

# supervise: waits until one of the processes ends, prints which one it was, and ends the others. If a signal asked for
# the end, the exit status is 0. One of the processes reads sshd's log: if it ends, the log would be lost, and sshd
# would end at its next line.
supervise() {
  local status=0 ended=''
  trap 'stop_all; exit 0' TERM INT
  # shellcheck disable=SC2086 # empty if people have no port
  wait -n -p ended "$listener_pid" $people_sshd_pid "$sshd_log_pid" "$gateway_pid" || status=$?
  case $ended in
    "$listener_pid") ended='the listener of the gateway' ;;
    "$people_sshd_pid") ended=sshd ;;
    "$sshd_log_pid") ended="sshd's log" ;;
    *) ended='the gateway' ;;
  esac
  # Exit status 3 comes from -XX:+ExitOnOutOfMemoryError.
  if [[ $ended == 'the gateway' ]] && ((status == 3)); then
    ended+=', which ran out of memory (give the container more, or tell us what it was doing),'
  fi
  printf 'gatehouse: %s ended with status %s; stopping\n' "$ended" "$status" >&2
  stop_all
  ((status != 0)) || status=1
  exit "$status"
}
