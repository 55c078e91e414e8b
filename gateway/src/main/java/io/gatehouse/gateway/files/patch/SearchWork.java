package io.gatehouse.gateway.files.patch;

import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;

/**
 * Counts the lines that the searches of one patch look at, over all of its files, and ends a patch
 * that would keep a processor from other users.
 */
final class SearchWork {

  /** The most lines that a patch may look at, which takes about a second. */
  private static final long MOST_LINES = 100_000_000;

  private long lines;

  /**
   * Counts one line.
   *
   * @throws FileException TOO_LARGE if there were too many
   */
  void lookAtLine() {
    if (++lines > MOST_LINES) {
      throw new FileException(
          Reason.TOO_LARGE,
          "The patch takes too long to fit: it has too many hunks, or lines after @@, for files of"
              + " this length. Nothing was changed. Send fewer in one patch.");
    }
  }
}
