package io.gatehouse.gateway.files;

import io.gatehouse.gateway.files.NameSearch.LineMatch;
import io.gatehouse.gateway.files.NameSearch.MatchPage;
import io.gatehouse.gateway.files.NameSearch.RankedMatch;
import io.gatehouse.gateway.files.text.Occurrences;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.Pipe;
import io.gatehouse.gateway.session.ShellWord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Finds files and directories by name, path and content at once, the best matches first. */
record MatchSearch(SearchedFolder folder) {

  /** The most matching files whose lines are kept for one page of {@link #run}. */
  private static final int MOST_MATCHING_FILES = 20_000;

  /** The most results that can be paged through. */
  private static final int MOST_RANKED = 100_000;

  /** The most lines shown of one file, as in Open Terminal. */
  private static final int LINES_OF_A_FILE = 3;

  MatchPage run(String query, boolean hidden, int offset, int most) throws IOException {
    folder.open().close();
    String wanted = query.toLowerCase(Locale.ROOT);
    Lined lined = lines(query, hidden);
    int kept = (int) Math.min((long) offset + most + 1, MOST_RANKED);
    Ranking<RankedMatch> ranking = new Ranking<>(kept, folder.held());
    boolean whole =
        new NameWalk(folder, hidden)
            .visit(
                candidate -> {
                  int rank = candidate.rankOf(wanted);
                  List<LineMatch> lines =
                      candidate.directory()
                          ? List.of()
                          : lined.byPath().getOrDefault(candidate.path(), List.of());
                  if (rank < NameWalk.Candidate.BY_CONTENT || !lines.isEmpty()) {
                    RankedMatch match =
                        new RankedMatch(
                            folder.absolute(candidate.path()),
                            candidate.path(),
                            candidate.directory(),
                            rank < NameWalk.Candidate.BY_CONTENT,
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

  private Lined lines(String query, boolean hidden) throws IOException {
    Lease held = folder.held();
    Occurrences wanted = new Occurrences(query.toLowerCase(Locale.ROOT), held);
    Map<String, List<LineMatch>> byPath = new HashMap<>();
    try (Pipe pipe = folder.start(linesScript(query, hidden))) {
      Output output = new Output(pipe, held);
      Optional<ContentSearch.Match> next = ContentSearch.line(output);
      long end = held.held() + held.most() / 4;
      while (next.isPresent() && byPath.size() < MOST_MATCHING_FILES && held.held() < end) {
        ContentSearch.Match match = next.get();
        held.take(NameSearch.WEIGHT + match.weight());
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
}
