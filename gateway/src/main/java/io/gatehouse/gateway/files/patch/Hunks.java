package io.gatehouse.gateway.files.patch;

import io.gatehouse.gateway.files.patch.Patch.Hunk;
import io.gatehouse.gateway.files.patch.Patch.Kind;
import io.gatehouse.gateway.files.patch.Patch.Line;
import io.gatehouse.gateway.files.patch.Patch.Update;
import io.gatehouse.gateway.files.text.Splice;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.session.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Finds the places of an update's hunks in a text. Each hunk is looked for after the one before.
 */
final class Hunks {

  private static final int LONGEST_QUOTE = 80;

  /** Lines that a model reads again on each side of the place where a hunk was looked for. */
  private static final int AROUND = 20;

  private final Update update;
  private final String text;
  private final FileLines lines;
  private final List<Splice> splices = new ArrayList<>();
  private int position;

  private Hunks(Update update, String text, Lease held, SearchWork work) {
    this.update = update;
    this.text = text;
    this.lines = new FileLines(text, held, work);
  }

  /**
   * What has to be replaced in the text, from its beginning to its end.
   *
   * @param held counts the memory of the places of lines
   * @param work counts the lines that searches look at
   * @throws FileException CONFLICT if a hunk is not found, with what to read again; TOO_LARGE if
   *     the search takes too long
   */
  static List<Splice> places(Update update, String text, Lease held, SearchWork work) {
    Hunks hunks = new Hunks(update, text, held, work);
    for (int i = 0; i < update.hunks().size(); i++) {
      hunks.place(update.hunks().get(i), i + 1);
    }
    return hunks.splices;
  }

  private void place(Hunk hunk, int number) {
    for (String anchor : hunk.anchors()) {
      position =
          lines
                  .find(List.of(anchor), position)
                  .orElseThrow(() -> conflict(number, "the line after @@", List.of(anchor)))
              + 1;
    }
    List<String> old = hunk.old();
    int place = old.isEmpty() ? insertion(hunk) : find(hunk, old, number);
    replace(hunk, place);
    position = place + old.size();
  }

  /** Lines that are only added come after the anchor, or at the end of the file. */
  private int insertion(Hunk hunk) {
    return hunk.anchors().isEmpty() || hunk.endsFile() ? lines.count() : position;
  }

  private int find(Hunk hunk, List<String> old, int number) {
    if (hunk.endsFile()) {
      int place = lines.count() - old.size();
      if (place >= position && lines.isAt(old, place)) {
        return place;
      }
      throw conflict(number, "at the end of the file", old);
    }
    OptionalInt found = lines.find(old, position);
    return found.orElseThrow(() -> conflict(number, "the lines to change", old));
  }

  private FileException conflict(int number, String what, List<String> wanted) {
    String first = wanted.getFirst().strip();
    String quoted = first.length() > LONGEST_QUOTE ? first.substring(0, LONGEST_QUOTE) : first;
    boolean isBefore = lines.find(wanted, 0).isPresent();
    return new FileException(
        Reason.CONFLICT,
        "%s, hunk %d: not found after line %d: %s, which begin with '%s'. %s Nothing was changed."
                .formatted(
                    update.path(),
                    number,
                    position,
                    what,
                    quoted,
                    isBefore ? "They are before that; send hunks in the order of the file." : "")
            + " Read %s from line %d to %d with read_file, and send the patch with the lines that"
                .formatted(update.path(), Math.max(1, position - AROUND), position + 5 * AROUND)
            + " are there.");
  }

  /** Replaces what changes, so that the lines between stay as they are in the file. */
  private void replace(Hunk hunk, int place) {
    int line = place;
    int from = place;
    StringBuilder added = new StringBuilder();
    for (Line each : hunk.lines()) {
      if (each.kind() == Kind.KEPT) {
        splice(from, line, added);
        line++;
        from = line;
        added.setLength(0);
      } else if (each.kind() == Kind.REMOVED) {
        line++;
      } else {
        added.append(each.text()).append('\n');
      }
    }
    splice(from, line, added);
  }

  private void splice(int from, int to, StringBuilder added) {
    if (from == to && added.isEmpty()) {
      return;
    }
    int start = lines.start(from);
    String replacement = added.toString();
    boolean endsOpen = !text.isEmpty() && !text.endsWith("\n") && to == lines.count();
    if (endsOpen && !replacement.isEmpty()) {
      // A last line without a line end stays without.
      replacement = replacement.substring(0, replacement.length() - 1);
      replacement = from == to ? "\n" + replacement : replacement;
    }
    splices.add(new Splice(start, lines.start(to), replacement));
  }
}
