# The processes that root-helper starts (programs of root's, and functions that run as a user), and how it ends all
# processes of an account.
use strict;
use warnings;
use Config;
use POSIX ();

our (%rules, %folders);

# --- How a request fails

# refuse STATUS REASON: ends the request.
sub refuse {
  my ($status, $reason) = @_;
  die {status => $status, reason => $reason};
}
sub malformed { return refuse($rules{status_malformed}, $_[0]) }
sub conflict { return refuse($rules{status_conflict}, $_[0]) }
sub failed { return refuse($rules{status_failed}, $_[0]) }

sub now { return (POSIX::times())[0] / POSIX::sysconf(POSIX::_SC_CLK_TCK()) }

# --- Programs of root's

my $program_limit = 60;        # seconds for one program; useradd waits some 15 for the locks of the account files
my $most_output = 65_536;      # bytes that are kept of a program's output

# run PROGRAM ARGUMENT...: runs the program and returns its exit status and its output. The status is 128 or more if the
# program was ended by a signal. No shell is involved, so no character of an argument is special.
sub run {
  my (@program) = @_;
  pipe my $output, my $to or failed("no pipe can be made: $!");
  my $process = fork // failed("no process can be started: $!");
  if (!$process) {
    $SIG{PIPE} = 'DEFAULT';
    if (open(STDIN, '<', '/dev/null') && open(STDOUT, '>&', $to) && open(STDERR, '>&', $to)) {
      exec {$program[0]} @program or POSIX::_exit(127);
    }
    POSIX::_exit(126);
  }
  close $to;
  my $until = now() + $program_limit;
  my $text = '';
  read_until($until, {handle => $output, take => sub { $text .= $_[0] if length $text < $most_output }});
  return (wait_for($process, $until), $text);
}

