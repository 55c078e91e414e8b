#!/usr/bin/env bats
# Tests the variables of commands that nobody watches (sshd-config/unattended and command-environment).

readonly config_dir=${BATS_TEST_DIRNAME%/test}

setup() {
  home=$(mktemp -d)
  file=$home/environment
}
teardown() { rm -rf -- "$home"; }

# filled: prints the prelude with the variables of the file inserted.
filled() {
  local lines
  lines=$("$config_dir/unattended" "$file" /run/programs)
  local text
  text=$(cat "$config_dir/command")
  printf '%s\n' "${text/'# @COMMAND_ENVIRONMENT@'/"$lines"}" >"$home/command"
}

# runs TEXT: runs TEXT with this prelude on a terminal. Then the variable output of bats has what the terminal showed
# and, in the last line, the exit status.
runs() { run env "${variables[@]}" /usr/bin/python3 "$BATS_TEST_DIRNAME/on_terminal.py" "$home/command" "$home" "$1" \
  3>&-; }
variables=(_=_)

gives() { [ "$output" = "$(printf '%b' "$1")" ] ||
  { printf 'expected: %s\nbut was:  %s\n' "$1" "$output"; return 1; }; }

# refuses CONTENT REASON: fails unless a file with this content is refused with this reason for its first line.
refuses() {
  printf '%s\n' "$1" >"$file"
  run "$config_dir/unattended" "$file" /run/programs
  [ "$status" -eq 1 ] && [ "$output" = "prepare: $file, line 1: $2" ] || { echo "$1: $output"; return 1; }
}

@test "sets variables that have no value yet, to the exact value" {
  printf '%s\n' '# none' '' "A=it's \"\$(id)\" \`id\` \$HOME \\ #x & | ;  " 'B=@RUNTIME_DIR@/no-editor' 'C=' \
    'D=default' 'E=gr\xfcn' 'F=default' >"$file"
  filled
  echo 'export D=mine F=' >"$home/.bashrc"
  variables=(GATEHOUSE_ENV_E=asked)
  runs 'printf "%s\n" "[$A]" "$B" "[${C-unset}]" "$D" "$E" "[$F]"; env | grep -c "^[ABCDEF]="'
  gives '[it'"'"'s "$(id)" `id` $HOME \\ #x & | ;  ]\n/run/programs/no-editor\n[]\nmine\nasked\n[]\n6\nexit 0'
}

@test "keeps read-only variables and the options of ~/.bashrc, and leaves nothing behind" {
  printf '%s\n' 'A=default' 'B=default' >"$file"
  filled
  local startup
  for startup in 'readonly A; set -e' 'readonly A=mine; set -eu' 'set -eu' 'export() { echo no; }' \
    'set -f -o noclobber'; do
    echo "$startup" >"$home/.bashrc"
    runs 'echo "$B"; compgen -v __gatehouse; false; [[ $- == *e* ]] || echo on'
    [[ $output == $'default\nexit 1' || $output == $'default\non\nexit 0' ]] ||
      { echo "after $startup: $output"; return 1; }
  done
}

@test "sets all variables at once if none is set, also to the exact values" {
  printf '%s\n' "A=it's \"\$(id)\" * {a,b} ~ \\" 'B=@RUNTIME_DIR@/x y' >"$file"
  filled
  runs 'printf "%s\n" "$A" "$B"; env | grep -c "^[AB]="'
  gives 'it'"'"'s "$(id)" * {a,b} ~ \\\n/run/programs/x y\n2\nexit 0'
}

@test "works with nothing to set" {
  printf '# nothing\n' >"$file"
  filled
  runs 'echo ran "${PAGER-none}"'
  gives 'ran none\nexit 0'
}

@test "refuses variables that it cannot set, and names the line" {
  refuses 'A = b' 'the line must be NAME=value, without blanks before the =, or a comment that begins with #'
  refuses 'export A=b' 'the line must be NAME=value, without blanks before the =, or a comment that begins with #'
  refuses 'PATH=/opt' 'PATH is set by each login already, so a value from here would never be used'
  refuses 'BASH_ENV=/x' 'BASH_ENV changes how shells and programs start, and cannot be set here'
  refuses 'LD_PRELOAD=/x' 'LD_PRELOAD changes how shells and programs start, and cannot be set here'
  refuses '__gatehouse=1' '__gatehouse changes how shells and programs start, and cannot be set here'
  refuses $'A=\e[31m' 'the value of A has a control character'
  refuses "A=$(printf '%5000s' x)" 'the value of A has more than 4096 bytes'
}

@test "with the default file, pagers print, and git fails where it would ask" {
  file=$config_dir/command-environment
  filled
  seq 3000 >"$home/numbers"
  runs 'PS4=; git init -q . && git config user.email a@example.org && git config user.name A && for i in $(seq 60); do git commit -q --allow-empty -m "number $i"; done; git log | grep -c number'
  [ "${lines[0]}" = 60 ]
  runs 'git --no-optional-locks log --format=%s'
  [ "${#lines[@]}" -eq 61 ] && [ "${lines[59]}" = 'number 1' ]
  runs 'more numbers | tail -n 1; more numbers'
  [ "${lines[-2]}" = 3000 ]
  runs 'man ls | wc -l; man ls'
  [[ $output == *'list directory contents'* && ${lines[-1]} == 'exit 0' ]]
  if grep -q LESS_LINES "$(command -v less)"; then
    runs 'less numbers'
    [[ $output == *3000* && ${lines[-1]} == 'exit 0' ]]
  fi
}

@test "an editor that git opens fails and says what to do, and a merge needs no editor" {
  file=$config_dir/command-environment
  "$config_dir/unattended" "$file" "$home" >/dev/null
  cp "$config_dir/no-person" "$home/no-editor"
  local lines_of text
  lines_of=$("$config_dir/unattended" "$file" "$home")
  text=$(cat "$config_dir/command")
  printf '%s\n' "${text/'# @COMMAND_ENVIRONMENT@'/"$lines_of"}" >"$home/command"
  runs 'git init -q -b main . && git config user.email a@example.org && git config user.name A && git commit -q --allow-empty -m one && git commit --allow-empty'
  [[ $output == *'git commit -m TEXT'* && ${lines[-1]} == 'exit 1' ]]
  runs 'git checkout -q -b side && git commit -q --allow-empty -m two && git checkout -q main && git commit -q --allow-empty -m three && git merge -q side; git log -1 --format=%s'
  gives "Merge branch 'side'\nexit 0"
}

@test "where ssh would ask for a password, it fails and shows the question" {
  run "$config_dir/no-person" "me@host's password: "
  [ "$status" -eq 1 ] && [ "${#lines[@]}" -eq 1 ] && [[ $output == *"me@host's password: "*send_process_input. ]]
}
