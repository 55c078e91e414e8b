# Homes and other files of accounts. Root only looks at a name in its own folders, makes an empty folder there, and
# removes an empty one. All work inside of a home is done as its user (start_as_user), so the links that it follows and
# the files that it breaks are the user's.
use strict;
use warnings;
use Fcntl qw(:mode O_CREAT O_EXCL O_WRONLY);
use IO::Handle;

our (%rules, %folders, @told);

my $user_part_limit = 10;      # seconds for what works as the user
my $held_part_limit = 2;       # and while others wait, where processes of the same user may work against it
my $end_part_limit = 3600;     # seconds for archiving a home, and again for deleting it
my $instances = '/var/lib/gatehouse/instances';
my $most_names = 1000;         # files in shared folders that one process removes

sub require_home {
  my ($home, $uid) = @_;
  my @found = lstat $home or return;
  conflict("$home is a link; a home is a folder of its user") if S_ISLNK($found[2]);
  conflict("$home is not a folder") if !S_ISDIR($found[2]);
  conflict("$home belongs to uid $found[4] and not to $uid") if $found[4] != $uid;
  return;
}

# is_folder PATH: whether it is there, and is a folder and no link.
sub is_folder {
  my ($path) = @_;
  my @found = lstat $path;
  return @found && S_ISDIR($found[2]);
}

# is_roots PATH: whether it is a folder of root's in which nobody else can make or replace a name.
sub is_roots {
  my ($path) = @_;
  my @found = lstat $path;
  return @found && S_ISDIR($found[2]) && $found[4] == 0 && !($found[2] & 022);
}

sub free_kilobytes {
  my ($where) = @_;
  my ($status, $said) = run('df', '--output=avail', '-k', '--', $where);
  return $status == 0 && $said =~ /([0-9]+)\s*\z/ ? $1 : undef;
}

# explained REASON: the status and the reason of a failure. A full disk is the most frequent cause, so it is looked for.
sub explained {
  my ($reason) = @_;
  my $free = free_kilobytes($folders{homes});
  return ($rules{status_full}, "$reason, because the disk is full") if defined $free && $free == 0;
  return ($rules{status_failed}, $reason);
}

# --- A new home, and the key pair in it

# make_home HOME UID PRIVATE PUBLIC: begins to make the home under another name, which no account can have; put_home
# moves it into its place. So a home is complete or not there at all.
sub make_home {
  my ($home, $uid, $private, $public) = @_;
  my ($where, $name) = $home =~ m{\A(.*)/([^/]+)\z};
  opendir my $beside, $where or failed("$where: $!");
  my @former = grep { /\A\.new-\Q$name\E-[A-Za-z0-9]{6}\z/ } readdir $beside;
  closedir $beside;
  discard_home($uid, "$where/$_") for @former;
  my $new = "$where/.new-$name-" . join '', map { ('a' .. 'z')[rand 26] } 1 .. 6;
  mkdir $new, 0700 or refuse(explained("no folder can be made in $where"));
  chown $uid, $uid, $new or failed("$new: $!");    # empty, and root's until now
  my $process = start_as_user(
    {uid => $uid, home => $new},
    sub {
      system {'cp'} 'cp', '-R', '/etc/skel/.', $new;
      die "cp: $?\n" if $? != 0;
      write_keys($new, $private, $public);
    }
  );
  return {folder => $new, process => $process};
}

# put_home NEW HOME UID LIMIT: waits until it is filled, and moves it into its place.
sub put_home {
  my ($new, $home, $uid, $limit) = @_;
  if (wait_for($new->{process}, now() + $limit) != 0) {
    # The free space is asked for before the files are taken away again.
    my @failure = explained('the home of ' . ($home =~ s{.*/}{}r) . ' could not be filled');
    discard_home($uid, $new->{folder});
    refuse(@failure);
  }
  # rename(2) replaces nothing but an empty folder, and only root makes names here.
  rename $new->{folder}, $home or failed("$home: $!");
  return;
}

# drop_home NEW UID: takes it back, because the account could not be made.
sub drop_home {
  my ($new, $uid) = @_;
  wait_for($new->{process}, now());
  discard_home($uid, $new->{folder});
  return;
}

# discard_home UID HOME: takes away what a failure or a power cut has left of a new home. The user empties it, and
# root removes the empty folder.
sub discard_home {
  my ($uid, $home) = @_;
  return if !is_folder($home);
  my $how = {uid => $uid, home => $home, limit => $user_part_limit};
  as_user($how, sub { become_program('find', $home, '-mindepth', '1', '-delete') });
  rmdir $home;
  return;
}

# discard_former_home NAME UID: takes away the home that an account of Gatehouse's own had among those of the users,
# on a volume of an earlier Gatehouse. It holds nothing that is needed.
sub discard_former_home {
  my ($name, $uid) = @_;
  my $former = "$folders{homes}/$name";
  return if !is_folder($former) || (lstat $former)[4] != $uid;
  discard_home($uid, $former);
  push @told, "$former is not needed any more and cannot be removed; remove it" if -e $former;
  return;
}

