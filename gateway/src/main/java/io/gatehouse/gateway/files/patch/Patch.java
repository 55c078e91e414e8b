package io.gatehouse.gateway.files.patch;

import java.util.List;
import java.util.Optional;

/** What a patch does to files, in its order. */
public record Patch(List<Change> changes) {

  public Patch {
    changes = List.copyOf(changes);
  }

  /** What a patch does to one file. Paths are as they are written. */
  public sealed interface Change {
    String path();
  }

  /** A new file. */
  public record Add(String path, String text) implements Change {}

  /** A file that is deleted. */
  public record Delete(String path) implements Change {}

  /**
   * A file that is changed.
   *
   * @param destination its new path, if it is moved
   */
  public record Update(String path, Optional<String> destination, List<Hunk> hunks)
      implements Change {

    public Update {
      hunks = List.copyOf(hunks);
    }
  }

  /**
   * Some lines of a file, and what becomes of them.
   *
   * @param anchors lines that come before it in the file, in their order
   * @param lines the lines
   * @param endsFile whether its old lines are the last ones of the file
   */
  public record Hunk(List<String> anchors, List<Line> lines, boolean endsFile) {

    public Hunk {
      anchors = List.copyOf(anchors);
      lines = List.copyOf(lines);
    }

    /** The lines that have to be in the file. */
    List<String> old() {
      return lines.stream().filter(line -> line.kind() != Kind.ADDED).map(Line::text).toList();
    }
  }

  /** Whether a line stays, goes or comes. */
  public enum Kind {
    KEPT,
    REMOVED,
    ADDED
  }

  /** One line of a hunk, without its first character and its line end. */
  public record Line(Kind kind, String text) {}
}
