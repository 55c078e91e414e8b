package io.gatehouse.gateway.files.text;

import io.gatehouse.gateway.session.Lease;

/**
 * Finds the places of a text in another text, in a time that grows with the sum of their lengths
 * and not with the product.
 *
 * <p>At each place, {@link String#indexOf(String)} compares as far as the texts agree, so half a
 * megabyte of one letter keeps it busy for minutes. Long targets are found by the algorithm of
 * Knuth, Morris and Pratt ("Fast pattern matching in strings", 1977); for short ones, {@code
 * indexOf} is faster, and even its worst case is fast.
 */
public final class Occurrences {

  /** The longest target, in characters, that {@code indexOf} looks for. */
  public static final int SHORT = 64;

  private final String target;

  /**
   * For each prefix of a long target, the length of the longest shorter text that the prefix both
   * begins and ends with.
   */
  private final int[] borders;

  /**
   * @param held counts the memory of the table for a long target
   */
  public Occurrences(String target, Lease held) {
    this.target = target;
    if (target.length() <= SHORT) {
      borders = new int[0];
    } else {
      held.take((long) Integer.BYTES * target.length());
      borders = borders(target);
    }
  }

  private static int[] borders(String target) {
    int[] borders = new int[target.length()];
    int border = 0;
    for (int i = 1; i < target.length(); i++) {
      while (border > 0 && target.charAt(i) != target.charAt(border)) {
        border = borders[border - 1];
      }
      if (target.charAt(i) == target.charAt(border)) {
        border++;
      }
      borders[i] = border;
    }
    return borders;
  }

  /** The first place of the target between {@code from} and {@code end}; -1 if there is none. */
  public int next(String text, int from, int end) {
    if (target.length() <= SHORT) {
      return text.indexOf(target, from, end);
    }
    int matched = 0;
    for (int i = from; i < end; i++) {
      while (matched > 0 && text.charAt(i) != target.charAt(matched)) {
        matched = borders[matched - 1];
      }
      if (text.charAt(i) == target.charAt(matched)) {
        matched++;
      }
      if (matched == target.length()) {
        return i + 1 - matched;
      }
    }
    return -1;
  }

  /** The number of places of the target that do not overlap. */
  public int count(String text, int from, int end) {
    int count = 0;
    for (int at = next(text, from, end); at >= 0; at = next(text, at + target.length(), end)) {
      count++;
    }
    return count;
  }
}
