package io.gatehouse.gateway.files;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.session.FileAttributes;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.session.FileNames;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.Pipe;
import io.gatehouse.gateway.session.RemoteFiles;
import io.gatehouse.gateway.session.Sessions;
import io.gatehouse.gateway.session.ShellWord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Finds files and directories by their names, with git and find in the user's login. */
public final class NameSearch {

  /** What find prints; another program of the name, in a user's PATH, may print anything. */
  private static final Pattern SIZE = Pattern.compile("[0-9]{1,18}");

  private static final Pattern SECONDS = Pattern.compile("-?[0-9]{1,15}(\\.[0-9]{1,20})?");

  /** Matching files whose lines are kept for one page of {@link #matches}. */
  private static final int MOST_MATCHING_FILES = 20_000;

  /** Results that can be paged through. */
  private static final int MOST_RANKED = 100_000;

  /** Lines shown of one file, as in Open Terminal. */
  private static final int LINES_OF_A_FILE = 3;

  /** Bytes of memory of what is found or remembered, without characters. */
  private static final long WEIGHT = 160;

  private final Sessions sessions;

  public NameSearch(Sessions sessions) {
    this.sessions = sessions;
  }

  /** What kind of entries are wanted. */
  public enum Kind {
    ANY,
    FILE,
    DIRECTORY;

    boolean admits(boolean directory) {
      return this == ANY || (this == DIRECTORY) == directory;
    }
  }

  /**
   * Something that was found.
   *
   * @param path absolute, or relative to where the search began, as the operation says
   * @param modified seconds since 1970
   */
  public record Found(String path, boolean directory, long size, double modified) {

    long weight() {
      return WEIGHT + 2L * path.length();
    }
  }

  /**
   * All that was found.
   *
   * @param truncated whether there may be more
   */
  public record Result(List<Found> found, boolean truncated) {

    public Result {
      found = List.copyOf(found);
    }
  }

  /**
   * Finds by shell patterns, in name or relative path; paths in the answer are relative.
   *
   * @param held what is found is held on
   */
  public Result glob(
      Account account,
      String directory,
      String pattern,
      List<String> exclude,
      Kind kind,
      int most,
      Lease held)
      throws IOException {
    List<Found> found = new ArrayList<>();
    boolean truncated = false;
    try (RemoteFiles files = sessions.of(account).files()) {
      requireDirectory(files, directory);
      try (Pipe pipe = start(account, directory, globScript(pattern, exclude))) {
        Output output = new Output(pipe, held);
        Optional<byte[]> record = output.next('\0');
        while (record.isPresent() && found.size() < most) {
          Optional<Found> entry =
              parsed(record.get(), files, directory).filter(each -> kind.admits(each.directory()));
          entry.ifPresent(each -> held.take(each.weight()));
          entry.ifPresent(found::add);
          record = output.next('\0');
        }
        truncated = found.size() == most || pipe.timedOut() || output.isCut();
      }
    }
    found.sort(Comparator.comparing(Found::path));
    return new Result(found, truncated);
  }

  private static String globScript(String pattern, List<String> exclude) {
    StringBuilder script = new StringBuilder("exec find . -mindepth 1 ").append(either(pattern));
    exclude.forEach(each -> script.append(" ! ").append(either(each)));
    return script.append(" -printf '%y%Y %s %T@ %P\\0'").toString();
  }

  /** The name or the relative path matches; Python's patterns know no escapes. */
  private static String either(String pattern) {
    String literal = pattern.replace("\\", "\\\\");
    return "\\( -name "
        + ShellWord.quote(literal)
        + " -o -path "
        + ShellWord.quote("./" + literal)
        + " \\)";
  }

