# How root-helper finds, makes, changes, disables and removes accounts. Names and numbers go to other programs as
# separate arguments and never through a shell, and only root can change /etc.
use strict;
use warnings;
use Fcntl qw(:flock O_CREAT O_EXCL O_WRONLY);

our (%rules, %folders, $folder, $asker, @told);

my $standings = "$folders{state}/accounts";
my $members_file = "$folders{runtime}/members/members";
my $lock_limit = 50;           # seconds
# The expiry date of a locked account, in days since 1970. PAM and sshd refuse an expired account, with any key.
my $expired = 1;

# --- What may be asked for

sub is_account_name { return defined $_[0] && $_[0] =~ /\A$rules{account_name}\z/ }

sub is_uid {
  my ($uid) = @_;
  return defined $uid && $uid =~ /\A$rules{uid_form}\z/ && $uid >= $rules{smallest_uid} && $uid <= $rules{largest_uid};
}

# check_account NAME UID ROLE: refuses a name, a uid or a combination of name and role that breaks a rule.
sub check_account {
  my ($name, $uid, $role) = @_;
  malformed($rules{account_name_rule}) if !is_account_name($name);
  malformed($rules{uid_rule}) if !is_uid($uid);
  # No user's account can have such a name, so the role `reserved` can never move a user's home.
  malformed("the role reserved is only for $rules{caller_account} and $rules{target_account}")
    if $role eq 'reserved' && $name !~ /(?:$rules{caller_account}|$rules{target_account})\z/;
  return;
}

# home_of NAME ROLE: returns the path of the account's home.
sub home_of {
  my ($name, $role) = @_;
  return $role eq 'reserved' ? "$folders{state}/reserved/$name" : "$folders{homes}/$name";
}

# --- Locks. A request that holds the lock of all accounts must not wait for anything that a user can delay: the user's
# processes can stop a program that works in a home that exists already.

my %locks;

# lock_file PATH REASON: takes the lock, or refuses the request with this reason after the time limit.
sub lock_file {
  my ($path, $reason) = @_;
  open my $file, '>', $path or failed("$path: $!");
  my $taken = eval {
    local $SIG{ALRM} = sub { die "too long\n" };
    alarm $lock_limit;
    my $locked = flock $file, LOCK_EX;
    alarm 0;
    $locked;
  };
  alarm 0;
  failed($reason) if !$taken;
  $locks{$path} = $file;
  return;
}

# lock_all: takes the lock of all accounts, because two requests must not write /etc/passwd at once. Of fifty new users,
# the last waits some seconds.
sub lock_all { return lock_file("$folders{etc}/provision.lock", 'another provisioning takes too long') }
sub unlock_all { delete $locks{"$folders{etc}/provision.lock"}; return }

# lock_account NAME: takes the lock of one account. It is always taken before the lock of all accounts.
sub lock_account { return lock_file("$folders{etc}/locks/$_[0]", "another request for $_[0] takes too long") }

# --- The entries of the account files

# The entries of accounts (name, uid, home) and groups (name, gid), by name and by number; the members of the group of
# all accounts; and, by name, the members of each group that has bounds of its own.
my (%account, %account_by_uid, %group, %group_by_gid, %member, %bounded);

sub known_account { return $account{$_[0]} }

sub note_account {
  my ($name, undef, $uid, undef, undef, undef, undef, $home) = @_;
  return if !defined $name;
  $account{$name} = $account_by_uid{$uid} = {name => $name, uid => $uid, home => $home};
  return;
}

sub note_group {
  my ($name, undef, $gid, $members) = @_;
  return if !defined $name;
  $group{$name} = $group_by_gid{$gid} = {name => $name, gid => $gid};
  my %members = map { $_ => 1 } split ' ', $members // '';
  $bounded{$name} = \%members if $name =~ /\A$rules{all_accounts}-/;
  %member = %members if $name eq $rules{all_accounts};
  return;
}

