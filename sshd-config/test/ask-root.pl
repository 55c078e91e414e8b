# Asks root-helper as the gateway does, for tests. Usage:
#   perl ask-root.pl PROGRAM one WORDS     one request, with stdin as its input; the text of the answer goes to stderr,
#                                          and its status is the exit status
#   perl ask-root.pl PROGRAM many WORDS    a request for each line of stdin, with the words before it and the ids 1, 2,
#                                          3...; prints lines of ID STATUS TEXT, as the answers come
use strict;
use warnings;

my ($program, $how, $words) = @ARGV;
# A helper that ends early answers all the same.
$SIG{PIPE} = 'IGNORE';
local $/ = undef;
my $input = readline(STDIN) // '';
my @lines = split /\n/, $input, -1;
pop @lines;
my @requests = $how eq 'one' ? ([$words, $input]) : map { ["$words$_", ''] } @lines;
pipe my $stdin, my $to or die "pipe: $!\n";
pipe my $from, my $stdout or die "pipe: $!\n";
my $helper = fork // die "fork: $!\n";
if (!$helper) {
  $SIG{PIPE} = 'DEFAULT';
  open STDIN, '<&', $stdin or die "stdin: $!\n";
  open STDOUT, '>&', $stdout or die "stdout: $!\n";
  # As sshd does it: without a word.
  exec {$program} $program or die "$program: $!\n";
}
close $stdin;
close $stdout;
my $writer = fork // die "fork: $!\n";
if (!$writer) {
  close $from;
  my $id = 0;
  for my $request (@requests) { print {$to} ++$id . ' ' . length($request->[1]) . " $request->[0]\n$request->[1]" }
  close $to;
  exit 0;
}
close $to;
my $answers = readline($from) // '';
waitpid $_, 0 for $writer, $helper;
while ($answers =~ s/\A([0-9]+) ([0-9]+) ([0-9]+)\n//) {
  my ($id, $status, $text) = ($1, $2, substr $answers, 0, $3, '');
  if ($how eq 'one') {
    print STDERR "$text\n" if length $text;
    exit $status;
  }
  $text =~ s/\n/; /g;
  print "$id $status $text\n";
}
die "this is no answer: $answers\n" if length $answers || $how eq 'one';