# mend_keys HOME UID PRIVATE PUBLIC: writes the key pair into a home that is there. It is false if that failed.
sub mend_keys {
  my ($home, $uid, $private, $public) = @_;
  my $how = {uid => $uid, home => $home, limit => $user_part_limit};
  return as_user($how, sub { write_keys($home, $private, $public) });
}

# write_keys HOME PRIVATE PUBLIC: as the user. Files are put in place whole, and what is in the way is moved aside,
# never written through.
sub write_keys {
  my ($home, $private, $public) = @_;
  umask 0077;
  chdir $home or die "$home: $!\n";
  my $mode = (stat '.')[2] & 07777;
  chmod(($mode | 0700) & 05700, '.') or die "chmod: $!\n";
  my $aside = sub { rename $_[0], "$_[0].replaced-" . time . "-$$" or die "$_[0]: $!\n" };
  my @folder = lstat '.ssh';
  $aside->('.ssh') if @folder && !S_ISDIR($folder[2]);
  if (is_folder('.ssh')) { chmod 0700, '.ssh' or die "chmod: $!\n" }
  else { mkdir '.ssh', 0700 or die "mkdir: $!\n" }
  opendir my $keys, '.ssh' or die ".ssh: $!\n";
  my @left = map { ".ssh/$_" } grep { /\A\.gateway_ed25519-/ } readdir $keys;
  closedir $keys;
  system {'rm'} 'rm', '-rf', '--', @left if @left;
  my @files = (['gateway_ed25519', $private], ['gateway_ed25519.pub', "$public\n"]);
  for my $file (@files) {
    $aside->(".ssh/$file->[0]") if is_folder(".ssh/$file->[0]");
    # A file that somebody has made meanwhile is not written through.
    sysopen my $new, ".ssh/.$file->[0]-$$", O_WRONLY | O_CREAT | O_EXCL, 0600 or die "new key: $!\n";
    print {$new} $file->[1] or die "new key: $!\n";
    close $new or die "new key: $!\n";
  }
  for my $file (@files) { rename ".ssh/.$file->[0]-$$", ".ssh/$file->[0]" or die "$file->[0]: $!\n" }
  return;
}

sub part_limit { return $_[0] eq 'absent' ? $user_part_limit : $held_part_limit }

# make_tmp NAME UID: makes the folder for temporary files. It is in a folder of root's, so that nobody else can have
# made it, and not on the volume. A folder that is there stays.
sub make_tmp {
  my ($name, $uid) = @_;
  my $path = "$folders{tmp}/$name";
  return if -e $path;
  mkdir $path, 0700 and chown $uid, $uid, $path
    or failed("the folder for temporary files of $name could not be made: $!");
  return;
}

# --- The files of an account that goes. It is locked and runs nothing, and still everything that opens one of its files
# works as the user: a link, a pipe or a folder of somebody else's in the home leads nowhere that the user may not go.

# Functions for the user's part. Modes do not keep the user out, and a file system that is mounted in the home stays.
sub enter {
  my ($place) = @_;
  my $mode = (stat $place)[2] // 0;
  chmod(($mode & 07777) | 0700, $place);
  chdir $place or die "$place: $!\n";
  return;
}

sub empty_here {
  system {'chmod'} 'chmod', '-R', 'u+rwX', '--', '.';
  return become_program('find', '.', '-xdev', '-mindepth', '1', '-delete');
}

# archive_home NAME UID HOME FOLDER: returns the archive. It is root's file, and the output of the user's program comes
# to it through a pipe.
sub archive_home {
  my ($name, $uid, $home, $where) = @_;
  my ($compress, $suffix) = has_program('zstd') ? ('zstd -q -T1', 'zst') : ('gzip', 'gz');
  my $how = {uid => $uid, home => $home, limit => $end_part_limit};
  as_user(
    $how,
    sub {
      enter($home);
      become_program(
        qw{find . -xdev ( -type d ! -perm -500 -o -type f ! -perm -400 ) -user}, $uid,
        qw(-execdir chmod u+rX -- {} ;)
      );
    }
  );
  my $free = free_kilobytes($where) // failed("how much space is free in $where is not known");
  my (undef, $said) = read_from_user($how, 100, sub { enter($home); become_program('du', '-sxk', '.') });
  my $used = $said =~ /\A([0-9]{1,15})\s/ ? $1 : 0;
  refuse($rules{status_full}, "the home of $name has $used KB, and $free KB are free in $where; nothing was removed")
    if $used > $free;
  my @now = gmtime;
  my $archive = sprintf '%s/%s-%s-%04d%02d%02dT%02d%02d%02d.tar.%s',
    $where, $name, $uid, $now[5] + 1900, $now[4] + 1, @now[3, 2, 1, 0], $suffix;
  my $new = "$where/.new-$name";
  unlink $new;
  sysopen my $file, $new, O_WRONLY | O_CREAT | O_EXCL, 0600 or failed("no file can be made in $where: $!");
  my ($status, undef, $complaint) = read_from_user(
    $how, $free * 1024,
    sub {
      enter($home);
      become_program(qw(tar --create --file=- --sparse --one-file-system), "--use-compress-program=$compress", '.');
    },
    $file
  );
  if ($status == 0 && $file->flush && $file->sync && close $file) {
    rename $new, $archive or failed("$archive: $!");
    return $archive;
  }
  my @failure = explained(
    "the home of $name could not be archived: " . (length $complaint ? last_line($complaint) : "status $status")
      . '; it is there as before'
  );
  unlink $new;
  return refuse(@failure);
}