# load_account NAME UID: reads the entries that matter for one account.
sub load_account {
  my ($name, $uid) = @_;
  %{$_} = () for \%account, \%account_by_uid, \%group, \%group_by_gid, \%member, \%bounded;
  note_account(getpwnam $name);
  note_account(getpwuid $uid);
  note_group(getgrnam $_) for $rules{all_accounts}, bounded_groups(), $name;
  note_group(getgrgid $uid);
  return;
}

# load_all: reads the entries of all accounts and groups.
sub load_all {
  %{$_} = () for \%account, \%account_by_uid, \%group, \%group_by_gid, \%member, \%bounded;
  setpwent;
  while (my @entry = getpwent) { note_account(@entry) }
  endpwent;
  setgrent;
  while (my @entry = getgrent) { note_group(@entry) }
  endgrent;
  return;
}

# note_new NAME UID HOME: adds an entry in memory, so that later checks see the account as if it existed.
sub note_new {
  my ($name, $uid, $home) = @_;
  note_account($name, undef, $uid, undef, undef, undef, undef, $home);
  $member{$name} = 1;
  return;
}

# check_state NAME UID HOME: returns "ours", "absent", or "among users" if the home of one of Gatehouse's own accounts
# is still among the users' homes, where an earlier Gatehouse made it. It refuses if another account or group has the
# name or the number, because root-helper never takes over such an account.
sub check_state {
  my ($name, $uid, $home) = @_;
  if (my $found = $account{$name}) {
    my $earlier = $home eq "$folders{state}/reserved/$name" && $found->{home} eq "$folders{homes}/$name";
    conflict("the account $name exists with another uid or home")
      if $found->{uid} != $uid || $found->{home} ne $home && !$earlier;
    conflict("the account $name exists and is not Gatehouse's") if !$member{$name};
    return $earlier ? 'among users' : 'ours';
  }
  my $other = $account_by_uid{$uid};
  conflict("the uid $uid is that of the account $other->{name}") if $other;
  my $named = $group{$name};
  conflict("the group $name exists with another gid") if $named && $named->{gid} != $uid;
  my $numbered = $group_by_gid{$uid};
  conflict("the gid $uid is that of the group $numbered->{name}") if $numbered && $numbered->{name} ne $name;
  return 'absent';
}

# --- Changes of one account

# create_account NAME UID HOME: makes the account. The password * matches nothing, and unlike ! it does not lock the
# account for logins by key. Accounts get no range of subordinate uids: processes with such a uid would belong to no
# account, and the ranges would be used up after nine thousand accounts.
sub create_account {
  my ($name, $uid, $home) = @_;
  # The account's group gets the uid as its gid, which was found to be free. If an earlier attempt made only the group,
  # that group is used.
  my $own_group = $group{$name} ? "--gid=$uid" : '--user-group';
  my ($status, $said) = run(
    'useradd', '-u', $uid, $own_group, '-G', $rules{all_accounts}, '-M', '-d', $home, '-s', '/bin/bash', '-p', '*',
    '-K', 'SUB_UID_COUNT=0', '-K', 'SUB_GID_COUNT=0', $name
  );
  failed("useradd failed for $name: " . last_line($said)) if $status;
  return;
}

sub remove_lines {
  my ($name, $uid) = @_;
  run('crontab', '-r', '-u', $name) if has_program('crontab');
  my ($status, $said) = run('userdel', $name);
  failed("userdel failed for $name: " . last_line($said)) if $status;
  my (undef, undef, $gid) = getgrnam $name;
  run('groupdel', $name) if defined $gid && $gid == $uid;
  return;
}

