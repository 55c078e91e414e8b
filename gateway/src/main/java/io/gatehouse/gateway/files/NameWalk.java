package io.gatehouse.gateway.files;

import io.gatehouse.gateway.session.FileNames;
import io.gatehouse.gateway.session.Pipe;
import java.io.IOException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Goes through the names below a folder.
 *
 * @param hidden whether names that begin with a dot are visited
 */
record NameWalk(SearchedFolder folder, boolean hidden) {

  /** A file or directory that was visited. Its path is relative to the searched folder. */
  record Candidate(String path, boolean directory) {

    /** The rank of a file that matches neither by name nor by path. */
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

  /** Takes the files and directories one by one. */
  @FunctionalInterface
  interface Visitor {
    void visit(Candidate candidate);
  }

  /**
   * Visits all files that Git does not ignore, or all files if the folder is in no Git repository.
   *
   * @return whether all names were visited
   */
  boolean visit(Visitor visitor) throws IOException {
    try (Pipe pipe = folder.start(script())) {
      Output output = new Output(pipe, folder.held());
      if (output.mark() == 'g') {
        walkRepository(output, visitor);
      } else {
        walkTree(output, visitor);
      }
      return !pipe.timedOut() && !output.isCut();
    }
  }

  private String script() {
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

  private void walkRepository(Output output, Visitor visitor) throws IOException {
    Predicate<String> shown = hidden ? path -> true : path -> !("/" + path).contains("/.");
    Set<String> directories = new HashSet<>();
    for (Optional<byte[]> next = output.next('\0'); next.isPresent(); next = output.next('\0')) {
      String path = FileNames.decode(next.get());
      if (shown.test(path)) {
        visitor.visit(new Candidate(path, false));
        // git lists only files, but a search must find folders too, so the folders above each file
        // are visited here.
        for (int slash = path.lastIndexOf('/');
            slash > 0 && directories.add(path.substring(0, slash));
            slash = path.lastIndexOf('/', slash - 1)) {
          folder.held().take(NameSearch.WEIGHT + 2L * slash);
          visitor.visit(new Candidate(path.substring(0, slash), true));
        }
      }
    }
  }
}
