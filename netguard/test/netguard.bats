#!/usr/bin/env bats
# Tests netguard's messages for settings that it does not understand, before it changes the kernel's rules. The
# image's tests cover the other settings.

netguard=$BATS_TEST_DIRNAME/../netguard

@test "refuses entries that are not domains" {
  for domains in 'pypi.org,;reject' 'a b/c' '*' '-x' '"' '$(id)' 'pypi..org' '1;flush ruleset'; do
    run env OPEN_TERMINAL_ALLOWED_DOMAINS="$domains" "$netguard"
    [ "$status" -eq 1 ]
    [[ $output \
      == "netguard: OPEN_TERMINAL_ALLOWED_DOMAINS must be a list of domain names with commas between; one entry has "*" is no domain" ]] || { echo "$domains: $output"; return 1; }
  done
}

@test "refuses entries that are not a group with domains" {
  for groups in 'admin *' '@ADMIN *' '@admin' '@admin: *' '@students pypi.org @admin *' '* @admin' '@a;*'; do
    run env OPEN_TERMINAL_ALLOWED_DOMAINS='' GATEHOUSE_GROUP_DOMAINS="$groups" "$netguard"
    [ "$status" -eq 1 ]
    [[ $output == "netguard: GATEHOUSE_GROUP_DOMAINS must be "* ]] || { echo "$groups: $output"; return 1; }
  done
}

@test "refuses domains of groups where everybody reaches every host" {
  run env GATEHOUSE_GROUP_DOMAINS='@admin *' "$netguard"
  [ "$status" -eq 1 ]
  [ "$output" = \
    "netguard: GATEHOUSE_GROUP_DOMAINS has no effect, because OPEN_TERMINAL_ALLOWED_DOMAINS is not set; set both or neither" ]
}