# set_groups NAME ROLE: changes the account's membership in groups with bounds, for its next login, and writes the
# members for netguard.
sub set_groups {
  my ($name, $role) = @_;
  my %belongs = map { $_ => 1 } groups_of($name, $role);
  for my $each (bounded_groups()) {
    next if !$belongs{$each} == !$bounded{$each}{$name};
    # The file is deleted before the membership changes. So if something fails after that, netguard gives no account
    # more rights than allowed, and the next provisioning writes the file.
    unlink $members_file;
    my ($status) = run('gpasswd', $belongs{$each} ? '-a' : '-d', $name, $each);
    failed("$name could not be added to or removed from the group $each") if $status;
  }
  write_members() if !-e $members_file;
  return;
}

# write_members: writes lines of GROUP UID for netguard, which knows accounts only by their uids. The file is renamed
# into place when it is complete, because netguard may read it at any time.
sub write_members {
  my (%uid, @lines);
  open my $passwd, '<', '/etc/passwd' or failed("/etc/passwd: $!");
  while (my $line = <$passwd>) {
    my ($name, undef, $uid) = split /:/, $line;
    $uid{$name} = $uid;
  }
  open my $groups, '<', '/etc/group' or failed("/etc/group: $!");
  while (my $line = <$groups>) {
    chomp $line;
    my ($name, undef, undef, $members) = split /:/, $line;
    next if $name !~ /\A$rules{all_accounts}-/;
    push @lines, map { "$name $uid{$_}\n" } grep { defined $uid{$_} } split /,/, $members // '';
  }
  my ($new) = $members_file =~ m{\A(.*)/};
  put_file("$new/.new", $members_file, 0644, @lines) or failed('the members of the groups could not be written');
  return;
}

sub rewrite_members { write_members() if -e $members_file; return }

# put_file NEW FILE MODE LINE...: writes a file in a folder that only root can change. It writes the file as NEW and
# renames it to FILE when it is complete.
sub put_file {
  my ($new, $file, $mode, @lines) = @_;
  return 0 if -d $new && !-l $new;
  unlink $new;
  sysopen my $handle, $new, O_WRONLY | O_CREAT | O_EXCL, $mode or return 0;
  my $written = print {$handle} @lines;
  return 1 if close($handle) && $written && rename $new, $file;
  unlink $new;
  return 0;
}

# --- Changes of many accounts, by vipw and vigr. These two programs hold the locks of the account files and replace the
# files in one step. useradd would take a second for every thirty accounts.

# edit HOW LINES PROGRAM...: has PROGRAM (vipw or vigr) call merge-accounts as its editor for one account file. It
# returns whether that succeeded.
sub edit {
  my ($how, $lines, @program) = @_;
  my $file = "$folders{etc}/.lines-$$";
  put_file("$file.new", $file, 0600, @{$lines}) or return 0;
  # vipw and vigr pass this value to a shell, with the name of their copy appended. prepare has checked that the paths
  # have no special character of a shell.
  local $ENV{VISUAL} = "$folder/merge-accounts $how $file";
  my ($status) = run(@program);
  unlink $file;
  return $status == 0;
}

# move_account NAME HOME: changes the home in the account file. It moves no files.
sub move_account {
  my ($name, $home) = @_;
  edit('rehome', ["${name}:::::$home:\n"], 'vipw');
  # The result is read from the account file, because the exit status of vipw does not say whether the line has changed.
  my $moved = (getpwnam $name)[7] // '';
  failed("the home of $name could not be moved in the account file") if $moved ne $home;
  return;
}

# create_accounts {name, uid, home, expiry}...: makes the accounts. After a failure it can be called again and does the
# steps that are missing. It writes the accounts after the groups, so that no account is seen without its group.
sub create_accounts {
  my @new = @_;
  my $today = int(time / 86_400);
  my $done = edit('add', [map { "$_->{name}:x:$_->{uid}:\n" } @new], 'vigr')
    && (!-e '/etc/gshadow' || edit('add', [map { "$_->{name}:!::\n" } @new], 'vigr', '-s'))
    && edit('add', [map { "$_->{name}:*:$today:0:99999:7::$_->{expiry}:\n" } @new], 'vipw', '-s')
    && edit('add', [map { "$_->{name}:x:$_->{uid}:$_->{uid}::$_->{home}:/bin/bash\n" } @new], 'vipw');
  failed('the account files could not be written') if !$done;
  return;
}