# last_line TEXT: returns the last line that is not empty. Programs usually print the reason of a failure there.
sub last_line { return (grep { /\S/ } split /\n/, $_[0])[-1] // 'the program printed no reason' }

# has_program NAME
sub has_program {
  my ($name) = @_;
  return scalar grep { -x "$_/$name" } split /:/, $ENV{PATH};
}

# read_until TIME, {handle, take}...: reads from the handles until all have ended or the time is over. It returns false
# if the time was over.
sub read_until {
  my ($until, @sources) = @_;
  while (@sources) {
    my $ready = '';
    vec($ready, fileno $_->{handle}, 1) = 1 for @sources;
    my $rest = $until - now();
    return 0 if $rest <= 0 || select($ready, undef, undef, $rest) == 0;
    for my $source (@sources) {
      next if !vec $ready, fileno $source->{handle}, 1;
      my $read = sysread $source->{handle}, my $part, 65_536;
      if ($read) { $source->{take}->($part) }
      elsif (defined $read || !$!{EINTR}) { $source->{ended} = 1 }
    }
    @sources = grep { !$_->{ended} } @sources;
  }
  return 1;
}

# wait_for PROCESS TIME: waits for the process and returns its exit status: 128 plus the signal if a signal ended it,
# and 137 if it was killed here because the time was over. A process that does not end even then, because it hangs in
# the kernel, is given up.
sub wait_for {
  my ($process, $until) = @_;
  # The pauses are short at first, because most of these processes take some milliseconds.
  my ($pause, $killed) = (0.0005, 0);
  while (1) {
    my $found = waitpid $process, POSIX::WNOHANG();
    return $? & 127 ? 128 + ($? & 127) : $? >> 8 if $found == $process;
    return 128 if $found < 0;
    if (now() >= $until) {
      return 137 if $killed;
      # Kills the process group of a function that runs as a user, and the process itself if it is not in its group yet.
      kill 'KILL', -$process, $process;
      ($killed, $until) = (1, now() + 5);
    }
    select undef, undef, undef, $pause;
    $pause *= 1.3 if $pause < 0.02;
  }
  return;
}

# --- Functions that run as a user. All work inside of a home is done by such functions, so a link in a home leads only
# to places that its user may reach.

# The numbers of prctl(2) and capset(2), which differ between architectures (asm/unistd.h of each). If a number is
# wrong, become_user notices it, because it asks the kernel for the result, and fails.
my @system_calls = (
  [qr/\Ax86_64/, 157, 126],
  [qr/\A(?:aarch64|arm64|riscv64|loongarch64)/, 167, 91],
  [qr/\A(?:i[3-6]86|arm(?!64)|s390x)/, 172, 185],
  [qr/\A(?:powerpc64|ppc64)/, 171, 184],
);
my (undef, $prctl, $capset) = map { @{$_} } grep { $Config{archname} =~ $_->[0] } @system_calls;
# These constants are from linux/prctl.h and linux/capability.h.
use constant { PR_SET_DUMPABLE => 4, PR_SET_NO_NEW_PRIVS => 38, CAPABILITY_VERSION_3 => 0x20080522 };

# start_as_user {uid, home, begin, out, err}, FUNCTION: calls the function in a new process that has become the user:
# without a supplementary group, without any way to gain privileges, and without variables and file descriptors of root.
# begin is the folder where it begins (default `/`). out and err are pipes for its output, if the caller wants it. Until
# that process starts another program, the kernel lets no process of the same user look into it or trace it
# (PR_SET_DUMPABLE in prctl(2)). The user can stop it by a signal, which is why the caller waits by wait_for.
sub start_as_user {
  my ($how, $function) = @_;
  my $process = fork // failed("no process can be started: $!");
  return $process if $process;
  # No failure in here may continue in root's code, so this process always ends here.
  my $done = eval { become_user($how); $function->(); 1 };
  return POSIX::_exit($done ? 0 : 1);
}

sub become_user {
  my ($how) = @_;
  my $uid = $how->{uid};
  die "$uid must be the uid of a user\n" if $uid !~ /\A$rules{uid_form}\z/;
  $SIG{PIPE} = 'DEFAULT';
  POSIX::setsid();
  # This is done as root, because the user may be unable to pass the folders above.
  my $begin = $how->{begin} // '/';
  chdir $begin or die "$begin: $!\n";
  open STDIN, '<', '/dev/null' or die "/dev/null: $!\n";
  if ($how->{out}) { open STDOUT, '>&', $how->{out} or die "stdout: $!\n" }
  else { open STDOUT, '>', '/dev/null' or die "/dev/null: $!\n" }
  if ($how->{err}) { open STDERR, '>&', $how->{err} or die "stderr: $!\n" }
  else { open STDERR, '>', '/dev/null' or die "/dev/null: $!\n" }
  opendir my $open, '/proc/self/fd' or die "/proc/self/fd: $!\n";
  my @numbers = grep { /\A[0-9]+\z/ && $_ > 2 } readdir $open;
  closedir $open;
  POSIX::close($_) for @numbers;
  %ENV = (HOME => $how->{home} // '/', PATH => '/usr/bin:/bin', LC_ALL => 'C');
  die "prctl is not known on $Config{archname}\n" if !$prctl;
  syscall($prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 or die "prctl: $!\n";
  # Because the process is root, these calls set the real, the effective and the saved number, and the groups.
  $) = "$uid $uid";
  POSIX::setgid($uid);
  POSIX::setuid($uid);
  # PR_SET_DUMPABLE is set here although the change of uid usually clears it: fs.suid_dumpable can say otherwise, and
  # the memory may still have the keys of other requests.
  syscall($prctl, PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 or die "prctl: $!\n";
  # The kernel has emptied the other sets of capabilities. It leaves the inheritable set, which some container engines
  # fill. This call empties the permitted, the effective and the inheritable set, each of 64 bits, of this process.
  my ($header, $sets) = (pack('L l', CAPABILITY_VERSION_3, 0), pack 'L6', (0) x 6);
  syscall($capset, $header, $sets) == 0 or die "capset: $!\n";
  # The result is read from the kernel, because a wrong number of a system call would otherwise go unnoticed.
  open my $file, '<', '/proc/self/status' or die "status: $!\n";
  sysread $file, my $status, 8192;
  close $file;
  my @expected = map { "$_:(?:\t$uid){4}" } qw(Uid Gid);
  for my $line (@expected, "Groups:\t$uid ?", "NoNewPrivs:\t1", map { "Cap$_:\t0+" } qw(Inh Prm Eff Amb)) {
    die "the process could not switch to the user $uid\n" if $status !~ /^$line$/m;
  }
  return;
}

# as_user {uid, home, limit}, FUNCTION: runs the function as the user and returns whether it succeeded within the limit.
sub as_user {
  my ($how, $function) = @_;
  return wait_for(start_as_user($how, $function), now() + $how->{limit}) == 0;
}

# become_program PROGRAM ARGUMENT...: replaces the process by the program. It is for functions that run as a user.
sub become_program {
  my (@program) = @_;
  exec {$program[0]} @program or POSIX::_exit(127);
}

# --- How all processes of an account are ended

my $round = 0.01;            # seconds between two looks at the processes
my $end_limit = 5;           # seconds until all processes of an account must be gone; a fork bomb needs 0.1
my $reap_limit = 2;          # seconds in which init must have reaped the ended processes

# The requests that are being served, each with its name, uid, if_left, and_logins and answer, a function that takes a
# status and a reason. `until` is the time after which the request fails. `reaped` is the time after which a request no
# longer waits for ended processes that init has not reaped yet.
my @ends;

sub ends { return scalar @ends }
sub forget_ends { @ends = (); return }
sub pause_of_ends { return $round }

sub answer_end {
  my ($request, $status, $reason) = @_;
  $request->{answer}->($status, $reason) if !$request->{answered};
  $request->{answered} = 1;
  return;
}

# refusal: says whether a request to end processes is refused. Returns an empty list if the account is Gatehouse's. Else
# returns a status and a reason; these are 0 and an empty text if no account has this name or uid, because then there
# is nothing to end.
sub refusal {
  my ($name, $uid) = @_;
  return ($rules{status_malformed}, $rules{account_name_rule}) if !is_account_name($name);
  return ($rules{status_malformed}, $rules{uid_rule}) if !is_uid($uid);
  if (my (undef, undef, $found, undef, undef, undef, undef, $home) = getpwnam $name) {
    return ($rules{status_conflict}, "the account $name exists with another uid or home")
      if $found != $uid || $home ne "$folders{homes}/$name" && $home ne "$folders{state}/reserved/$name";
    my (undef, undef, undef, $members) = getgrnam $rules{all_accounts};
    return ($rules{status_conflict}, "the account $name exists and is not Gatehouse's")
      if !grep { $_ eq $name } split ' ', $members // '';
    return;
  }
  my $other = getpwuid $uid;
  return ($rules{status_conflict}, "the uid $uid is that of the account $other") if defined $other;
  return ($rules{status_done}, '');
}

# requested_end NAME UID [HOW] ANSWER: begins what a request `end` asks for. Logins that still run as root are ended
# only by `disable`, `apply` and `remove`, so a request may not use the word `and-logins`.
sub requested_end {
  my ($name, $uid, @rest) = @_;
  my $answer = pop @rest;
  my $how = $rest[0] // '';
  return $answer->($rules{status_malformed}, 'the request must be: end NAME UID, or end NAME UID if-left')
    if @rest && $how ne 'if-left';
  return begin_end($name, $uid, $how, $answer);
}

# begin_end NAME UID HOW ANSWER: begins to end the account's processes. It kills them once before it looks at them. HOW
# is if-left, and-logins or nothing.
sub begin_end {
  my ($name, $uid, $how, $answer) = @_;
  my $request = {
    name => $name,
    uid => $uid,
    if_left => $how eq 'if-left',
    and_logins => $how eq 'and-logins',
    answer => $answer,
    until => now() + $end_limit,
  };
  if (my ($status, $reason) = refusal($name, $uid)) {
    return answer_end($request, $status, $reason);
  }
  kill_all($request) if !$request->{if_left};
  push @ends, $request if !$request->{answered};
  return;
}

# end_now BEGIN: calls BEGIN with a function that takes the answer, and returns when the processes are ended. If they
# cannot be ended, it refuses the request.
sub end_now {
  my ($begin) = @_;
  my ($status, $reason);
  $begin->(sub { ($status, $reason) = @_ });
  while (ends()) {
    select undef, undef, undef, $round;
    advance_ends();
  }
  refuse($status, $reason) if $status != $rules{status_done};
  return;
}

# kill_all: kills all processes of the account in one step, with the rights of the user, whom the kernel lets kill
# nobody else's. The next round kills those that were forked meanwhile. The real uid is nobody's and the saved one
# root's, so that the user cannot signal this process.
sub kill_all {
  my ($request) = @_;
  my $uid = $request->{uid};
  # The two uids are set one after the other: if both are set in one list, perl treats all further input as untrusted
  # (taint mode, perlsec) and refuses to start programs with it. The real uid comes first, because setting it leaves the
  # saved uid root's.
  $< = $rules{nobody_uid};
  $> = $uid;
  # The uids are checked first, because as root this kill would end all processes of the machine.
  my $taken = $< == $rules{nobody_uid} && $> == $uid;
  kill 'KILL', -1 if $taken;
  $> = 0;
  $< = 0;
  # If root's uids do not come back, the program ends here and no handler can prevent that, because it must not go on
  # with half of root's rights.
  POSIX::_exit(1) if $< != 0 || $> != 0;
  $request->{killed} = 1;
  answer_end($request, $rules{status_failed}, "root-helper could not switch to the uid $uid") if !$taken;
  return;
}

# logins: returns the sshd processes that belong to logins of the account and still run as root. Such a process calls
# itself `sshd: NAME [priv]` as soon as it knows the name. A login that begins later finds the account locked.
sub logins {
  my ($name) = @_;
  my @logins;
  opendir my $processes, '/proc' or die "/proc: $!\n";
  for my $process (readdir $processes) {
    next if $process !~ /\A[0-9]+\z/;
    open my $file, '<', "/proc/$process/cmdline" or next;
    sysread $file, my $title, 128 or next;
    next if $title !~ /\A[\w.-]+: \Q$name\E \[/;
    # Any process can have such a title; among root's processes, only sshd's have it.
    open my $status, '<', "/proc/$process/status" or next;
    sysread $status, my $text, 8192 or next;
    push @logins, $process if $text =~ /^Uid:\s+0\s/m && $text !~ /^State:\s+[ZX]/m;
  }
  return @logins;
}

# look: returns, by uid, the living processes with their parents, and whether there is a process that has ended and that
# its parent has not reaped yet, because it still counts towards the account's limit. A process whose first thread has
# ended is shown as a zombie while its other threads run on; it counts as living.
sub look {
  my (%living, %unnoticed);
  opendir my $processes, '/proc' or die "/proc: $!\n";
  for my $process (readdir $processes) {
    next if $process !~ /\A[0-9]+\z/;
    open my $file, '<', "/proc/$process/status" or next;
    sysread $file, my $text, 8192 or next;
    my ($state, $parent, $uid) = $text =~ /^State:\s+(\S).*?^PPid:\s+(\d+).*?^Uid:\s+(\d+)/ms or next;
    my ($threads) = $text =~ /^Threads:\s+(\d+)/m;
    if ($state =~ /[ZX]/ && defined $threads && $threads < 2) { $unnoticed{$uid} = 1 }
    else { $living{$uid}{$process} = $parent }
  }
  return (\%living, \%unnoticed);
}

sub advance {
  my ($request, $living, $unnoticed) = @_;
  my $now = now();
  if ($request->{and_logins} && !$request->{reaped} && (my @logins = logins($request->{name}))) {
    return answer_end($request, $rules{status_failed}, "some logins of $request->{name} do not end")
      if $now >= $request->{until};
    kill 'KILL', @logins;
    return kill_all($request);
  }
  # Before the answer says that all processes are gone, they are killed once more, because a look can miss processes
  # that are forked meanwhile.
  if (!$living && !$request->{killed}) {
    kill_all($request);
    return;
  }
  # After one look that found no process, the processes that a later look finds were started since.
  if (!$living || $request->{reaped}) {
    $request->{reaped} //= $now + $reap_limit;
    return answer_end($request, $rules{status_done}, '') if !$unnoticed || $now >= $request->{reaped};
    return;
  }
  # A login is a child of a process of root that is not process 1: orphans have process 1 as their parent.
  if ($request->{if_left} && grep { $_ > 1 && !exists $living->{$_} } values %{$living}) {
    return answer_end($request, $rules{status_logged_in}, "somebody is logged in as $request->{name}");
  }
  $request->{if_left} = 0;
  return answer_end($request, $rules{status_failed}, "some processes of $request->{name} do not end")
    if $now >= $request->{until};
  return kill_all($request);
}

# advance_ends: looks at all processes once, for all requests that are being served.
sub advance_ends {
  return if !@ends;
  my ($living, $unnoticed) = look();
  advance($_, $living->{$_->{uid}}, $unnoticed->{$_->{uid}}) for @ends;
  @ends = grep { !$_->{answered} } @ends;
  return;
}

1;
