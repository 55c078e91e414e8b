# Which bounds each account has. They are written into one file for each, RUNTIME/accounts/NAME, with lines
# ITEM='VALUE': the hooks of PAM, which start with each login, source that file; root-helper and the gateway read it
# too. So nobody else decides which line counts. Used by root-helper and resolve-bounds.
# An account's own line counts before those of its groups, and those before the one for everybody; the last of each
# kind.
use strict;
use warnings;
use Fcntl qw(O_RDONLY O_DIRECTORY);

our (%rules, %folders, @told);

# An item without a line has the value '' in the file, so that a hook need not know which items there are.
my @items = qw(cpuweight disk disk_required idle memory nproc require);

# By item: lists of [WHOM, VALUE], in the order of the files.
my %lines;

# read_lines FILE FUNCTION: the function makes WHOM, ITEM and VALUE of the words of a line. A value is for files that
# root's shells source, so it has no character that they know.
sub read_lines {
  my ($name, $parse) = @_;
  my $path = "$folders{runtime}/$name";
  open my $file, '<', $path or die "$path: $!\n";
  while (my $line = <$file>) {
    my ($whom, $item, $value) = $parse->(split ' ', $line);
    die "$path, line $.: it is damaged\n" if !defined $value || !$lines{$item} || $value !~ /\A[a-z0-9,-]+\z/;
    push @{$lines{$item}}, [$whom, $value];
  }
  close $file or die "$path: $!\n";
  return;
}

# read_bounds: reads what prepare has checked.
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

# write_bounds NAME GROUP...: writes the file of the account, after read_bounds. It comes into its place whole, because
# a login may read it at any time.
sub write_bounds {
  my ($name, @groups) = @_;
  die "$rules{account_name_rule}\n" if !defined $name || $name !~ /\A$rules{account_name}\z/;
  my %groups = map { $_ => 1 } @groups;
  my ($file, $new) = ("$folders{runtime}/accounts/$name", "$folders{runtime}/accounts/.new-$name");
  unlink $new;
  open my $bounds, '>', $new or die "$new: $!\n";
  print {$bounds} map { "$_='" . value($_, $name, \%groups) . "'\n" } @items;
  close $bounds or die "$new: $!\n";
  rename $new, $file or die "$file: $!\n";
  return;
}

# --- Groups with bounds of their own: those of the admin's file, as prepare has read it, and the one that follows the
# role in Open WebUI.

# listed_groups: by group, its accounts.
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

# groups_of NAME ROLE: those that the account is to be a member of.
sub groups_of {
  my ($name, $role) = @_;
  my $listed = listed_groups();
  return (
    ($role eq 'admin' ? "$rules{all_accounts}-admin" : ()),
    grep { $listed->{$_}{$name} } sort keys %{$listed}
  );
}

# --- The bound of disk space: a quota of the file system that the homes are on. It goes by number, so it is set before
# the user has a file there.

# quotactl_fd(2) has one number on all architectures. Its file descriptor is that of root's folder, so no path of a user
# matters.
use constant { QUOTACTL_FD => 443, SETQUOTA => 0x800008, GETQUOTA => 0x800007, XGETQSTAT => 0x5805 };
use constant { BLOCK_LIMITS => 1, ENFORCED => 2 };

# set_quota UID BYTES: sets it, if there are any, and sees whether it counts. Returns what is wrong, or ''.
sub set_quota {
  my ($uid, $bytes) = @_;
  my $homes = $folders{homes};
  my $done = eval {
    sysopen my $folder, $homes, O_RDONLY | O_DIRECTORY or die "$homes: $!\n";
    my $quota = pack 'x128';
    # The last byte of the request is 0: quotas of users.
    my $ask = sub {
      syscall(QUOTACTL_FD, fileno $folder, $_[0] << 8, $uid + 0, $quota) == 0
        or die "$homes has no quota to set or see: $!\n";
    };
    if ($bytes ne '') {
      my $blocks = $bytes eq $rules{unlimited} ? 0 : int(($bytes + 1023) / 1024);
      $quota = pack 'Q8 L x64', $blocks, (0) x 7, BLOCK_LIMITS;
      $ask->(SETQUOTA);
    }
    if ($bytes ne $rules{unlimited}) {
      # The account itself asks, because it may see its own quota without a right of root.
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
  failed("root's rights are not taken back") if $> != 0;
  chomp $problem;
  return $problem;
}

# bound_disk NAME UID: sets the quota that the account's file of bounds says. Where the file system has none, that is
# said once from start to start, and it is a failure if the measure is required.
sub bound_disk {
  my ($name, $uid) = @_;
  my %bounds = rules("$folders{runtime}/accounts/$name");
  my ($disk, $required) = @bounds{qw(disk disk_required)};
  return if $disk eq '' && $required eq '';
  my $problem = set_quota($uid, $disk);
  return if $problem eq '';
  # An account that the admin has called unlimited may be without a bound even where one is required.
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
