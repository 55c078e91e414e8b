package io.gatehouse.gateway.screen;

import java.util.List;
import java.util.Set;

/** Knows which control functions move the cursor, or change what later text does to the screen. */
final class CursorMoves {

  /** Escapes and sequences that have an effect even while the cursor is at the end of a line. */
  private static final String ESCAPES = "78DEHMc";

  private static final Set<String> OTHER_CHARACTERS = Set.of("(0", "(A", ")A", ")0");
  private static final String CODES = "@ABCDEFGHILMPSTXZ`abdefgrsu";

  /** Private modes that change the place of text: origin, wrapping, and the alternate screens. */
  private static final Set<Integer> MODES = Set.of(6, 7, 47, 1047, 1049);

  private CursorMoves() {}

  static boolean isMove(String escape) {
    return ESCAPES.contains(escape) || isOtherCharacters(escape);
  }

  /** Whether the escape switches to characters that are no letters. */
  static boolean isOtherCharacters(String escape) {
    return OTHER_CHARACTERS.contains(escape);
  }

  /**
   * @param returned whether the cursor has returned to the start of a line that has text
   */
  static boolean isMove(char prefix, List<Integer> parameters, char command, boolean returned) {
    if (prefix != 0) {
      return prefix == '?'
          && (command == 'h' || command == 'l')
          && parameters.stream().anyMatch(MODES::contains);
    }
    return switch (command) {
      // At the end of the last line, nothing can be erased after the cursor.
      case 'J', 'K' -> returned || parameters.getFirst() != 0;
      case 'h', 'l' -> parameters.contains(4);
      default -> CODES.indexOf(command) >= 0;
    };
  }
}
