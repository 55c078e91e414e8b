package io.gatehouse.gateway.skills;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.session.ShellWord;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The texts of the programs that look for skills in a user's login. They run as the user, so a link
 * leads to nothing that the user could not read.
 */
final class SkillPrograms {

  /** The folders of skills below the home, in the order in which they count. */
  private static final List<String> BELOW_HOME =
      List.of(".agents/skills", ".cptr/skills", ".claude/skills", ".codex/skills");

  /** The most skills of an account. A model is told of each in each turn of a chat. */
  static final int MOST_SKILLS = 500;

  /** Bytes of a SKILL.md that are read for a list. Its front matter has to be in them. */
  static final int HEAD = 32 * 1024;

  /** Bytes of all SKILL.md that are read for a list. */
  static final int HEADS = 4 * 1024 * 1024;

  /** Bytes of the largest SKILL.md. */
  static final int LARGEST = 512 * 1024;

  /** The most other files of a skill that are listed with its text, as in Open Terminal. */
  private static final int MOST_RESOURCES = 50;

  /** Levels of folders below the skill's own, as in Open Terminal. */
  private static final int DEEPEST_RESOURCE = 3;

  /** The most entries that the search for resources looks at. */
  private static final int MOST_ENTRIES = 10_000;

  /**
   * Opens without waiting, because the file may be a pipe, and asks the opened file what it is,
   * because the name may lead elsewhere by now.
   */
  private static final String OPEN =
      """
      use Fcntl;
      sub take {
        my ($path, $most) = @_;
        sysopen(my $in, $path, O_RDONLY | O_NONBLOCK | O_NOCTTY) or return undef;
        return undef unless -f $in && -s _ <= %d;
        my $bytes = "";
        while (length($bytes) < $most) {
          my $read = sysread($in, $bytes, $most - length($bytes), length($bytes));
          last unless $read;
        }
        return $bytes;
      }
      """
          .formatted(LARGEST);

  /**
   * Prints path, length and front matter of each SKILL.md, folder by folder, and by name. Groups
   * come before the folder for everybody, and the user's own folders before both.
   *
   * <p>The groups of the admin's file are called gatehouse-NAME in the system, so that an account's
   * own group is none of them, whatever the account is called.
   *
   * <p>A file whose beginning is not UTF-8 is left out, because its text could not be given either.
   */
  private static final String LIST_PROGRAM =
      OPEN
          + """
          my ($etc, $groups, @folders) = @ARGV;
          for my $group (split / /, $groups) {
            push @folders, "$etc/skills.d/$1" if $group =~ /^gatehouse-(.+)/;
          }
          my $left = %d;
          for my $folder (@folders, "$etc/skills") {
            opendir(my $in, $folder) or next;
            for my $name (sort grep { !/^\\./ } readdir($in)) {
              my $file = "$folder/$name/SKILL.md";
              next unless lstat($file);
              exit if $left-- == 0;
              my $bytes = take($file, %d);
              next unless defined $bytes && $bytes =~ /\\A(?:\\xEF\\xBB\\xBF)?---(?=[\\r\\n])/g;
              next unless $bytes =~ /[\\r\\n]---/g;
              my $end = pos($bytes);
              my $text = length($bytes) < %d ? $bytes : $bytes =~ s/[\\xC0-\\xFF][\\x80-\\xBF]{0,3}\\z//r;
              next unless utf8::decode($text);
              print "$file\\0", $end + 1, "\\0", substr($bytes, 0, $end), "\\n";
            }
          }
          """
              .formatted(MOST_SKILLS, HEAD, HEAD);

  private static final String TEXT_PROGRAM =
      OPEN
          + """
          my ($file) = @ARGV;
          my $bytes = take($file, %d);
          exit 1 unless defined $bytes;
          print length($bytes), "\\0", $bytes;
          my ($found, $seen) = (0, 0);
          sub look {
            my ($folder, $prefix, $depth) = @_;
            opendir(my $in, $folder) or return;
            my @names;
            while (defined(my $name = readdir($in))) {
              last if ++$seen > %d;
              push @names, $name unless $name =~ /^\\./ || $name eq "SKILL.md";
            }
            closedir($in);
            for my $name (sort @names) {
              return if $found >= %d;
              if (-f "$folder/$name") {
                $found++;
                print "$prefix$name\\0";
              } elsif ($depth < %d && -d _ && !-l "$folder/$name") {
                look("$folder/$name", "$prefix$name/", $depth + 1);
              }
            }
          }
          look($file =~ s{/[^/]*$}{}r, "", 0);
          """
              .formatted(LARGEST + 1, MOST_ENTRIES, MOST_RESOURCES, DEEPEST_RESOURCE);

  private final String etc;

  /**
   * @param etc the folder of the admin's configuration
   */
  SkillPrograms(Path etc) {
    this.etc = etc.toString();
  }

  /** Prints path, length and front matter of each SKILL.md of the account. */
  String list(Account account) {
    String folders =
        BELOW_HOME.stream()
            .map(folder -> ShellWord.quote(account.home() + "/" + folder))
            .collect(Collectors.joining(" "));
    return """
    etc=%s groups=
    [[ ! -d $etc/skills.d ]] || groups=$(id -Gn)
    exec perl -e %s -- "$etc" "$groups" %s\
    """
        .formatted(ShellWord.quote(etc), ShellWord.quote(LIST_PROGRAM), folders);
  }

  /** Prints length and text of one SKILL.md, then the paths of the other files beside it. */
  static String text(Skill skill) {
    return "exec perl -e "
        + ShellWord.quote(TEXT_PROGRAM)
        + " -- "
        + ShellWord.quote(skill.location());
  }
}
