# Decides which bounds each account has, and writes them into one file for each account, RUNTIME/accounts/NAME, with
# lines ITEM='VALUE'. The hooks of PAM, which run in each login, source that file; root-helper and the gateway read it
# too. Only this code decides which line of limits.conf has effect. root-helper and resolve-bounds use it.
# A line that names the account wins over a line of one of its groups, which wins over a line for everybody. Between
# lines of the same kind, the last wins.
use strict;
use warnings;
use Fcntl qw(O_RDONLY O_DIRECTORY);

our (%rules, %folders, @told);

# An item without a line has the value '' in the file, so that a hook need not know which items there are.
my @items = qw(cpuweight disk disk_required idle memory nproc require);

# By item: the lines as [WHOM, VALUE], in the order of the files.
my %lines;

# read_lines FILE FUNCTION: reads a file. FUNCTION turns the words of a line into WHOM, ITEM and VALUE. Root's shells
# will source the values, so a value with a special character of the shell is an error.
sub read_lines {
  my ($name, $parse) = @_;
  my $path = "$folders{runtime}/$name";
  open my $file, '<', $path or die "$path: $!\n";
  while (my $line = <$file>) {
    my ($whom, $item, $value) = $parse->(split ' ', $line);
    die "$path, line $.: the line has the wrong form\n"
      if !defined $value || !$lines{$item} || $value !~ /\A[a-z0-9,-]+\z/;
    push @{$lines{$item}}, [$whom, $value];
  }
  close $file or die "$path: $!\n";
  return;
}

# read_bounds: reads the bounds from the files that prepare has checked and written.
sub read_bounds {
  %lines = map { $_ => [] } @items;
  read_lines('bounds', sub { @_ == 3 ? @_ : () });
  read_lines(
    'disk',
    sub {
      return if @_ != 2;
      return ('*', 'disk_required', 'yes') if $_[0] eq '!';
      return ($_[0] eq "\@$rules{all_accounts}" ? '*' : $_[0], 'disk', $_[1]);
    }
  );
  return;
}

sub value {
  my ($item, $name, $groups) = @_;
  my ($everybodys, $groups_own, $own) = ('', '', '');
  for my $line (@{$lines{$item}}) {
    my ($whom, $value) = @{$line};
    if ($whom eq '*') { $everybodys = $value }
    elsif ($whom =~ /\A\@(.+)\z/) { $groups_own = $value if $groups->{$1} }
    elsif ($whom eq $name) { $own = $value }
  }
  return (grep { $_ ne '' } $own, $groups_own, $everybodys)[0] // '';
}

# bounds_of NAME GROUP...: returns the text of the account's file; read_bounds must be called first.
sub bounds_of {
  my ($name, @groups) = @_;
  die "$rules{account_name_rule}\n" if !defined $name || $name !~ /\A$rules{account_name}\z/;
  my %groups = map { $_ => 1 } @groups;
  return join '', map { "$_='" . value($_, $name, \%groups) . "'\n" } @items;
}

# write_bounds NAME GROUP...: writes the account's file; read_bounds must be called first. The file is renamed into
# place when it is complete, because a login may read it at any time.
sub write_bounds {
  my ($name, @groups) = @_;
  my $text = bounds_of($name, @groups);
  my ($file, $new) = ("$folders{runtime}/accounts/$name", "$folders{runtime}/accounts/.new-$name");
  unlink $new;
  open my $bounds, '>', $new or die "$new: $!\n";
  print {$bounds} $text;
  close $bounds or die "$new: $!\n";
  rename $new, $file or die "$file: $!\n";
  return;
}

# write_new_bounds NAME...: writes the files of new accounts without groups. Accounts with the same bounds get links to
# one file, because a link is made much faster than a file, and this happens for all accounts at each start of a
# container. No file is ever changed, only replaced, so a later change for one account does not affect the others.
sub write_new_bounds {
  my %written;
  for my $name (@_) {
    my $text = bounds_of($name);
    my $file = "$folders{runtime}/accounts/$name";
    next if defined $written{$text} && link $written{$text}, $file;
    # There is no such file yet, or it has as many links as it can have, or an earlier start left a file.
    write_bounds($name);
    $written{$text} = $file;
  }
  return;
}

