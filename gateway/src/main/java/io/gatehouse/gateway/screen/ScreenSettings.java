package io.gatehouse.gateway.screen;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The settings in which a screen differs from a new one, by the control functions that it got. */
final class ScreenSettings {

  private enum Oddity {
    MARGINS,
    ORIGIN,
    NO_WRAPPING,
    INSERTING,
    FULL_SCREEN,
    CHARACTERS,
    TAB_STOPS
  }

  private final Set<Oddity> odd = EnumSet.noneOf(Oddity.class);

  /** Whether the screen shows plain text as a new one would. */
  boolean areThoseOfNewScreen() {
    return odd.isEmpty();
  }

  void reset() {
    odd.clear();
  }

  void control(char control) {
    switch (control) {
      case 0x0e -> odd.add(Oddity.CHARACTERS);
      case 0x0f -> odd.remove(Oddity.CHARACTERS);
      default -> {}
    }
  }

  void escape(String sequence) {
    switch (sequence) {
      case "c" -> odd.clear();
      case "H" -> odd.add(Oddity.TAB_STOPS);
      case "(B" -> odd.remove(Oddity.CHARACTERS);
      default -> {
        if (CursorMoves.isOtherCharacters(sequence)) {
          odd.add(Oddity.CHARACTERS);
        }
      }
    }
  }

  /** Takes a sequence that is a move ({@link CursorMoves}). */
  void sequence(char prefix, List<Integer> parameters, char command) {
    boolean on = command == 'h';
    if (command == 'r') {
      set(Oddity.MARGINS, !parameters.stream().allMatch(parameter -> parameter == 0));
    } else if (command == 'g') {
      odd.add(Oddity.TAB_STOPS);
    } else if (!on && command != 'l') {
      return;
    } else if (prefix == 0) {
      set(Oddity.INSERTING, on);
    } else {
      for (int mode : parameters) {
        switch (mode) {
          case 6 -> set(Oddity.ORIGIN, on);
          case 7 -> set(Oddity.NO_WRAPPING, !on);
          case 47, 1047, 1049 -> set(Oddity.FULL_SCREEN, on);
          default -> {}
        }
      }
    }
  }

  private void set(Oddity oddity, boolean isSet) {
    if (isSet) {
      odd.add(oddity);
    } else {
      odd.remove(oddity);
    }
  }
}
