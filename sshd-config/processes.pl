# The processes that root-helper starts: programs of root's, and what works as a user. And those that it ends: all of
# an account.
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

my $program_limit = 60;        # seconds for one of them; useradd waits some 15 for the locks of the account files
my $most_output = 65_536;      # bytes that are kept of what it prints

# run PROGRAM ARGUMENT...: its exit status, or 128 and more if it has not ended by itself, and what it has printed.
# Without a shell, arguments are what they are.
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

# last_line TEXT: the line in which a program usually says what was wrong.
sub last_line { return (grep { /\S/ } split /\n/, $_[0])[-1] // 'it does not say why' }

# has_program NAME
sub has_program {
  my ($name) = @_;
  return scalar grep { -x "$_/$name" } split /:/, $ENV{PATH};
}

# read_until TIME, {handle, take}...: reads handles until all have ended or the time is over. It is false if the time
# was over.
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

# wait_for PROCESS TIME: its exit status; 128 and the signal, if one has ended it; 137 if it was killed here because the
# time was over. A process that does not even end then, because it waits in the kernel, is not waited for.
sub wait_for {
  my ($process, $until) = @_;
  # Short pauses at first, because most of these processes take some milliseconds.
  my ($pause, $killed) = (0.0005, 0);
  while (1) {
    my $found = waitpid $process, POSIX::WNOHANG();
    return $? & 127 ? 128 + ($? & 127) : $? >> 8 if $found == $process;
    return 128 if $found < 0;
    if (now() >= $until) {
      return 137 if $killed;
      # The group of what works as a user, and the process itself if it is not yet in one.
      kill 'KILL', -$process, $process;
      ($killed, $until) = (1, now() + 5);
    }
    select undef, undef, undef, $pause;
    $pause *= 1.3 if $pause < 0.02;
  }
  return;
}

# --- What works as a user. All work inside of a home is done so: what a link there leads to is then the user's
# business.

# The numbers of prctl(2) and capset(2), which differ between architectures (asm/unistd.h of each). become_user asks the
# kernel what has come of them, so a wrong number fails and lets nobody through.
my @system_calls = (
  [qr/\Ax86_64/, 157, 126],
  [qr/\A(?:aarch64|arm64|riscv64|loongarch64)/, 167, 91],
  [qr/\A(?:i[3-6]86|arm(?!64)|s390x)/, 172, 185],
  [qr/\A(?:powerpc64|ppc64)/, 171, 184],
);
my (undef, $prctl, $capset) = map { @{$_} } grep { $Config{archname} =~ $_->[0] } @system_calls;
# From linux/prctl.h and linux/capability.h.
use constant { PR_SET_DUMPABLE => 4, PR_SET_NO_NEW_PRIVS => 38, CAPABILITY_VERSION_3 => 0x20080522 };

# start_as_user {uid, home, begin, out, err}, FUNCTION: calls the function in a new process that has become the user:
# with no privilege to gain, without a supplementary group, and with no variable or file descriptor of anybody else.
# begin is the folder where it begins, `/` if there is none; out and err are pipes for its output, if it is wanted.
# Until that process starts another program, the kernel lets no process of the same user look into it or trace it
# (PR_SET_DUMPABLE in prctl(2)). The user may stop it by a signal, which is why the caller waits by wait_for.
sub start_as_user {
  my ($how, $function) = @_;
  my $process = fork // failed("no process can be started: $!");
  return $process if $process;
  # Nothing of this may come back into the code of root, whatever happens.
  my $done = eval { become_user($how); $function->(); 1 };
  return POSIX::_exit($done ? 0 : 1);
}

sub become_user {
  my ($how) = @_;
  my $uid = $how->{uid};
  die "the uid is none of a user\n" if $uid !~ /\A$rules{uid_form}\z/;
  $SIG{PIPE} = 'DEFAULT';
  POSIX::setsid();
  # As root: the way there may be closed to the user.
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
  # As root, these set the real, the effective and the saved number, and the groups.
  $) = "$uid $uid";
  POSIX::setgid($uid);
  POSIX::setuid($uid);
  # This holds also where fs.suid_dumpable says otherwise. The memory may still have the keys of other requests.
  syscall($prctl, PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 or die "prctl: $!\n";
  # The kernel has taken the other sets; the inheritable one stays otherwise, and some container engines fill it. For
  # this process: the permitted, the effective and the inheritable set, each of 64 bits, are empty.
  my ($header, $sets) = (pack('L l', CAPABILITY_VERSION_3, 0), pack 'L6', (0) x 6);
  syscall($capset, $header, $sets) == 0 or die "capset: $!\n";
  # The kernel is asked for what has come of it.
  open my $file, '<', '/proc/self/status' or die "status: $!\n";
  sysread $file, my $status, 8192;
  close $file;
  my @expected = map { "$_:(?:\t$uid){4}" } qw(Uid Gid);
  for my $line (@expected, "Groups:\t$uid ?", "NoNewPrivs:\t1", map { "Cap$_:\t0+" } qw(Inh Prm Eff Amb)) {
    die "the user $uid was not become\n" if $status !~ /^$line$/m;
  }
  return;
}

# as_user {uid, home, limit}, FUNCTION: does it, and returns whether it was done in time.
sub as_user {
  my ($how, $function) = @_;
  return wait_for(start_as_user($how, $function), now() + $how->{limit}) == 0;
}

# For functions that run as the user: starts a program in place of the process.
sub become_program {
  my (@program) = @_;
  exec {$program[0]} @program or POSIX::_exit(127);
}

# --- Ending all that runs as an account

my $round = 0.01;            # seconds between two looks
my $end_limit = 5;           # seconds until all processes of an account are gone; a fork bomb takes a tenth of one
my $reap_limit = 2;          # seconds until the first process of the machine has made the kernel forget them

# The requests that are under way, each with its name, uid, if_left, and_logins and answer, a function that takes status
# and reason. `until` is the time after which the request has failed. `reaped` is the time after which processes that
# have ended, and still count, are waited for no more.
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

# refusal: a status and a reason if the account is not one of ours. The status is 0, without a reason, if nobody has
# the uid, because then nothing runs. The list is empty if the account is ours.
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

# requested_end NAME UID [HOW] ANSWER: begins what a request asks for. Logins that are still root's end with `disable`,
# `apply` and `remove` alone, so `and-logins` is no word of a request.
sub requested_end {
  my ($name, $uid, @rest) = @_;
  my $answer = pop @rest;
  my $how = $rest[0] // '';
  return $answer->($rules{status_malformed}, 'a request to end is end NAME UID, and perhaps if-left')
    if @rest && $how ne 'if-left';
  return begin_end($name, $uid, $how, $answer);
}

# begin_end NAME UID HOW ANSWER: begins to end what runs. The processes are killed once before anything is looked at.
# HOW is if-left, and-logins or nothing.
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

# end_now BEGIN: calls the function with one for the answer, and returns when what it has begun is done; refuses if it
# cannot be done.
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

# kill_all: kills as the user, whom the kernel lets kill no other, in one step for all processes that there are. The
# next round meets those that were forked meanwhile. The real uid is nobody's and the saved one root's, so that the
# user can signal this process as little as any other of root's.
sub kill_all {
  my ($request) = @_;
  my $uid = $request->{uid};
  # One after the other: if both are set in one list, perl distrusts all that it reads from then on (perlsec), and
  # starts no program any more. The real uid comes first, because it leaves the saved one to be root's.
  $< = $rules{nobody_uid};
  $> = $uid;
  # The uids are asked for, because as root this would kill everybody.
  my $taken = $< == $rules{nobody_uid} && $> == $uid;
  kill 'KILL', -1 if $taken;
  $> = 0;
  $< = 0;
  # Nothing may go on with half of root's rights, and nothing may catch this.
  POSIX::_exit(1) if $< != 0 || $> != 0;
  $request->{killed} = 1;
  answer_end($request, $rules{status_failed}, "the uid $uid cannot be taken") if !$taken;
  return;
}

# logins: the logins of the account that are still root's. sshd's processes call themselves `sshd: NAME [priv]` from
# the moment when they know the name. A login that comes later finds the account locked.
sub logins {
  my ($name) = @_;
  my @logins;
  opendir my $processes, '/proc' or die "/proc: $!\n";
  for my $process (readdir $processes) {
    next if $process !~ /\A[0-9]+\z/;
    open my $file, '<', "/proc/$process/cmdline" or next;
    sysread $file, my $title, 128 or next;
    next if $title !~ /\A[\w.-]+: \Q$name\E \[/;
    # Anybody may give a process such a title, but root's processes with it are sshd's.
    open my $status, '<', "/proc/$process/status" or next;
    sysread $status, my $text, 8192 or next;
    push @logins, $process if $text =~ /^Uid:\s+0\s/m && $text !~ /^State:\s+[ZX]/m;
  }
  return @logins;
}

# look: by uid, the living processes with their parents, and whether a process has ended that its parent has not
# noticed yet: it still counts. A process whose first thread has ended is a zombie by its state while its other
# threads run on.
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
  # The processes are killed once before anybody is told that all are gone, because a look can miss what changes
  # meanwhile.
  if (!$living && !$request->{killed}) {
    kill_all($request);
    return;
  }
  # Once all processes were seen to be gone, those that live have started since.
  if (!$living || $request->{reaped}) {
    $request->{reaped} //= $now + $reap_limit;
    return answer_end($request, $rules{status_done}, '') if !$unnoticed || $now >= $request->{reaped};
    return;
  }
  # A login begins below a process of root other than the first one, which is the parent of all orphans.
  if ($request->{if_left} && grep { $_ > 1 && !exists $living->{$_} } values %{$living}) {
    return answer_end($request, $rules{status_logged_in}, "somebody is logged in as $request->{name}");
  }
  $request->{if_left} = 0;
  return answer_end($request, $rules{status_failed}, "some processes of $request->{name} do not end")
    if $now >= $request->{until};
  return kill_all($request);
}

# advance_ends: one look at all processes, for all requests that are under way.
sub advance_ends {
  return if !@ends;
  my ($living, $unnoticed) = look();
  advance($_, $living->{$_->{uid}}, $unnoticed->{$_->{uid}}) for @ends;
  @ends = grep { !$_->{answered} } @ends;
  return;
}

1;