# --- Groups with bounds of their own: the groups of the admin's file, as prepare has read it, and the group `admin`,
# which follows the role in Open WebUI.

# listed_groups: returns the accounts of each group.
sub listed_groups {
  my %listed;
  open my $file, '<', "$folders{runtime}/groups" or failed("$folders{runtime}/groups: $!");
  while (my $line = <$file>) {
    my ($group, @accounts) = split ' ', $line;
    $listed{$group} = {map { $_ => 1 } @accounts} if defined $group;
  }
  return \%listed;
}

sub bounded_groups { return ("$rules{all_accounts}-admin", sort keys %{listed_groups()}) }

# groups_of NAME ROLE: returns the groups of which the account must be a member.
sub groups_of {
  my ($name, $role) = @_;
  my $listed = listed_groups();
  return (
    ($role eq 'admin' ? "$rules{all_accounts}-admin" : ()),
    grep { $listed->{$_}{$name} } sort keys %{$listed}
  );
}

# --- The bound of disk space: a quota of the homes' file system. A quota is for a uid, so it can be set before the user
# has a file there.

# quotactl_fd(2) has the same number on all architectures. It takes a file descriptor of root's folder, so no path of a
# user is used.
use constant { QUOTACTL_FD => 443, SETQUOTA => 0x800008, GETQUOTA => 0x800007, XGETQSTAT => 0x5805 };
use constant { BLOCK_LIMITS => 1, ENFORCED => 2 };

# set_quota UID BYTES: sets the quota, if BYTES is given, and checks that it is in force. It returns a problem, or ''.
sub set_quota {
  my ($uid, $bytes) = @_;
  my $homes = $folders{homes};
  my $done = eval {
    sysopen my $folder, $homes, O_RDONLY | O_DIRECTORY or die "$homes: $!\n";
    my $quota = pack 'x128';
    # The last byte of the request is 0, which means user quotas.
    my $ask = sub {
      syscall(QUOTACTL_FD, fileno $folder, $_[0] << 8, $uid + 0, $quota) == 0
        or die "the quotas of $homes cannot be set or read: $!\n";
    };
    if ($bytes ne '') {
      my $blocks = $bytes eq $rules{unlimited} ? 0 : int(($bytes + 1023) / 1024);
      $quota = pack 'Q8 L x64', $blocks, (0) x 7, BLOCK_LIMITS;
      $ask->(SETQUOTA);
    }
    if ($bytes ne $rules{unlimited}) {
      # The account's own rights are used for this question, because an account may read its own quota without a
      # privilege.
      $> = $uid;
      $ask->(GETQUOTA);
      unpack('Q', $quota) > 0 or die "$uid has no quota on the file system of $homes\n";
      $ask->(XGETQSTAT);
      unpack('x2 S', $quota) & ENFORCED or die "quotas are counted and not enforced on the file system of $homes\n";
    }
    1;
  };
  my $problem = $done ? '' : $@;
  $> = 0;
  failed("root-helper could not switch back to root") if $> != 0;
  chomp $problem;
  return $problem;
}

# bound_disk NAME UID: sets the quota that the account's file of bounds names. If the file system has no quotas, a
# warning says so once after each start; if the measure is required, it is a failure.
sub bound_disk {
  my ($name, $uid) = @_;
  my %bounds = rules("$folders{runtime}/accounts/$name");
  my ($disk, $required) = @bounds{qw(disk disk_required)};
  return if $disk eq '' && $required eq '';
  my $problem = set_quota($uid, $disk);
  return if $problem eq '';
  # An account for which the admin wrote `unlimited` needs no quota, even where the measure is required.
  failed("the disk space of $name is not bounded, which is required: $problem")
    if $required ne '' && $disk ne $rules{unlimited};
  my $said = "$folders{runtime}/disk.said";
  return if $disk eq $rules{unlimited} || -e $said;
  open my $mark, '>', $said or failed("$said: $!");
  close $mark;
  push @told, "the disk space of accounts is not bounded: $problem";
  return;
}

1;