  private static Optional<Found> parsed(byte[] record, RemoteFiles files, String directory) {
    String[] parts = FileNames.decode(record).split(" ", 4);
    if (parts.length < 4
        || !SIZE.matcher(parts[1]).matches()
        || !SECONDS.matcher(parts[2]).matches()) {
      // It is not find that runs in this login.
      return Optional.empty();
    }
    boolean link = parts[0].startsWith("l");
    boolean isDirectory = parts[0].endsWith("d");
    if (link) {
      // The numbers are the link's own.
      return stat(files, Paths.child(directory, parts[3]))
          .map(attributes -> found(parts[3], isDirectory, attributes));
    }
    return Optional.of(
        new Found(parts[3], isDirectory, Long.parseLong(parts[1]), seconds(parts[2])));
  }

  /** GNU's find writes whole seconds and a fraction, which is not negative where they are. */
  private static double seconds(String time) {
    int point = time.indexOf('.');
    return point < 0
        ? Double.parseDouble(time)
        : Long.parseLong(time.substring(0, point))
            + Double.parseDouble("0" + time.substring(point));
  }

  private static Found found(String path, boolean directory, FileAttributes attributes) {
    return new Found(
        path, directory, attributes.size(), attributes.modified().toEpochMilli() / 1000.0);
  }

  private static Optional<FileAttributes> stat(RemoteFiles files, String path) {
    try {
      return files.find(path);
    } catch (FileException closed) {
      return Optional.empty();
    }
  }

  private Pipe start(Account account, String directory, String script) {
    return sessions
        .of(account)
        .pipe("cd -- " + ShellWord.quote(directory) + " && " + script, ContentSearch.LIMIT);
  }

  private static void requireDirectory(RemoteFiles files, String path) {
    if (!files.find(path).map(FileAttributes::isDirectory).orElse(false)) {
      throw new FileException(Reason.NOT_FOUND, "Search directory not found");
    }
  }

  /**
   * Finds by a part of the name, the best matches first; paths in the answer are absolute.
   *
   * @param held what is found is held on
   */
  public Result search(
      Account account,
      String directory,
      String query,
      Kind kind,
      boolean hidden,
      int most,
      Lease held)
      throws IOException {
    String wanted = query.strip().toLowerCase(Locale.ROOT);
    Ranking<Candidate> ranking = new Ranking<>(most, held);
    try (RemoteFiles files = sessions.of(account).files()) {
      requireDirectory(files, directory);
      boolean whole =
          walk(
              account,
              directory,
              hidden,
              held,
              candidate -> {
                if (kind.admits(candidate.directory()) && candidate.lowerName().contains(wanted)) {
                  ranking.add(
                      candidate,
                      candidate.rankOfName(wanted),
                      candidate.name().length(),
                      candidate.path(),
                      2L * candidate.path().length());
                }
              });
      List<Found> found = new ArrayList<>();
      for (Candidate candidate : ranking.best(0)) {
        String path = Paths.child(directory, candidate.path());
        Optional<Found> entry =
            stat(files, path).map(attributes -> found(path, candidate.directory(), attributes));
        entry.ifPresent(each -> held.take(each.weight()));
        entry.ifPresent(found::add);
      }
      return new Result(found, !whole);
    }
  }

  /** A line that matches, with the place of the match in UTF-16 units from 1. */
  public record LineMatch(long line, int column, String text) {}

  /** A file or directory that matches by name, path or content. */
  public record RankedMatch(
      String path, String relativePath, boolean directory, boolean byName, List<LineMatch> lines) {

    public RankedMatch {
      lines = List.copyOf(lines);
    }

    /** Without that of the lines, which are there before. */
    private long weight() {
      return WEIGHT + 2L * (path.length() + relativePath.length());
    }

    public String name() {
      return Paths.name(path);
    }
  }

  /**
   * One page of matches.
   *
   * @param next where the next page begins; empty if this is the last
   */
  public record MatchPage(List<RankedMatch> matches, OptionalInt next, boolean truncated) {

    public MatchPage {
      matches = List.copyOf(matches);
    }
  }

