package io.gatehouse.gateway.session;

/**
 * How large a terminal is, in characters.
 *
 * @param columns 1 to {@value #LARGEST}
 * @param rows 1 to {@value #LARGEST}
 */
public record WindowSize(int columns, int rows) {

  /** What no screen has; programs allocate by it. */
  public static final int LARGEST = 1000;

  /** What a terminal has until somebody looks at it: the size of a VT100. */
  public static final WindowSize DEFAULT = new WindowSize(80, 24);

  public WindowSize {
    if (!isValid(columns, rows)) {
      throw new IllegalArgumentException("a terminal has 1 to " + LARGEST + " columns and rows");
    }
  }

  public static boolean isValid(int columns, int rows) {
    return columns >= 1 && columns <= LARGEST && rows >= 1 && rows <= LARGEST;
  }
}
