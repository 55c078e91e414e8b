#!/usr/bin/env bats
# Tests that benchmarks clean up even if they are killed (bench/guard.bash).

bats_require_minimum_version 1.5.0
export LC_ALL=C

setup() {
  root=$(mktemp -d)
  export root
  cat >"$root/bench" <<END
#!/bin/bash
set -euo pipefail
. '$BATS_TEST_DIRNAME/../../bench/guard.bash'
lead_group "\$0" "\$@"
guard touch "$root/cleaned"
sleep 300 3>&- &
echo \$! >"$root/child"
mv -- "$root/child" "$root/started"
[[ \${1:-} != end ]] || { dismiss_guard; kill \$!; exit; }
wait
END
  chmod +x "$root/bench"
}

teardown() { rm -rf -- "$root"; }

# await CONDITION...: fails if the command does not succeed within ten seconds.
await() {
  for _ in {1..100}; do
    if "$@"; then return; fi
    sleep 0.1
  done
  return 1
}

gone() { ! kill -0 "$1" 2>/dev/null; }

@test "a killed benchmark is cleaned up, and its processes end" {
  "$root/bench" 3>&- &
  await test -e "$root/started"
  kill -KILL $!
  await test -e "$root/cleaned"
  await gone "$(<"$root/started")"
}

@test "nothing cleans up behind a benchmark that has cleaned up itself" {
  run -0 "$root/bench" end
  sleep 1.5
  [[ -e $root/started && ! -e $root/cleaned ]]
}
