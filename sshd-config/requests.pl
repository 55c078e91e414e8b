# The functions for root-helper's requests. After a failure, a request can be repeated and does the steps that are
# missing.
use strict;
use warnings;

our (%rules, %folders, $asker, @told);

my $folders_limit = 60;        # seconds for the folders of all restored accounts

sub request_provision {
  my ($name, $uid, $role, $input) = @_;
  malformed('the role must be user, admin or reserved') if $role !~ /\A(?:user|admin|reserved)\z/;
  check_account($name, $uid, $role);
  my $home = home_of($name, $role);
  my ($private, $public) = key_pair($input);

  # The standing is checked before the lock is taken, because a removal holds the lock for long, and again afterwards,
  # because a removal may have held it.
  require_enabled($name);
  lock_account($name);
  lock_all();
  require_enabled($name);
  load_account($name, $uid);
  my $state = check_state($name, $uid, $home);
  unlock_login($name) if $state ne 'absent';
  require_home($home, $uid);
  if (!eval { read_bounds(); write_bounds($name, groups_of($name, $role)); 1 }) {
    failed("the bounds of $name could not be written: " . (ref $@ ? $@->{reason} : $@));
  }
  bound_disk($name, $uid);
  # The process that fills the home uses the uid and not the name, so useradd may run at the same time.
  my $new = is_folder($home) ? undef : make_home($home, $uid, $private, $public);
  my $made = eval {
    create_account($name, $uid, $home) if $state eq 'absent';
    move_account($name, $home) if $state eq 'among users';
    set_groups($name, $role);
    1;
  };
  if (!$made) {
    my $failure = $@;
    drop_home($new, $uid) if $new;
    die $failure;
  }
  # If the account existed and only its home was missing, it may have processes, which could delay this.
  put_home($new, $home, $uid, part_limit($state)) if $new;
  discard_former_home($name, $uid) if $role eq 'reserved';
  make_tmp($name, $uid);
  # The name `.new` cannot be used by anybody else: the folder belongs to root, and this request holds the lock.
  my $keys = "$folders{etc}/authorized_keys";
  put_file("$keys/.new", "$keys/$name", 0644, "from=\"127.0.0.1,::1\" $public\n")
    or refuse(explained("$keys/$name could not be written"));
  unlock_all();

  # A full disk, strange modes in the home, or a process of the user that prevents this write do not lock the gateway
  # out, because sshd trusts root's copy of the key.
  push @told, "the key pair could not be written into $home; the login works without it"
    if !$new && !mend_keys($home, $uid, $private, $public);
  return;
}

# key_pair INPUT: returns the private and the public key.
sub key_pair {
  my ($input) = @_;
  my ($begin, $end) = map { "-----$_ OPENSSH PRIVATE KEY-----\n" } qw(BEGIN END);
  $input =~ s/\n\z//;
  malformed("the input must begin with a private key in OpenSSH's format")
    if $input =~ /[^ -~\n]/ || $input !~ /\A(\Q$begin\E.*\n\Q$end\E)(.*)\z/s;
  my ($private, $public) = ($1, $2);
  malformed('the input must end with an ssh-ed25519 public key on one line')
    if $public !~ m{\Assh-ed25519 [A-Za-z0-9+/]{68}(?: [A-Za-z0-9_:.@-]{1,64})?\z};
  return ($private, $public);
}

