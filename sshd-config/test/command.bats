#!/usr/bin/env bats
# Tests sshd-config/command, the prelude of every command.

readonly prelude=${BATS_TEST_DIRNAME%/test}/command

setup() { home=$(mktemp -d); }
teardown() { rm -rf -- "$home"; }

# runs TEXT [SIGNAL]: runs TEXT with the prelude on a terminal. Then the variables output and lines of bats have what
# the terminal showed and, in the last line, the exit status.
runs() { run env "${variables[@]}" /usr/bin/python3 "$BATS_TEST_DIRNAME/on_terminal.py" "$prelude" "$home" "$@" 3>&-; }
variables=(_=_)

# gives EXPECTED: fails unless the whole output is EXPECTED, in which \n is a line end.
gives() { [ "$output" = "$(printf '%b' "$1")" ] ||
  { printf 'expected: %s\nbut was:  %s\n' "$1" "$output"; return 1; }; }

@test "reports the directory that cannot be entered, and runs nothing" {
  DIRECTORY=$home/missing runs 'echo ran'
  gives '\036cwd\nnot begun\nexit 1'
}

@test "reports that the text begins, in its directory, and gives it no arguments" {
  mkdir "$home/below"
  DIRECTORY=$home/below runs 'echo $? $# [$1] $PWD'
  gives "0 0 [] $home/below\nexit 0"
  echo 'cd /tmp' >"$home/.bashrc"
  runs 'echo $PWD'
  gives "$home\nexit 0"
}

@test "reports to the terminal, wherever ~/.bashrc sends the output" {
  echo "exec >'$home/out' 2>&1" >"$home/.bashrc"
  runs 'echo hi'
  gives 'exit 0'
  [ "$(cat "$home/out")" = hi ]
}

@test "runs nothing of the text without a report" {
  local startup
  for startup in 'exit 0' 'exit 3' 'set -e; false' 'set -n' 'set -r' 'enable -n builtin' 'enable -n printf' \
    'enable -n cd' 'enable -n trap' 'enable -n unset' 'enable -n export' 'readonly PWD' 'readonly OLDPWD' \
    'builtin() { :; }' \
    'builtin() { return 1; }' 'function . { :; }' 'readonly __gatehouse' 'exec sh -c "exit 4"' \
    'exec </dev/null >/dev/null 2>&1' \
    'shopt -s expand_aliases; alias "[[="true'; do
    echo "$startup" >"$home/.bashrc"
    runs "echo ran; touch '$home/ran'"
    [[ $output == *'not begun'* && $output != *'cwd'* && ! -e $home/ran ]] ||
      { echo "after: $startup: $output"; return 1; }
  done
}

@test "leaves exit statuses, traps, exec, set -e, comments and here-documents to the text" {
  runs 'exit 3'; gives 'exit 3'
  runs 'trap "echo mine" EXIT; exit 5'; gives 'mine\nexit 5'
  runs 'exec sh -c "echo other; exit 6"'; gives 'other\nexit 6'
  runs 'set -eu; false; echo unreached'; gives 'exit 1'
  runs $'cat <<X # comment\nin $((1 + 1))\nX\n# end'; gives 'in 2\nexit 0'
}

@test "sets the variables of the request, whatever their values are" {
  variables=(GATEHOUSE_ENV_A=$'two\nlines "$(id)" \x27' GATEHOUSE_ENV_PATH=/opt:/usr/bin:/bin GATEHOUSE_ENV_EMPTY=)
  runs 'printf "%s|%s|%s\n" "$A" "$PATH" "${EMPTY-unset}"; env | grep -ci GATEHOUSE; compgen -v __gatehouse'
  gives 'two\nlines "$(id)" \x27|/opt:/usr/bin:/bin|\n0\nexit 1'
}

