# Reads rules.sh, which is for shells, into a hash. Used as: my %rules = rules("$folder/rules.sh");
use strict;
use warnings;

sub rules {
  my ($path) = @_;
  my %rules;
  open my $file, '<', $path or die "$path: $!\n";
  while (my $line = <$file>) {
    next if $line =~ /\A(?:#|\s*\z)/;
    my ($name, $value) = $line =~ /\A([a-z_]+)='([^']*)'\n\z/
      or die "$path, line $.: a line must be NAME='VALUE' or a comment\n";
    $rules{$name} = $value;
  }
  close $file or die "$path: $!\n";
  return %rules;
}

1;