# --- Standing: whether an account is enabled, disabled or removed. For each account that is disabled or removed, root
# keeps a small file on the volume of the homes, so that it has effect in every container that uses this volume, also in
# a new one. The file has one line, STANDING UID BY SECONDS: STANDING is disabled or removed, BY is admin or open-webui,
# and SECONDS is the time. An enabled account has no such file. The gateway reads these files.

# standing_of NAME: returns the account's standing (enabled, disabled or removed), its uid and who set the standing. If
# the file cannot be read, the account counts as disabled.
sub standing_of {
  my ($name) = @_;
  return {is => 'enabled', by => ''} if !-e "$standings/$name" && !-l "$standings/$name";
  my $line = '';
  if (open my $file, '<', "$standings/$name") { sysread $file, $line, 256 }
  my ($is, $uid, $by) = $line =~ /\A(\S+) (\S+) (\S+)(?: |\n|\z)/;
  return {is => $rules{disabled}, by => $rules{by_admin}}
    if !defined $by || $is !~ /\A(?:$rules{disabled}|$rules{removed})\z/ || $uid !~ /\A$rules{uid_form}\z/
    || $by !~ /\A(?:$rules{by_admin}|$rules{by_open_webui})\z/;
  return {is => $is, uid => $uid, by => $by};
}

# write_standing NAME UID STANDING BY: writes the account's file of standing. The file is renamed into place when it is
# complete, because it may be read at any time.
sub write_standing {
  my ($name, $uid, $is, $by) = @_;
  my $new = "$standings/.new-$name";
  my $written = 0;
  unlink $new;
  if (sysopen my $file, $new, O_WRONLY | O_CREAT | O_EXCL, 0600) {
    $written = print {$file} "$is $uid $by " . time . "\n";
    $written = close($file) && $written;
    $written &&= chown(-1, scalar getgrnam 'gateway', $new) && chmod(0640, $new) && rename $new, "$standings/$name";
  }
  return if $written;
  unlink $new;
  return refuse(explained("$standings/$name cannot be written"));
}

sub forget_standing {
  my ($name) = @_;
  unlink "$standings/$name";
  failed("$standings/$name cannot be removed: $!") if -e "$standings/$name";
  return;
}

sub require_enabled {
  my ($name) = @_;
  my $standing = standing_of($name)->{is};
  refuse($rules{status_not_enabled}, "the account $name is $standing") if $standing ne 'enabled';
  return;
}

# The names of expired accounts, read once for each request, because a batch asks for each of its accounts.
my $locked;

# is_locked NAME: whether the account has expired.
sub is_locked {
  my ($name) = @_;
  if (!$locked) {
    open my $shadow, '<', '/etc/shadow' or failed("/etc/shadow: $!");
    $locked = {};
    while (my $line = <$shadow>) { $locked->{$1} = 1 if $line =~ /\A([^:]+):(?:[^:]*:){6}$expired:/ }
  }
  return $locked->{$name};
}

sub expiry { return $_[0] eq 'enabled' ? '' : $expired }

# lock_login NAME STATE: refuses all later logins of the account. Keys in its home stay there and open nothing.
sub lock_login {
  my ($name, $state) = @_;
  my $key = "$folders{etc}/authorized_keys/$name";
  unlink $key;
  failed("$key cannot be removed: $!") if -e $key;
  return if $state eq 'absent' || is_locked($name);
  my ($status) = run('chage', '-E', $expired, $name);
  failed("the account $name cannot be locked") if $status;
  $locked->{$name} = 1;
  return;
}

sub unlock_login {
  my ($name) = @_;
  return if !is_locked($name);
  my ($status) = run('chage', '-E', '-1', $name);
  failed("the account $name cannot be unlocked") if $status;
  delete $locked->{$name};
  return;
}

1;
