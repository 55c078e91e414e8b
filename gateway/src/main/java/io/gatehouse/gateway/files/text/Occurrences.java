package io.gatehouse.gateway.files.text;

import io.gatehouse.gateway.session.Lease;

/**
 * Finds where a text stands in another, in time that grows with both lengths and not with their
 * product.
 *
 * <p>{@link String#indexOf(String)} compares at each place as far as the texts agree: half a
 * megabyte of one letter keeps it busy for minutes. For long targets this is the algorithm of
 * Knuth, Morris and Pratt ("Fast pattern matching in strings", 1977); for short ones {@code
 * indexOf} is faster, and its worst case little.
 */
public final class Occurrences {

  /** Characters of a target up to which {@code indexOf} looks for it. */
  public static final int SHORT = 64;

  private final String target;

  /**
   * For each beginning of a long target: how long the longest end of it is that the target also
   * begins with.
   */
  private final int[] borders;

  /**
   * @param held what is known of a long target is held on
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

  /** Where the target stands first that begins at {@code from} and ends by {@code end}; or -1. */
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

  /** How often it stands there, none of them in another. */
  public int count(String text, int from, int end) {
    int count = 0;
    for (int at = next(text, from, end); at >= 0; at = next(text, at + target.length(), end)) {
      count++;
    }
    return count;
  }
}
