#!/usr/bin/env bats
# Tests netguard's messages for settings that it does not understand, before it changes the kernel's rules. The
# image's tests cover the other settings.

netguard=$BATS_TEST_DIRNAME/../netguard

@test "refuses what is no domain" {
  for domains in 'pypi.org,;reject' 'a b/c' '*' '-x' '"' '$(id)' 'pypi..org' '1;flush ruleset'; do
    run env OPEN_TERMINAL_ALLOWED_DOMAINS="$domains" "$netguard"
    [ "$status" -eq 1 ]
    [[ $output == "netguard: OPEN_TERMINAL_ALLOWED_DOMAINS is a list of domain names with commas between; one has "*" other characters" ]] || { echo "$domains: $output"; return 1; }
  done
}

@test "refuses what is no group with domains" {
  for groups in 'admin *' '@ADMIN *' '@admin' '@admin: *' '@students pypi.org @admin *' '* @admin' '@a;*'; do
    run env OPEN_TERMINAL_ALLOWED_DOMAINS='' GATEHOUSE_GROUP_DOMAINS="$groups" "$netguard"
    [ "$status" -eq 1 ]
    [[ $output == "netguard: GATEHOUSE_GROUP_DOMAINS is "* ]] || { echo "$groups: $output"; return 1; }
  done
}

@test "refuses groups that could have nothing besides" {
  run env GATEHOUSE_GROUP_DOMAINS='@admin *' "$netguard"
  [ "$status" -eq 1 ]
  [ "$output" = "netguard: GATEHOUSE_GROUP_DOMAINS adds to OPEN_TERMINAL_ALLOWED_DOMAINS, which is not set: everybody reaches everything" ]
}
