package io.gatehouse.gateway.files.archive;

import io.gatehouse.gateway.session.ShellWord;

/**
 * The text of the program that sends the files of an archive. It runs as the user, so it reads what
 * the user may read.
 *
 * <p>It is not {@code tar}, because tar fills a file that became shorter with zeros, names what it
 * cannot read only among its error texts, and its long names have no bound.
 *
 * <p>Its input has the paths, each followed by the name that it gets in the archive; a number of
 * four bytes before each of them is its length. Its output has records: one byte for the kind, four
 * for the length, and the bytes. {@link ArchiveSource} reads them.
 */
final class ArchiveProgram {

  /** An entry begins: four bytes of mode, eight of time, eight of size, and the name. */
  static final char ENTRY = 'H';

  /** More bytes of the file's content, or the target of the link, whose entry has begun. */
  static final char CONTENT = 'C';

  /** A line about a file that is not in the archive. */
  static final char ERROR = 'E';

  /** The end. An output that ends before it is not whole. */
  static final char END = 'Z';

  /** The most bytes of content in one record. */
  static final int CHUNK = 64 * 1024;

  /** Levels of folders below the one that is archived. */
  private static final int DEEPEST = 200;

  /** The most bytes of a path on Linux, of which one is the NUL at its end. */
  static final int LONGEST_NAME = 4095;

  /**
   * The most bytes of a file whose size is given as 0, such as the files in /proc. Such a file is
   * read before its entry begins, because only its end tells its size.
   */
  private static final int LARGEST_WITHOUT_SIZE = 1024 * 1024;

  /**
   * Files are opened without waiting and without following links, and looked at again, because
   * somebody may have put a pipe or a link in the place of the file. The program enters each folder
   * for the same reason: a folder that becomes a link is not followed.
   *
   * <p>A failure to read is told in a line of the archive while the entry has not begun. Later it
   * ends the program, and so the archive.
   *
   * <p>The output is sent in large pieces, but at least once a second, so that a slow disk is not
   * taken for a program that hangs.
   */
  private static final String PROGRAM =
      """
      use strict;
      use Fcntl;
      my ($out, $sent) = ("", time);
      sub send_all {
        for (my $at = 0; $at < length $out;) {
          $at += syswrite(STDOUT, $out, length($out) - $at, $at) // die "cannot write: $!\\n";
        }
        ($out, $sent) = ("", time);
      }
      sub put {
        $out .= pack("a N/a*", @_);
        send_all() if length $out >= CHUNK || time != $sent;
      }
      sub error {
        my ($name, $why) = @_;
        put("ERROR", "$name: $why");
      }
      sub entry {
        my ($name, $stat, $size) = @_;
        put("ENTRY", pack("N q> Q> a*", @$stat[2, 9], $size, $name));
      }
      sub add_file {
        my ($file, $name) = @_;
        sysopen(my $in, $file, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW) or return error($name, $!);
        my @stat = stat $in or return error($name, $!);
        return error($name, "not a regular file") unless -f _;
        my ($bytes, $size) = ("", $stat[7]);
        my $first = !$size ? UNSIZED + 1 : $size < CHUNK ? $size : CHUNK;
        while (length $bytes < $first) {
          my $most = $first - length $bytes;
          my $read = sysread($in, $bytes, $most < CHUNK ? $most : CHUNK, length $bytes)
            // return error($name, $!);
          last unless $read;
        }
        return error($name, "it states no size, as files in /proc do, and has more than UNSIZED bytes")
          if !$size && length $bytes == $first;
        $size ||= length $bytes;
        entry($name, \\@stat, $size);
        while (length $bytes) {
          for (my $at = 0; $at < length $bytes; $at += CHUNK) {
            put("CONTENT", substr($bytes, $at, CHUNK));
          }
          $size -= length $bytes;
          last if $size <= 0;
          sysread($in, $bytes, $size < CHUNK ? $size : CHUNK) // die "cannot read a file: $!\\n";
        }
      }
      # Returns true if it has left the folder in which it was called.
      sub add {
        my ($file, $name, $depth) = @_;
        if (length $name > LONGEST) {
          error($name, "the path is longer than LONGEST bytes");
          return 0;
        }
        my @look = lstat $file;
        if (!@look) {
          error($name, $!);
        } elsif (-f _) {
          add_file($file, $name);
        } elsif (-d _) {
          return add_folder($file, $name, \\@look, $depth);
        } elsif (-l _) {
          my $target = readlink $file;
          if (defined $target) {
            entry($name, \\@look, length $target);
            put("CONTENT", $target);
          } else {
            error($name, $!);
          }
        } else {
          error($name, "not a regular file");
        }
        return 0;
      }
      sub add_folder {
        my ($file, $name, $look, $depth) = @_;
        if ($depth > DEEPEST) {
          error($name, "folders are nested more than DEEPEST deep; archive a folder further down");
          return 0;
        }
        my $folder;
        if (!sysopen($folder, $file, O_RDONLY | O_NONBLOCK | O_DIRECTORY | O_NOFOLLOW) || !chdir $folder) {
          error($name, $!);
          return 0;
        }
        my @children;
        my $listed = opendir(my $in, ".");
        while ($listed && ($! = 0, defined(my $child = readdir $in))) {
          push @children, $child unless $child eq "." || $child eq "..";
        }
        if ($!) {
          error($name, $!);
          return 1;
        }
        closedir $in;
        entry("$name/", $look, 0);
        for my $child (sort @children) {
          if (add($child, "$name/$child", $depth + 1)) {
            chdir $folder or die "cannot go back to a folder: $!\\n";
          }
        }
        return 1;
      }
      local $/;
      my @paths = unpack("(N/a*)*", <STDIN>);
      while (my ($path, $name) = splice(@paths, 0, 2)) {
        add($path, $name, 0);
      }
      put("END", "");
      send_all();
      """
          .replace("\"ENTRY\"", quoted(ENTRY))
          .replace("\"CONTENT\"", quoted(CONTENT))
          .replace("\"ERROR\"", quoted(ERROR))
          .replace("\"END\"", quoted(END))
          .replace("CHUNK", Integer.toString(CHUNK))
          .replace("UNSIZED", Integer.toString(LARGEST_WITHOUT_SIZE))
          .replace("LONGEST", Integer.toString(LONGEST_NAME))
          .replace("DEEPEST", Integer.toString(DEEPEST));

  private ArchiveProgram() {}

  private static String quoted(char kind) {
    return "\"" + kind + "\"";
  }

  /** The command line for the login shell. */
  static String text() {
    return "exec perl -e " + ShellWord.quote(PROGRAM);
  }
}