# read_from_user {uid, home, limit}, MOST, FUNCTION, FILE: what the function prints as the user: the status, at most
# MOST bytes of the output, and the end of what it complains. The output goes into the file if there is one. The status
# is that of a full disk if there is more output, or if the file takes no more.
sub read_from_user {
  my ($how, $most, $function, $file) = @_;
  pipe my $output, my $out or failed("no pipe can be made: $!");
  pipe my $complaints, my $err or failed("no pipe can be made: $!");
  my $until = now() + $how->{limit};
  my $process = start_as_user({%{$how}, out => $out, err => $err}, $function);
  close $out;
  close $err;
  my ($text, $complaint, $length, $full) = ('', '', 0, 0);
  # A process that holds a pipe open would keep the reader waiting, so the time is bounded here as well.
  my $whole = read_until(
    $until,
    {
      handle => $output,
      take => sub {
        $length += length $_[0];
        # What comes after that is not kept, and the program is ended.
        $full = 1 if $length > $most || $file && !$full && !print {$file} $_[0];
        $text .= $_[0] if !$file && !$full;
        kill 'KILL', -$process, $process if $full;
      }
    },
    {handle => $complaints, take => sub { $complaint = end_of($complaint . $_[0]) }},
  );
  my $status = wait_for($process, $whole ? $until : now());
  $status = $rules{status_full} if $full;
  $complaint =~ s/[^ -~\n]/?/g;
  return ($status, $text, $complaint);
}

sub end_of { return length $_[0] > 2000 ? substr $_[0], -2000 : $_[0] }

# empty_home NAME UID HOME: empties and removes the home.
sub empty_home {
  my ($name, $uid, $home) = @_;
  as_user({uid => $uid, home => $home, limit => $end_part_limit}, sub { enter($home); empty_here() });
  rmdir $home
    or push @told,
    "$home is not empty: what is left in it belongs to others, or is mounted there. Look at it, and delete it as root";
  return;
}

# remove_temporary NAME UID: removes the account's files in folders for temporary files.
sub remove_temporary {
  my ($name, $uid) = @_;
  my $how = {uid => $uid, home => '/', limit => $end_part_limit};
  # The account's own folders, in folders of root's: its TMPDIR, and those that pam_namespace has made for it. The user
  # may not pass through some of root's, so the process is inside before it becomes the user. Anybody can make a name in
  # /dev/shm, such as a link `.gatehouse` to where the homes are; prepare makes the folder in some tiers only.
  for my $where ($folders{tmp}, "$instances/tmp", "$instances/vartmp", '/dev/shm/.gatehouse') {
    my $path = "$where/$name";
    next if !is_roots($where) || !is_folder($path);
    as_user({%{$how}, begin => $path}, sub { chmod 0700, $path; empty_here() });
    rmdir $path or push @told, "$path is not empty; look at it, and delete it as root";
  }
  # The folders that all accounts share. Names of files there are the user's, so they reach nothing but the user's own
  # process.
  for my $path ('/tmp', '/var/tmp', '/dev/shm') {
    remove_shared($how, $path) if is_folder($path);
  }
  as_user($how, sub { become_program('ipcrm', '--all') }) if has_program('ipcrm');
  return;
}

# remove_shared HOW FOLDER: removes the user's entries in a folder that all accounts share.
sub remove_shared {
  my ($how, $path) = @_;
  opendir my $shared, $path or return;
  my $device = (lstat $path)[0];
  my $remove = sub {
    my @names = @_;
    as_user(
      $how,
      sub {
        for my $each (@names) { system {'chmod'} 'chmod', '-R', 'u+rwX', '--', $each if !-l $each }
        become_program('rm', '-rf', '--one-file-system', '--', @names);
      }
    );
  };
  my @names;
  while (defined(my $entry = readdir $shared)) {
    next if $entry eq '.' || $entry eq '..';
    my @found = lstat "$path/$entry" or next;
    push @names, "$path/$entry" if $found[4] == $how->{uid} && $found[0] == $device;
    $remove->(splice @names) if @names >= $most_names;
  }
  $remove->(@names) if @names;
  return;
}

1;
