package io.gatehouse.gateway.files;

import io.gatehouse.gateway.files.text.Lines;
import io.gatehouse.gateway.files.text.Occurrences;
import io.gatehouse.gateway.files.text.SeenText;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.session.Lease;
import java.util.OptionalInt;

/**
 * One exact text to find in a file, and the text to put in its place.
 *
 * @param startLine the first line to look in, from 1
 * @param endLine the last line to look in
 * @param allowMultiple whether all occurrences are replaced; otherwise the target may occur only
 *     once
 */
public record Replacement(
    String target,
    String replacement,
    OptionalInt startLine,
    OptionalInt endLine,
    boolean allowMultiple) {

  private static final int LONGEST_QUOTE = 100;

  /**
   * The text with the replacement made.
   *
   * @param held counts the memory by which the text grows
   */
  SeenText applyTo(SeenText seen, Lease held) {
    String text = seen.text();
    int start = startLine.isPresent() ? startOfLine(text, startLine.getAsInt()) : 0;
    int end = endLine.isPresent() ? startOfLine(text, endLine.getAsInt() + 1) : text.length();
    end = Math.max(start, end);
    Occurrences occurrences = new Occurrences(target, held);
    int count = target.isEmpty() ? 0 : occurrences.count(text, start, end);
    if (count == 0) {
      throw new FileException(Reason.INVALID, "Target string not found: '" + quoted() + "'");
    }
    if (count > 1 && !allowMultiple) {
      throw new FileException(
          Reason.INVALID,
          "Found " + count + " occurrences of target string but allow_multiple is false");
    }
    held.take(EditedText.WEIGHT * count * Math.max(0L, replacement.length() - target.length()));
    return seen.replace(target, occurrences, replacement, start, end);
  }

  private String quoted() {
    return target.length() <= LONGEST_QUOTE ? target : target.substring(0, LONGEST_QUOTE);
  }

  private static int startOfLine(String text, int line) {
    int number = 1;
    int at = 0;
    while (number < line && at < text.length()) {
      if (Lines.isBreak(text.charAt(at))) {
        number++;
      }
      at++;
    }
    return at;
  }
}
