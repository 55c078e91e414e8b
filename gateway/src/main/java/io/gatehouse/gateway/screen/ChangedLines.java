package io.gatehouse.gateway.screen;

import java.util.List;
import java.util.function.Consumer;

/**
 * Passes on the text of one answer: only lines that are new, or that differ from the last lines of
 * the previous answer.
 */
final class ChangedLines {

  private Consumer<String> listener = text -> {};

  // The lines that were passed on and may still change. The next answer begins at the first of them
  // that differs.
  private List<String> shown = List.of("");
  private int same;
  private boolean atLineStart = true;

  /**
   * Begins an answer.
   *
   * @param known the lines that the client has
   */
  void begin(List<String> known, Consumer<String> to) {
    shown = known;
    same = 0;
    atLineStart = true;
    listener =
        text -> {
          if (!text.isEmpty()) {
            atLineStart = text.endsWith("\n");
            to.accept(text);
          }
        };
  }

  /** Passes on a line, or the part of it that differs from what was passed on before. */
  void tell(String text, boolean ended) {
    String end = ended ? "\n" : "";
    if (isPastKnown()) {
      listener.accept(text + end);
    } else if (same == shown.size() - 1) {
      String known = shown.get(same);
      same = shown.size();
      listener.accept((text.startsWith(known) ? text.substring(known.length()) : text) + end);
    } else if (text.equals(shown.get(same))) {
      same++;
    } else {
      same = shown.size();
      listener.accept(text + end);
    }
  }

  /** Whether all lines that follow are new, so that several can be passed on at once. */
  boolean isPastKnown() {
    return same == shown.size();
  }

  /** Passes on the rows of a full-screen program, on lines of their own. */
  void tellRows(List<String> rows) {
    listener.accept((atLineStart ? "" : "\n") + String.join("\n", rows) + "\n");
  }

  /** Ends the answer. */
  void end() {
    listener = text -> {};
  }

  /** The number of characters that the client has and that may still change. */
  long length() {
    return shown.stream().mapToLong(String::length).sum();
  }
}
