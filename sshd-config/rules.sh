# shellcheck shell=sh disable=SC2034
# The rules and numbers that more than one script needs, or that the gateway knows as well (docs/reference/boundary.md).
# No other script repeats them. The gateway's copy is the class Boundary; BoundaryTest checks that the two are equal.
#
# Shells source this file, and Perl reads it (rules.pl). So it has comments, empty lines, and lines NAME='VALUE' without
# a quote in VALUE.

# The name of an account, as an extended regular expression without anchors: useradd's own rule.
account_name='[a-z_][a-z0-9_-]{0,31}'
account_name_rule='an account name must have 1 to 32 of a-z, 0-9, _ and - and must begin with a letter or _'
# The uid of an account, and the gid of its group. Smaller numbers are for the system's accounts, larger ones for ranges
# of systemd and of containers.
uid_form='[1-9][0-9]{3,4}'
smallest_uid='1000'
largest_uid='60000'
uid_rule='a uid must be a number from 1000 to 60000'
# The two accounts of Gatehouse's own, with which it tests isolation. The prefix of all accounts stands before these
# names.
caller_account='gatehouse-caller'
target_account='gatehouse-target'
# The group of all accounts. Every group of the admin's file, and the group `admin`, gets a name that begins with this
# one and a hyphen.
all_accounts='gatehouse'
group_name='[a-z][a-z0-9_-]{0,21}'
# A uid that no user and no system account has: Debian's policy keeps 65000 to 65533 free. It is small enough for a
# container whose uids are mapped to a range of the host's.
nobody_uid='65533'

# The statuses by which root answers a request, as in sysexits.h(3).
status_done='0'
status_malformed='64'
status_conflict='65'
status_failed='70'
status_full='73'
status_logged_in='75'
status_not_enabled='77'

# The words of an account's file of standing (STATE_DIR/accounts): the standing, and who set it.
disabled='disabled'
removed='removed'
by_admin='admin'
by_open_webui='open-webui'

# The weight of an account among busy processors: the range of cpu.weight of cgroup v2.
smallest_weight='1'
largest_weight='10000'
# The word for a bound that is switched off, and the word for an account of which no measure is required.
unlimited='unlimited'
nothing_required='none'

# The first half of the addresses of accounts with a network of their own; the other two numbers follow from the uid.
# 198.18.0.0/16 is not used on the internet (RFC 2544).
account_network='198.18'
# The address of netguard for these accounts, and the address of its resolver for accounts that may reach every host.
router_address='198.18.0.1'
open_resolver_address='198.18.0.2'
