# Accounts, as root-helper finds, makes, changes and removes them; and their standing. Names and numbers reach other
# programs as arguments of a list, and /etc is root's.
use strict;
use warnings;
use Fcntl qw(:flock O_CREAT O_EXCL O_WRONLY);

our (%rules, %folders, $folder, $asker, @told);

my $standings = "$folders{state}/accounts";
my $members_file = "$folders{runtime}/members/members";
my $lock_limit = 50;           # seconds
# The day since 1970 on which a locked account has expired: PAM and sshd let nobody in, whatever the key.
my $expired = 1;

# --- What may be asked for

sub is_account_name { return defined $_[0] && $_[0] =~ /\A$rules{account_name}\z/ }

sub is_uid {
  my ($uid) = @_;
  return defined $uid && $uid =~ /\A$rules{uid_form}\z/ && $uid >= $rules{smallest_uid} && $uid <= $rules{largest_uid};
}

# check_account NAME UID ROLE: refuses what breaks a rule.
sub check_account {
  my ($name, $uid, $role) = @_;
  malformed($rules{account_name_rule}) if !is_account_name($name);
  malformed($rules{uid_rule}) if !is_uid($uid);
  # No user can have such a name, so this word cannot move the home of a user.
  malformed("reserved are $rules{caller_account} and $rules{target_account}")
    if $role eq 'reserved' && $name !~ /(?:$rules{caller_account}|$rules{target_account})\z/;
  return;
}

# home_of NAME ROLE
sub home_of {
  my ($name, $role) = @_;
  return $role eq 'reserved' ? "$folders{state}/reserved/$name" : "$folders{homes}/$name";
}

# --- Locks. While the lock of all is held, nothing is waited for that an account could hold up: the user's other
# processes can stop a program that works in a home that is there already.

my %locks;

# lock_file PATH REASON: takes the lock within the limit.
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

# lock_all: only one request at a time, because two would write /etc/passwd at once; fifty new users wait for each
# other some seconds.
sub lock_all { return lock_file("$folders{etc}/provision.lock", 'another provisioning takes too long') }
sub unlock_all { delete $locks{"$folders{etc}/provision.lock"}; return }

# lock_account NAME: only one request at a time for each account. This lock is taken before the other one.
sub lock_account { return lock_file("$folders{etc}/locks/$_[0]", "another request for $_[0] takes too long") }

# --- The entries of the account files

# By name and by number: the accounts, each with its name, uid and home; and the groups, each with its name and gid.
# The members of the group of all accounts, and by name those of each group that has bounds of its own.
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

# load_account NAME UID: reads the entries that one account has to do with.
sub load_account {
  my ($name, $uid) = @_;
  %{$_} = () for \%account, \%account_by_uid, \%group, \%group_by_gid, \%member, \%bounded;
  note_account(getpwnam $name);
  note_account(getpwuid $uid);
  note_group(getgrnam $_) for $rules{all_accounts}, bounded_groups(), $name;
  note_group(getgrgid $uid);
  return;
}

# load_all: reads all entries.
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

# note_new NAME UID HOME: what follows sees the account as if it were there.
sub note_new {
  my ($name, $uid, $home) = @_;
  note_account($name, undef, $uid, undef, undef, undef, undef, $home);
  $member{$name} = 1;
  return;
}

# check_state NAME UID HOME: returns "ours", "absent", or "among users" if the home of an account of Gatehouse's own is
# still where an earlier Gatehouse made it. It refuses if something else has the name or the number: that is never
# taken over.
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