# A line of the batch that is refused does not stop the others, so that one bad account keeps nobody else out.
sub request_restore {
  my ($input) = @_;
  my ($refused, @new) = (0);
  lock_all();
  load_all();
  for my $line (split /\n/, $input) {
    my ($name, $uid, $role, $rest) = split ' ', $line;
    next if !defined $name;
    next if eval {
      malformed('a line must be NAME UID, or NAME UID reserved')
        if defined $rest || defined $role && $role ne 'reserved';
      push @new, restored($name, $uid, $role // '');
      1;
    };
    my $reason = ref $@ ? $@->{reason} : $@;
    $refused = 1;
    $name = 'an account' if $name !~ /\A[A-Za-z0-9_-]{1,32}\z/;
    push @told, "not restored: $name: $reason";
  }
  make_restored(@new) if @new;
  refuse($rules{status_conflict}, '') if $refused;
  return;
}

# restored NAME UID ROLE: returns the account as create_accounts needs it, or nothing if the account exists already or
# was removed.
sub restored {
  my ($name, $uid, $role) = @_;
  check_account($name, $uid, $role);
  my $home = home_of($name, $role);
  my $state = check_state($name, $uid, $home);
  my $standing = standing_of($name)->{is};
  return if $standing eq $rules{removed};
  if ($state ne 'absent') {
    if ($standing eq 'enabled') { unlock_login($name) }
    else { lock_login($name, $state) }
    return;
  }
  note_new($name, $uid, $home);
  return {name => $name, uid => $uid, home => $home, expiry => expiry($standing)};
}

sub make_restored {
  my @new = @_;
  my $folders_made = start_folders(@new);
  # Groups are ignored, because the role is not known before the account's first use.
  if (!eval { read_bounds(); write_new_bounds(map { $_->{name} } @new); 1 }) {
    failed('the bounds of accounts could not be written: ' . (ref $@ ? $@->{reason} : $@));
  }
  create_accounts(@new);
  # The accounts are read again, because a program without the lock may have changed the account files.
  load_all();
  for my $each (@new) {
    my $ours = eval { check_state($each->{name}, $each->{uid}, $each->{home}) eq 'ours' };
    failed("the account $each->{name} was not written") if !$ours;
  }
  $folders_made->();
  return;
}

# start_folders ACCOUNT...: makes the accounts' folders for temporary files in a process of its own: the start of a
# container waits for the accounts, and has a processor for this meanwhile. It returns a function that waits for the
# end, and fails if a folder could not be made.
sub start_folders {
  my @accounts = @_;
  my $process = fork // failed("no process can be started: $!");
  if (!$process) {
    my $made = eval { make_tmp($_->{name}, $_->{uid}) for @accounts; 1 };
    POSIX::_exit($made ? 0 : 1);
  }
  return sub {
    failed('the folders for temporary files could not be made') if wait_for($process, now() + $folders_limit);
  };
}

# --- Accounts that are disabled or removed (accounts.pl describes their files of standing)

# begin_standing NAME UID: checks the name and the uid, takes both locks, and returns the state and the standing.
sub begin_standing {
  my ($name, $uid) = @_;
  check_account($name, $uid, 'user');
  lock_account($name);
  lock_all();
  load_account($name, $uid);
  my $state = check_state($name, $uid, "$folders{homes}/$name");
  my $standing = standing_of($name);
  conflict("the account $name is $standing->{is} with another uid, $standing->{uid}")
    if defined $standing->{uid} && $standing->{uid} != $uid;
  return ($state, $standing);
}

# end_all NAME UID: ends all processes of the account, and its logins that still run as root.
sub end_all {
  my ($name, $uid) = @_;
  return if eval { end_now(sub { begin_end($name, $uid, 'and-logins', @_) }); 1 };
  my $reason = ref $@ ? $@->{reason} : $@;
  return failed("nobody can log in as $name any more, but some of its processes were not ended: $reason");
}

# An account that an admin disabled stays disabled, whatever Open WebUI says of its user.
sub request_disable {
  my ($name, $uid) = @_;
  my ($state, $standing) = begin_standing($name, $uid);
  conflict("the account $name is removed") if $standing->{is} eq $rules{removed};
  write_standing($name, $uid, $rules{disabled}, $asker)
    if $standing->{is} ne $rules{disabled} || $standing->{by} ne $rules{by_admin} && $asker ne $rules{by_open_webui};
  lock_login($name, $state);
  unlock_all();
  end_all($name, $uid);
  return;
}

# If a removed account is enabled, it is provisioned at its next use: with the same uid, and with its home if that was
# kept.
sub request_enable {
  my ($name, $uid) = @_;
  my ($state, $standing) = begin_standing($name, $uid);
  my $by_gateway = $standing->{is} eq $rules{disabled} && $standing->{by} eq $rules{by_open_webui};
  conflict("the account $name is $standing->{is} by an admin, who alone can enable it")
    if $standing->{is} ne 'enabled' && $asker ne $rules{by_admin} && !$by_gateway;
  forget_standing($name);
  unlock_login($name) if $state ne 'absent';
  return;
}

# request_apply NAME UID: disables, enables or removes the account on this machine as its file of standing says, which
# another container may have written.
sub request_apply {
  my ($name, $uid) = @_;
  my ($state, $standing) = begin_standing($name, $uid);
  if ($standing->{is} eq 'enabled') {
    unlock_login($name) if $state ne 'absent';
    return;
  }
  lock_login($name, $state);
  unlock_all();
  end_all($name, $uid);
  remove_account($name, $uid) if $standing->{is} eq $rules{removed};
  return;
}

# remove_account NAME UID: removes the account's lines in the account files, and its files in folders that only this
# machine has.
sub remove_account {
  my ($name, $uid) = @_;
  remove_temporary($name, $uid);
  lock_all();
  load_account($name, $uid);
  remove_lines($name, $uid) if known_account($name);
  unlink "$folders{runtime}/accounts/$name";
  rewrite_members();
  unlock_all();
  return;
}

# request_remove NAME UID HOW: removes the account. HOW is keep, archive or delete, for its home.
sub request_remove {
  my ($name, $uid, $how) = @_;
  malformed('HOW must be keep, archive or delete') if $how !~ /\A(?:keep|archive|delete)\z/;
  my $home = "$folders{homes}/$name";
  my ($state, $standing) = begin_standing($name, $uid);
  require_home($home, $uid) if $how ne 'keep';
  write_standing($name, $uid, $rules{disabled}, $rules{by_admin}) if $standing->{is} ne $rules{removed};
  lock_login($name, $state);
  unlock_all();
  end_all($name, $uid);
  push @told, "there is no $home to archive" if $how eq 'archive' && !is_folder($home);
  my $archive;
  if ($how ne 'keep' && is_folder($home)) {
    $archive = archive_home($name, $uid, $home, "$folders{state}/archives") if $how eq 'archive';
    empty_home($name, $uid, $home);
  }
  remove_account($name, $uid);
  write_standing($name, $uid, $rules{removed}, $rules{by_admin});
  push @told, "the home is archived in $archive" if defined $archive;
  return;
}

1;