  /**
   * Finds by name, path and content at once, the best matches first.
   *
   * @param held what is found is held on
   */
  public MatchPage matches(
      Account account,
      String directory,
      String query,
      boolean hidden,
      int offset,
      int most,
      Lease held)
      throws IOException {
    try (RemoteFiles files = sessions.of(account).files()) {
      requireDirectory(files, directory);
    }
    String wanted = query.toLowerCase(Locale.ROOT);
    Lined lined = lines(account, directory, query, hidden, held);
    int kept = (int) Math.min((long) offset + most + 1, MOST_RANKED);
    Ranking<RankedMatch> ranking = new Ranking<>(kept, held);
    boolean whole =
        walk(
            account,
            directory,
            hidden,
            held,
            candidate -> {
              int rank = candidate.rankOf(wanted);
              List<LineMatch> lines =
                  candidate.directory()
                      ? List.of()
                      : lined.byPath().getOrDefault(candidate.path(), List.of());
              if (rank < Candidate.BY_CONTENT || !lines.isEmpty()) {
                RankedMatch match =
                    new RankedMatch(
                        Paths.child(directory, candidate.path()),
                        candidate.path(),
                        candidate.directory(),
                        rank < Candidate.BY_CONTENT,
                        lines);
                ranking.add(
                    match, rank, candidate.path().length(), candidate.path(), match.weight());
              }
            });
    List<RankedMatch> page = ranking.best(offset);
    boolean more = page.size() > most;
    return new MatchPage(
        more ? page.subList(0, most) : page,
        more ? OptionalInt.of(offset + most) : OptionalInt.empty(),
        !whole || lined.truncated());
  }

  private record Lined(Map<String, List<LineMatch>> byPath, boolean truncated) {}

  private Lined lines(Account account, String directory, String query, boolean hidden, Lease held)
      throws IOException {
    Occurrences wanted = new Occurrences(query.toLowerCase(Locale.ROOT), held);
    Map<String, List<LineMatch>> byPath = new HashMap<>();
    try (Pipe pipe = start(account, directory, linesScript(query, hidden))) {
      Output output = new Output(pipe, held);
      Optional<ContentSearch.Match> next = ContentSearch.line(output);
      long end = held.held() + held.most() / 4;
      while (next.isPresent() && byPath.size() < MOST_MATCHING_FILES && held.held() < end) {
        ContentSearch.Match match = next.get();
        held.take(WEIGHT + match.weight());
        String text = match.content();
        String lower = text.toLowerCase(Locale.ROOT);
        int at = wanted.next(lower, 0, lower.length());
        String path = match.file().startsWith("./") ? match.file().substring(2) : match.file();
        byPath
            .computeIfAbsent(path, key -> new ArrayList<>(LINES_OF_A_FILE))
            .add(new LineMatch(match.line().orElse(0), Math.max(at, 0) + 1, text));
        next = ContentSearch.line(output);
      }
      return new Lined(byPath, next.isPresent() || pipe.timedOut() || output.isCut());
    }
  }

  private static String linesScript(String query, boolean hidden) {
    String rest = " -- " + ShellWord.quote(query) + " .";
    return "if command -v rg >/dev/null 2>&1; then exec rg --no-config --no-messages --color=never"
        + " --no-heading --with-filename --line-number --null --fixed-strings --ignore-case"
        + " --max-count="
        + LINES_OF_A_FILE
        + (hidden ? " --hidden" : "")
        + rest
        + "; fi; exec grep -r -I -s -H -n -Z -F -i -m "
        + LINES_OF_A_FILE
        + (hidden ? "" : " --exclude='.*' --exclude-dir='.?*'")
        + rest;
  }

  /** A name that was seen, relative to where the search began. */
  private record Candidate(String path, boolean directory) {

    /** The rank of what matches neither by name nor by path. */
    static final int BY_CONTENT = 4;

    String name() {
      return Paths.name(path);
    }

    String lowerName() {
      return name().toLowerCase(Locale.ROOT);
    }

    int rankOfName(String wanted) {
      String name = lowerName();
      return name.equals(wanted) ? 0 : name.startsWith(wanted) ? 1 : 2;
    }