@test "silently skips variables that only bash itself can set" {
  variables=(GATEHOUSE_ENV_UID=0 GATEHOUSE_ENV_EUID=0 GATEHOUSE_ENV_PPID=1 GATEHOUSE_ENV_SHELLOPTS=x \
    GATEHOUSE_ENV_BASHOPTS=x GATEHOUSE_ENV_IFS=a)
  runs 'x="a b"; echo $x $((UID == $(id -u)))'
  gives 'a b 1\nexit 0'
}

@test "works after a ~/.bashrc that changes the shell" {
  variables=(GATEHOUSE_ENV_X=v)
  local startup
  for startup in 'set -eu' 'set -t' 'set -a' 'set -C' 'cd /; return 7' \
    'set -Ee; trap "echo no" ERR; trap "exec sh" RETURN' 'trap "echo no" EXIT' \
    'readonly LINENO' 'exec() { echo no; }; builtin() { command builtin "$@"; }' 'set -o posix' 'readonly Y=1; set -e' \
    'set -f -o noclobber' 'IFS=x' 'shopt -s expand_aliases; alias cd=false printf=false trap=false' \
    'cd() { echo no; }; printf() { echo no; }; trap() { echo no; }; export() { echo no; }; unset() { echo no; }'; do
    echo "$startup" >"$home/.bashrc"
    runs 'echo "$X"; exit 3'
    gives 'v\nexit 3' || { echo "after: $startup"; return 1; }
  done
}

@test "keeps a variable that ~/.bashrc made read-only, and goes on" {
  variables=(GATEHOUSE_ENV_X=theirs GATEHOUSE_ENV_Z=z)
  echo 'readonly X=mine; set -e' >"$home/.bashrc"
  runs 'echo $X $Z; false; echo unreached'
  gives 'mine z\nexit 1'
}

@test "keeps the output of background jobs, with the status of the command" {
  runs '(sleep 1; echo late) & exit 4'; gives 'late\nexit 4'
  runs 'set -eu; (sleep 1; echo late) & false'; gives 'late\nexit 1'
  runs 'IFS=; (sleep 0.5; echo a) & (sleep 1; echo b) & :'; gives 'a\nb\nexit 0'
  runs 'IFS=0123456789; (sleep 1; echo a) & :'; gives 'a\nexit 0'
  runs 'set -m; (sleep 1; echo late) & :'; gives 'late\nexit 0'
}

@test "does not wait for background jobs whose output is not the terminal" {
  runs 'sleep 61.7 >/dev/null 2>&1 </dev/null & :'
  gives 'exit 0'
  pkill -f 'sleep 61.7' # it runs still
  runs '(sleep 0.3; exec sleep 61.7 >/dev/null 2>&1 </dev/null) & :' # as on a machine that is slow to redirect
  gives 'exit 0'
  pkill -f 'sleep 61.7'
}

@test "background children survive the end of the terminal" {
  runs "(sleep 1; echo alive >'$home/alive') >/dev/null 2>&1 & exec true"
  for _ in $(seq 40); do [ ! -s "$home/alive" ] || break; sleep 0.1; done
  [ "$(cat "$home/alive")" = alive ]
}

@test "a signal to the group ends the command as that signal, and bash prints no message of its own" {
  runs 'echo ready; sleep 9' TERM; gives 'ready\nsignal 15'
  runs 'echo ready; sleep 9' INT; gives 'ready\nsignal 2'
  runs 'echo ready; sleep 9' KILL; gives 'ready\nsignal 9'
  runs 'sleep 9 & echo ready; sleep 9' TERM; gives 'ready\nsignal 15'
  runs 'sleep 9 & echo ready; wait' TERM; gives 'ready\nsignal 15'
  # The signal comes while only the background job is left and the prelude waits for it.
  runs 'sleep 9 & echo ready' TERM; gives 'ready\nsignal 15'
}

@test "the output of a background job that ignores the signal is kept, and the status is still the signal" {
  runs '(trap "" TERM; sleep 2; echo late) & sleep 0.2; echo ready; sleep 9' TERM
  gives 'ready\nlate\nsignal 15'
}