# The * is no password, and unlike ! it does not lock the account for logins by key. Accounts get no range of
# subordinate uids: a process under one would be nobody's, and the ranges would be used up after nine thousand
# accounts.
sub create_account {
  my ($name, $uid, $home) = @_;
  # The account's group gets the uid as its gid, which was seen to be free. A group that half an account has left is
  # used as it is.
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

# set_groups NAME ROLE: makes the account a member of those groups that it belongs to, for its next login, and tells
# netguard.
sub set_groups {
  my ($name, $role) = @_;
  my %belongs = map { $_ => 1 } groups_of($name, $role);
  for my $each (bounded_groups()) {
    next if !$belongs{$each} == !$bounded{$each}{$name};
    # The file goes before the membership changes: if something fails from here on, netguard lets nobody go farther
    # than allowed, and the next provisioning writes the file.
    unlink $members_file;
    my ($status) = run('gpasswd', $belongs{$each} ? '-a' : '-d', $name, $each);
    failed("$name could not be put into or out of $each") if $status;
  }
  write_members() if !-e $members_file;
  return;
}

# write_members: writes lines of GROUP UID for netguard, which knows accounts by their numbers and has this folder on
# a volume. The file comes into its place whole, because netguard reads it at any time.
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

# put_file NEW FILE MODE LINE...: writes a file of root's in a folder of root's, which comes into its place whole.
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

# --- Changes of many accounts, by vipw and vigr: those two programs hold the locks of the account files and put the
# result into its place whole. useradd would take a second for every thirty accounts.

# edit HOW LINES PROGRAM...: has vipw or vigr call merge_accounts for one account file. It is false if that failed.
sub edit {
  my ($how, $lines, @program) = @_;
  my $file = "$folders{etc}/.lines-$$";
  put_file("$file.new", $file, 0600, @{$lines}) or return 0;
  # The programs give this to a shell, with the name of their copy behind it. The paths have no character of a shell
  # (prepare).
  local $ENV{VISUAL} = "$folder/root-helper merge $how $file";
  my ($status) = run(@program);
  unlink $file;
  return $status == 0;
}

# merge_accounts HOW LINES COPY: the editor's part. With the word `add`, new lines come to the end of the account file,
# and new members into the group of all accounts; lines that are there already, perhaps from a batch that was cut short,
# stay as they are. With the word `rehome`, accounts get the homes that they have in the lines; usermod would refuse
# while anything runs as the account.
sub merge_accounts {
  my ($how, $lines, $copy) = @_;
  my (%line, @names, @result);
  open my $added, '<', $lines or die "$lines: $!\n";
  while (my $line = <$added>) {
    my ($name) = $line =~ /\A([^:]+):/ or die "$lines: it is damaged\n";
    chomp $line;
    push @names, $name;
    $line{$name} = $line;
  }
  open my $present, '<', $copy or die "$copy: $!\n";
  my $before = (stat $present)[9];
  while (my $line = <$present>) {
    chomp $line;
    my @fields = split /:/, $line, -1;
    my $name = $fields[0] // '';
    if ($how eq 'rehome') {
      $fields[5] = (split /:/, $line{$name})[5] if $line{$name};
    } else {
      if ($name eq $rules{all_accounts} && @fields == 4) {
        my %present = map { $_ => 1 } split /,/, $fields[3];
        $fields[3] = join ',', (length $fields[3] ? $fields[3] : ()), grep { !$present{$_} } @names;
      }
      delete $line{$name};
    }
    push @result, join(':', @fields) . "\n";
  }
  close $present;
  push @result, map { defined $line{$_} ? "$line{$_}\n" : () } @names if $how ne 'rehome';
  # The copy is in /etc, which is root's, and keeps its mode and owner.
  open my $edited, '>', $copy or die "$copy: $!\n";
  print {$edited} @result or die "$copy: $!\n";
  close $edited or die "$copy: $!\n";
  # vipw takes a file whose time has the same second for an unchanged one.
  utime $before + 1, $before + 1, $copy or die "$copy: $!\n";
  return;
}

# move_account NAME HOME: changes the line in the account file, and no files.
sub move_account {
  my ($name, $home) = @_;
  edit('rehome', ["${name}:::::$home:\n"], 'vipw');
  # The file is read again, because the exit status of vipw says less.
  my $moved = (getpwnam $name)[7] // '';
  failed("the home of $name could not be moved in the account file") if $moved ne $home;
  return;
}

# create_accounts {name, uid, home, expiry}...: makes the accounts. A repetition goes on where a failure ended it. The
# accounts themselves come last, so that nobody sees one without its group.
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

# --- Standing. Root keeps a small file for each account that is disabled or removed, on the volume of the homes, so
# that it counts in every container that has this volume, also in a new one. It has one line, STANDING UID BY SECONDS:
# STANDING is disabled or removed, BY is admin or open-webui, and SECONDS is the time. An account that is enabled has no
# such file. The gateway reads these files.

# standing_of NAME: its standing, which is enabled, disabled or removed, the uid and who has said it. A file that
# cannot be read disables the account all the same.
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

# write_standing NAME UID STANDING BY: the file comes into its place whole, because it is read at any time.
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

# The accounts that have expired, as this request has found them. A batch asks for each of its accounts.
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

# lock_login NAME STATE: from now on nobody logs in as the account. A key in the home of the account stays there and
# opens nothing.
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
