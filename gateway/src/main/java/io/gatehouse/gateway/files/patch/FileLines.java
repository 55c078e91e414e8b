package io.gatehouse.gateway.files.patch;

import io.gatehouse.gateway.session.Lease;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/**
 * The lines of a text, which are found exactly, or without regard to blanks at their ends, or at
 * both ends. Each search takes time in proportion to the text.
 */
final class FileLines {

  /** The ways in which lines are compared, in the order in which a search tries them. */
  private enum Closeness {
    EXACT,
    WITHOUT_TRAILING_BLANKS,
    WITHOUT_BLANKS_AROUND
  }

  /** Bytes of memory for each line: where it begins, and its three hashes. */
  private static final long WEIGHT = 32;

  private final String text;
  private final int[] starts;

  /** A secret value, so that nobody can make different lines with the same hash. */
  private final long seed = new SplittableRandom().nextLong();

  private final SearchWork work;
  private final Map<Closeness, long[]> hashes = new EnumMap<>(Closeness.class);

  /**
   * @param held counts the memory of the places of lines
   * @param work counts the lines that searches look at
   */
  FileLines(String text, Lease held, SearchWork work) {
    this.text = text;
    this.work = work;
    int count = 0;
    for (int at = 0; at < text.length(); at = end(at) + 1) {
      count++;
    }
    held.take(WEIGHT * count);
    starts = new int[count];
    int line = 0;
    for (int at = 0; at < text.length(); at = end(at) + 1) {
      starts[line++] = at;
    }
  }

  /** The index of the line end, or of the end of the text. */
  private int end(int start) {
    int end = text.indexOf('\n', start);
    return end < 0 ? text.length() : end;
  }

  int count() {
    return starts.length;
  }

  /** Where a line begins in the text; the number of lines stands for the end of the text. */
  int start(int line) {
    return line < starts.length ? starts[line] : text.length();
  }

  private String line(int line) {
    return text.substring(starts[line], end(starts[line]));
  }

  private static String form(String line, Closeness closeness) {
    return switch (closeness) {
      case EXACT -> line;
      case WITHOUT_TRAILING_BLANKS -> line.stripTrailing();
      case WITHOUT_BLANKS_AROUND -> line.strip();
    };
  }

  /**
   * A hash of 64 bits. Equal hashes are only a hint: the lines are compared then. Without the
   * shift, the hash would be a polynomial, and there are texts with equal hashes for every
   * polynomial.
   */
  private long hash(String form) {
    long hash = seed;
    for (int i = 0; i < form.length(); i++) {
      hash = (hash ^ form.charAt(i)) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 32;
    }
    return hash;
  }

  private long[] hashes(Closeness closeness) {
    return hashes.computeIfAbsent(
        closeness,
        each -> {
          long[] made = new long[starts.length];
          for (int line = 0; line < made.length; line++) {
            made[line] = hash(form(line(line), each));
          }
          return made;
        });
  }

  /**
   * The first place of these lines at or after a line.
   *
   * @throws io.gatehouse.gateway.session.FileException TOO_LARGE if the patch takes too long
   */
  OptionalInt find(List<String> wanted, int from) {
    for (Closeness closeness : Closeness.values()) {
      OptionalInt found = find(wanted, from, closeness);
      if (found.isPresent()) {
        return found;
      }
    }
    return OptionalInt.empty();
  }

  /** Whether these lines are at this place. */
  boolean isAt(List<String> wanted, int place) {
    return place >= 0
        && place + wanted.size() <= starts.length
        && Arrays.stream(Closeness.values()).anyMatch(each -> matches(wanted, place, each));
  }

  private boolean matches(List<String> wanted, int place, Closeness closeness) {
    for (int i = 0; i < wanted.size(); i++) {
      if (!form(line(place + i), closeness).equals(form(wanted.get(i), closeness))) {
        return false;
      }
    }
    return true;
  }

  /** Searches as Knuth, Morris and Pratt do, which never goes back in the text. */
  private OptionalInt find(List<String> wanted, int from, Closeness closeness) {
    long[] lines = hashes(closeness);
    long[] pattern = wanted.stream().mapToLong(line -> hash(form(line, closeness))).toArray();
    int[] border = borders(pattern);
    int matched = 0;
    for (int line = from; line < lines.length; line++) {
      work.lookAtLine();
      while (matched > 0 && lines[line] != pattern[matched]) {
        matched = border[matched - 1];
      }
      matched += lines[line] == pattern[matched] ? 1 : 0;
      if (matched == pattern.length) {
        int place = line - matched + 1;
        if (matches(wanted, place, closeness)) {
          return OptionalInt.of(place);
        }
        matched = border[matched - 1];
      }
    }
    return OptionalInt.empty();
  }

  private static int[] borders(long[] pattern) {
    int[] border = new int[pattern.length];
    for (int i = 1, length = 0; i < pattern.length; i++) {
      while (length > 0 && pattern[i] != pattern[length]) {
        length = border[length - 1];
      }
      length += pattern[i] == pattern[length] ? 1 : 0;
      border[i] = length;
    }
    return border;
  }
}
