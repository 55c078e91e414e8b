package io.gatehouse.gateway.files;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.session.FileNames;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.Pipe;
import io.gatehouse.gateway.session.RemoteFiles;
import io.gatehouse.gateway.session.Sessions;
import io.gatehouse.gateway.session.ShellWord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Finds text in files, with ripgrep, or with grep if there is none, in the user's login. */
public final class ContentSearch {

  /** How long one search may take. */
  public static final Duration LIMIT = Duration.ofSeconds(10);

  private final Sessions sessions;

  public ContentSearch(Sessions sessions) {
    this.sessions = sessions;
  }

  /**
   * The text to find, and the place to search.
   *
   * @param regex whether the query is a regular expression; otherwise it is searched for literally
   * @param include shell patterns for file names; a file must match one of them, or any file does
   *     if there are none
   * @param lines whether each matching line is wanted, or only the matching files
   * @param most the most matches to return
   */
  public record Query(
      String text,
      String path,
      boolean regex,
      boolean caseInsensitive,
      List<String> include,
      boolean lines,
      int most) {

    public Query {
      include = List.copyOf(include);
    }
  }

  /**
   * A matching line, or a matching file.
   *
   * @param line the line's number, from 1; empty for a file
   * @param content the line without its end; empty for a file
   */
  public record Match(String file, OptionalLong line, String content) {

    /** Bytes of memory of a match, without the characters of its texts. */
    private static final long WEIGHT = 160;

    long weight() {
      return WEIGHT + 2L * (file.length() + content.length());
    }
  }

  /**
   * The matches that were found.
   *
   * @param truncated whether there may be more matches
   */
  public record Result(List<Match> matches, boolean truncated) {

    public Result {
      matches = List.copyOf(matches);
    }
  }

  /**
   * Searches, and returns the matches in the order of their paths.
   *
   * @param held counts the memory of the matches
   */
  public Result search(Account account, Query query, Lease held) throws IOException {
    try (RemoteFiles files = sessions.of(account).files()) {
      UserFiles.requireRegular(
          files
              .find(query.path())
              .orElseThrow(() -> new FileException(Reason.NOT_FOUND, "Search path not found")),
          query.path());
    }
    try (Pipe pipe = sessions.of(account).pipe(script(query), LIMIT)) {
      return read(pipe, query, held);
    }
  }

  private static Result read(Pipe pipe, Query query, Lease held) throws IOException {
    Output output = new Output(pipe, held);
    List<Match> matches = new ArrayList<>();
    // The result is truncated when it takes half of the user's memory, as it is at too many
    // matches. The other half is for the user's other requests.
    long end = held.held() + held.most() / 2;
    while (matches.size() < query.most() && held.held() < end) {
      Optional<Match> match = query.lines() ? line(output) : file(output);
      if (match.isEmpty()) {
        return ended(pipe, output, matches);
      }
      held.take(match.get().weight());
      matches.add(match.get());
    }
    return new Result(matches, true);
  }

  private static Result ended(Pipe pipe, Output output, List<Match> matches) {
    pipe.exit();
    if (matches.isEmpty() && !pipe.timedOut() && isComplaint(pipe.errors())) {
      throw new FileException(Reason.INVALID, "Invalid regex: " + reason(pipe.errors()));
    }
    return new Result(matches, pipe.timedOut() || output.isCut());
  }

  private static boolean isComplaint(String errors) {
    return errors.contains("regex parse error")
        || errors.contains("PCRE2")
        || errors.startsWith("grep: ");
  }

  /**
   * Returns the line with the cause. Before this line, ripgrep prints the expression and marks the
   * fault in it.
   */
  private static String reason(String errors) {
    return errors
        .lines()
        .map(String::strip)
        .filter(line -> line.startsWith("error: ") || line.startsWith("PCRE2: "))
        .map(line -> line.substring(line.indexOf(' ') + 1))
        .findFirst()
        .orElse("it cannot be understood");
  }

  private static Optional<Match> file(Output output) throws IOException {
    return output
        .next('\0')
        .map(path -> new Match(FileNames.decode(path), OptionalLong.empty(), ""));
  }

  /**
   * Reads the next record of the form {@code path NUL number : line LF}. Other lines are notes of
   * the program and are skipped.
   */
  static Optional<Match> line(Output output) throws IOException {
    for (Optional<byte[]> next = output.next('\n'); next.isPresent(); next = output.next('\n')) {
      Optional<Match> match = parsed(next.get());
      if (match.isPresent()) {
        return match;
      }
    }
    return Optional.empty();
  }

  private static Optional<Match> parsed(byte[] record) {
    int nul = indexOf(record, (byte) 0, 0);
    int colon = nul < 0 ? -1 : indexOf(record, (byte) ':', nul);
    if (colon < 0) {
      return Optional.empty();
    }
    String number = new String(record, nul + 1, colon - nul - 1, StandardCharsets.US_ASCII);
    if (!number.matches("[0-9]{1,18}")) {
      return Optional.empty();
    }
    String path = FileNames.decode(java.util.Arrays.copyOf(record, nul));
    String content =
        new String(record, colon + 1, record.length - colon - 1, StandardCharsets.UTF_8);
    String line = content.endsWith("\r") ? content.substring(0, content.length() - 1) : content;
    return Optional.of(new Match(path, OptionalLong.of(Long.parseLong(number)), line));
  }

  private static int indexOf(byte[] bytes, byte wanted, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  private static String script(Query query) {
    return "if command -v rg >/dev/null 2>&1; then exec "
        + ripgrep(query)
        + "; fi; exec "
        + grep(query);
  }

  private static String ripgrep(Query query) {
    StringBuilder command =
        new StringBuilder("rg --no-config --no-messages --color=never --no-heading --with-filename")
            .append(" --null --hidden --no-ignore --sort=path");
    command.append(query.regex() ? " --engine=auto" : " --fixed-strings");
    command.append(query.caseInsensitive() ? " --ignore-case" : " --case-sensitive");
    command.append(query.lines() ? " --line-number" : " --files-with-matches");
    command.append(" --max-count=").append(query.most());
    query
        .include()
        .forEach(glob -> command.append(" --glob=").append(ShellWord.quote(ripgrepGlob(glob))));
    return command
        .append(" --regexp=")
        .append(ShellWord.quote(query.text()))
        .append(" -- ")
        .append(ShellWord.quote(query.path()))
        .toString();
  }

  /**
   * A pattern of fnmatch(3) in ripgrep's form. In ripgrep, a leading {@code !} and braces have a
   * meaning of their own, so they are escaped.
   */
  private static String ripgrepGlob(String pattern) {
    return pattern.replaceAll("^!|[{}]", "\\\\$0");
  }

  private static String grep(Query query) {
    StringBuilder command = new StringBuilder("grep -r -I -s -H -Z --color=never");
    command.append(query.regex() ? " -P" : " -F");
    command.append(query.caseInsensitive() ? " -i" : "");
    command.append(query.lines() ? " -n" : " -l");
    command.append(" -m ").append(query.most());
    query.include().forEach(glob -> command.append(" --include=").append(ShellWord.quote(glob)));
    return command
        .append(" -e ")
        .append(ShellWord.quote(query.text()))
        .append(" -- ")
        .append(ShellWord.quote(query.path()))
        .toString();
  }
}
