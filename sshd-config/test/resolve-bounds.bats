#!/usr/bin/env bats
# Tests which bounds an account gets. They are in one file for each account, which a shell can source.

load support

setup() { prepare_gatehouse; }
teardown() { remove_gatehouse; }

resolve() { "$OPEN_TERMINAL_RUNTIME_DIR/resolve-bounds" "$@"; }

# bound ACCOUNT ITEM: prints the value in the account's file.
bound() { sed -n "s/^$2='\(.*\)'\$/\1/p" "$OPEN_TERMINAL_RUNTIME_DIR/accounts/$1"; }

@test "an account's own line wins over its groups' lines, and those over everybody's; of each kind, the last wins" {
  cat >"$OPEN_TERMINAL_RUNTIME_DIR/bounds" <<'BOUNDS'
ghtesta nproc 1
ghtesta nproc 2
* nproc 544
@gatehouse-admin nproc 77
* memory 1
* memory 2
@gatehouse-admin idle 5
@gatehouse-heavy idle 6
* idle unlimited
* require limits
@gatehouse-heavy require memory,cpu
BOUNDS
  printf '%s\n' '! required' '@gatehouse 1500' '@gatehouse-heavy 3000' 'ghtestb unlimited' \
    >"$OPEN_TERMINAL_RUNTIME_DIR/disk"
  resolve <<<$'ghtesta gatehouse-admin gatehouse-heavy\nghtestb gatehouse-admin\nghtestc'
  diff - "$OPEN_TERMINAL_RUNTIME_DIR/accounts/ghtesta" <<'BOUNDS'
cpuweight=''
disk='3000'
disk_required='yes'
idle='6'
memory='2'
nproc='2'
require='memory,cpu'
BOUNDS
  [ "$(bound ghtestb nproc) $(bound ghtestb idle) $(bound ghtestb disk)" = '77 5 unlimited' ]
  [ "$(bound ghtestc nproc) $(bound ghtestc idle) $(bound ghtestc require) $(bound ghtestc disk)" = \
    '544 unlimited limits 1500' ]
  [ "$(stat -c '%a %U' "$OPEN_TERMINAL_RUNTIME_DIR/accounts/ghtestc" "$OPEN_TERMINAL_RUNTIME_DIR/accounts" | tr '\n' ' ')" = '644 root 755 root ' ]
}

@test "bounds follow the role at once, and limits.conf at the next start" {
  printf '@admin - memory 3G\n' >"$GATEHOUSE_ETC/limits.conf"
  "$config_dir/prepare"
  provision ghtesta 29001 admin
  [ "$(bound ghtesta memory)" = 3221225472 ]
  provision ghtesta 29001
  [ "$(bound ghtesta memory)" = 2147483648 ]
  provision ghtesta 29001 admin
  printf '@admin - memory 1G\n' >"$GATEHOUSE_ETC/limits.conf"
  "$config_dir/prepare"
  [ "$(bound ghtesta memory)" = 1073741824 ]
}

@test "a restored account has bounds before it logs in, and a removed account has none" {
  printf 'ghtestb - idle 60\n' >"$GATEHOUSE_ETC/limits.conf"
  "$config_dir/prepare"
  request restore <<<$'ghtesta 29001\nghtestb 29002'
  [ "$(bound ghtesta idle) $(bound ghtestb idle)" = 'unlimited 60' ]
  as_admin remove ghtesta 29001 keep
  [ ! -e "$OPEN_TERMINAL_RUNTIME_DIR/accounts/ghtesta" ]
}

@test "restored accounts with the same bounds share a file until one of them gets others" {
  local accounts=$OPEN_TERMINAL_RUNTIME_DIR/accounts
  printf 'ghtestb - idle 60\n' >"$GATEHOUSE_ETC/limits.conf"
  "$config_dir/prepare"
  # A file that an earlier container left, for example.
  printf "idle='1'\n" >"$accounts/ghtestd"
  request restore <<<$'ghtesta 29001\nghtestb 29002\nghtestc 29003\nghtestd 29004'
  [ "$accounts/ghtesta" -ef "$accounts/ghtestc" ]
  [ "$(stat -c '%U %a %h' "$accounts/ghtesta")" = 'root 644 2' ]
  [ "$(bound ghtestb idle) $(bound ghtestd idle)" = '60 unlimited' ]
  printf 'ghtestc idle 30\n' >>"$OPEN_TERMINAL_RUNTIME_DIR/bounds"
  resolve <<<ghtestc
  [ "$(bound ghtesta idle) $(bound ghtestc idle)" = 'unlimited 30' ]
}

@test "writes nothing that root's shells would run" {
  local value
  for value in '$(id)' '`id`' "1';id;'" '1;id' '../x'; do
    printf '* nproc %s\n' "$value" >"$OPEN_TERMINAL_RUNTIME_DIR/bounds"
    run resolve <<<ghtesta
    [ "$status" -ne 0 ] && [[ $output == *'bounds, line 1: the line has the wrong form' ]] ||
      { echo "$value: $output"; return 1; }
  done
  : >"$OPEN_TERMINAL_RUNTIME_DIR/bounds"
  local name
  for name in ../ghtesta .ghtesta '' GHTEST 'a/b'; do
    run resolve <<<"$name"
    [ "$status" -ne 0 ]
  done
  [ -z "$(ls -A "$OPEN_TERMINAL_RUNTIME_DIR/accounts" | grep ghtest)" ]
}