    int rankOf(String wanted) {
      if (lowerName().contains(wanted)) {
        return rankOfName(wanted);
      }
      return path.toLowerCase(Locale.ROOT).contains(wanted) ? 3 : BY_CONTENT;
    }
  }

  /** Takes the names one by one. */
  @FunctionalInterface
  private interface Visitor {
    void visit(Candidate candidate);
  }

  /**
   * Visits what git does not ignore, or, outside a repository, everything.
   *
   * @return whether it came to the end
   */
  private boolean walk(
      Account account, String directory, boolean hidden, Lease held, Visitor visitor)
      throws IOException {
    try (Pipe pipe = start(account, directory, walkScript(hidden))) {
      Output output = new Output(pipe, held);
      if (output.mark() == 'g') {
        walkRepository(output, hidden, held, visitor);
      } else {
        walkTree(output, visitor);
      }
      return !pipe.timedOut() && !output.isCut();
    }
  }

  private static String walkScript(boolean hidden) {
    return "if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then printf g; exec git"
        + " ls-files -co --exclude-standard -z -- .; fi; printf f; exec find . -mindepth 1 "
        + (hidden ? "" : "\\( -name '.*' -prune \\) -o ")
        + "-printf '%Y%P\\0'";
  }

  private static void walkTree(Output output, Visitor visitor) throws IOException {
    for (Optional<byte[]> next = output.next('\0'); next.isPresent(); next = output.next('\0')) {
      String record = FileNames.decode(next.get());
      visitor.visit(new Candidate(record.substring(1), record.charAt(0) == 'd'));
    }
  }

  private static void walkRepository(Output output, boolean hidden, Lease held, Visitor visitor)
      throws IOException {
    Predicate<String> shown = hidden ? path -> true : path -> !("/" + path).contains("/.");
    Set<String> directories = new HashSet<>();
    for (Optional<byte[]> next = output.next('\0'); next.isPresent(); next = output.next('\0')) {
      String path = FileNames.decode(next.get());
      if (shown.test(path)) {
        visitor.visit(new Candidate(path, false));
        // git lists files only; the folders they are in count as well.
        for (int slash = path.lastIndexOf('/');
            slash > 0 && directories.add(path.substring(0, slash));
            slash = path.lastIndexOf('/', slash - 1)) {
          held.take(WEIGHT + 2L * slash);
          visitor.visit(new Candidate(path.substring(0, slash), true));
        }
      }
    }
  }

  /** Keeps the best of many. */
  private static final class Ranking<T> {

    private record Ranked<T>(T value, int rank, int length, String name, long weight) {}

    private static final Comparator<Ranked<?>> BEST_FIRST =
        Comparator.<Ranked<?>>comparingInt(Ranked::rank)
            .thenComparingInt(Ranked::length)
            .thenComparing(Ranked::name);

    private final int most;
    private final Lease held;
    private final PriorityQueue<Ranked<T>> worstFirst =
        new PriorityQueue<>(Collections.reverseOrder(BEST_FIRST));

    /**
     * @param held what is kept is held on
     */
    Ranking(int most, Lease held) {
      this.most = most;
      this.held = held;
    }

    /**
     * Takes a value; of two with the same rank, the shorter goes first, then the alphabet.
     *
     * @param weight bytes of memory of the value
     */
    void add(T value, int rank, int length, String path, long weight) {
      long whole = WEIGHT + 2L * path.length() + weight;
      held.take(whole);
      worstFirst.add(new Ranked<>(value, rank, length, path.toLowerCase(Locale.ROOT), whole));
      if (worstFirst.size() > most) {
        held.giveBack(Objects.requireNonNull(worstFirst.poll()).weight());
      }
    }

    List<T> best(int offset) {
      return worstFirst.stream()
          .sorted(BEST_FIRST)
          .skip(offset)
          .map(Ranked::value)
          .collect(Collectors.toList());
    }
  }
}
