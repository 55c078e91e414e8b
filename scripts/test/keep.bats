#!/usr/bin/env bats
# Tests how bench/run compares its results with the kept ones, and keeps them (bench/keep).

bats_require_minimum_version 1.5.0
export LC_ALL=C

setup() {
  root=$(mktemp -d)
  mkdir -p "$root/target"
  cp -- "$BATS_TEST_DIRNAME/../../bench/keep" "$root/"
  cat >"$root/README.md" <<'END'
before
<!-- bench/run --keep replaces what follows -->
old
<!-- bench/run --keep replaces what is above -->
after
END
}

teardown() { rm -rf -- "$root"; }

# row PART NAME BETTER RATIO: adds a row to the results, and took PART the last row of a part.
row() { printf '%s\t%s\t%s\t8 ms\t4 ms\t%s\t<= 1 met\n' "$@" >>"$root/target/results.tsv"; }
took() { printf '%s\ttook\t\t5 s\t\t\t\n' "$1" >>"$root/target/results.tsv"; }

@test "a ratio that is more than 10 % worse than the kept one is a regression, in both directions" {
  row commands true less 1.00; row commands false less 1.00; row commands rate more 2.00; row commands calls more 2.00
  took commands
  "$root/keep" --write
  rm -- "$root/target/results.tsv"
  row commands true less 1.09; row commands false less 1.12; row commands rate more 1.83; row commands calls more 1.80
  took commands
  run -0 --separate-stderr "$root/keep"
  [[ $stderr == 'regression: commands: false: the ratio is 1.12, and 1.00 is kept
regression: commands: calls: the ratio is 1.80, and 2.00 is kept' ]]
}

@test "a better ratio and a row without one are no regression" {
  row commands true less 1.00; row commands rate more 2.00; row commands p99 less ''; took commands
  "$root/keep" --write
  rm -- "$root/target/results.tsv"
  row commands true less 0.50; row commands rate more 9.00; row commands p99 less ''; row commands new less 7; took commands
  run -0 --separate-stderr "$root/keep"
  [[ -z $stderr ]]
}

@test "without --write, nothing is kept" {
  row commands true less 1.00; took commands
  "$root/keep"
  [[ ! -e $root/ratios.tsv && $(<"$root/README.md") == *old* ]]
}

@test "parts that were not run stay as they were kept, and a part that failed is not kept" {
  row commands true less 1.00; took commands; row files list less 0.30; took files
  "$root/keep" --write
  rm -- "$root/target/results.tsv"
  row commands true less 0.90; took commands; row files list less 0.10
  "$root/keep" --write
  [[ $(<"$root/README.md") == before*'| true | 8 ms | 4 ms | 0.90 |'*after ]]
  [[ $(<"$root/README.md") == *'| list | 8 ms | 4 ms | 0.30 |'* && $(<"$root/README.md") != *old* ]]
  [[ $(grep -c '^files' "$root/ratios.tsv") == 3 ]]
}

@test "the values of what grew replace only those of the same topics" {
  row commands true less 1.00; took commands
  printf 'users\t1\ttrue\tms\tgatehouse\t8\nfiles\t1\tview\tms\tgatehouse\t5\n' >"$root/target/growth.tsv"
  "$root/keep" --write
  printf 'users\t1\ttrue\tms\tgatehouse\t9\n' >"$root/target/growth.tsv"
  "$root/keep" --write
  [[ $(grep -v measured "$root/growth.tsv" | sort) == $'files\t1\tview\tms\tgatehouse\t5\nusers\t1\ttrue\tms\tgatehouse\t9' ]]
}
