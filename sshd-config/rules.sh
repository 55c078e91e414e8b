# shellcheck shell=sh disable=SC2034
# The rules and numbers that more than one script needs, or that the gateway knows as well (docs/reference/boundary.md).
# They are written here and nowhere else among the scripts; the gateway's are in the class Boundary, and BoundaryTest
# holds the two equal.
#
# Shells source this file, and Perl reads it (rules.pl). So it has comments, empty lines, and lines NAME='VALUE' without
# a quote in VALUE.

# The name of an account, as an extended regular expression without anchors: useradd's own rule.
account_name='[a-z_][a-z0-9_-]{0,31}'
account_name_rule='an account name must have 1 to 32 of a-z, 0-9, _ and - and must begin with a letter or _'
# The number of an account, and of its group. Below are the system's accounts, above are ranges of systemd and of
# containers.
uid_form='[1-9][0-9]{3,4}'
smallest_uid='1000'
largest_uid='60000'
uid_rule='a uid must be a number from 1000 to 60000'
# The accounts of Gatehouse's own, by which it tries isolation; their names follow the prefix of all accounts.
caller_account='gatehouse-caller'
target_account='gatehouse-target'
# The group of all accounts. The groups of the admin's file, and `admin`, have names that begin with it and a hyphen.
all_accounts='gatehouse'
group_name='[a-z][a-z0-9_-]{0,21}'
# A uid that is nobody's: Debian's policy keeps 65000 to 65533 free. It is in reach of a container whose uids are
# mapped.
nobody_uid='65533'

# The statuses by which root answers a request, as in sysexits.h(3).
status_done='0'
status_malformed='64'
status_conflict='65'
status_failed='70'
status_full='73'
status_logged_in='75'
status_not_enabled='77'

# What a file of standing says of an account, and who has said it.
disabled='disabled'
removed='removed'
by_admin='admin'
by_open_webui='open-webui'

# The weight of an account among busy processors: the range of cpu.weight of cgroup v2.
smallest_weight='1'
largest_weight='10000'
# A bound that there is not, and no measure at all.
unlimited='unlimited'
nothing_required='none'

# Addresses of accounts that have a network of their own: two numbers that follow from the uid come after this.
# 198.18.0.0/16 is nobody's on the internet (RFC 2544).
account_network='198.18'
# netguard, as those accounts know it, and its resolver for those who may go everywhere.
router_address='198.18.0.1'
open_resolver_address='198.18.0.2'
