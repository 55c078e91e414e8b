package io.gatehouse.gateway.session;

/**
 * The size of a terminal, in characters.
 *
 * @param columns 1 to {@value #LARGEST}
 * @param rows 1 to {@value #LARGEST}
 */
public record WindowSize(int columns, int rows) {

  /**
   * Larger than any real screen. Some programs allocate memory for rows times columns, so larger
   * values are refused.
   */
  public static final int LARGEST = 1000;

  /** The size of a terminal until a screen shows it: that of a VT100. */
  public static final WindowSize DEFAULT = new WindowSize(80, 24);

  public WindowSize {
    if (!isValid(columns, rows)) {
      throw new IllegalArgumentException(
          "a terminal must have 1 to " + LARGEST + " columns and rows");
    }
  }

  public static boolean isValid(int columns, int rows) {
    return columns >= 1 && columns <= LARGEST && rows >= 1 && rows <= LARGEST;
  }
}
