package io.gatehouse.gateway.exec;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gatehouse.gateway.screen.Transcript;
import io.gatehouse.gateway.session.Quota;
import io.gatehouse.gateway.session.WindowSize;
import java.time.Duration;
import java.util.Optional;

/**
 * Keeps for a while the terminal's state at the end of each plain page. The next page of the same
 * output continues from there, so that nothing is read twice.
 */
final class PlainPages {

  /**
   * How long one answer may spend on output that moves the cursor. A megabyte takes about a second.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final int MOST_OF_USER = 2;

  /**
   * The most plain answers at a time. There may be more than processors, because a client that
   * reads its answer slowly holds a place and uses no processor.
   */
  private static final int MOST = 16;

  /**
   * The most transcripts that are kept. A transcript has a few hundred kilobytes at most, usually a
   * few kilobytes.
   */
  private static final int MOST_KEPT = 64;

  private record Kept(long position, Transcript transcript) {}

  private final Cache<String, Kept> kept =
      Caffeine.newBuilder()
          .maximumSize(MOST_KEPT)
          .expireAfterAccess(ExecutionSettings.READABLE)
          .build();

  private final Quota busy = new Quota(MOST_OF_USER, MOST);

  /**
   * Takes out the transcript that ends before this entry, so that no other request uses it at the
   * same time.
   */
  Optional<Transcript> take(String id, long position) {
    if (position == 0) {
      return Optional.empty();
    }
    return Optional.ofNullable(kept.asMap().remove(id))
        .filter(each -> each.position() == position)
        .map(Kept::transcript);
  }

  Transcript fresh() {
    return new Transcript(WindowSize.DEFAULT);
  }

  void keep(String id, long position, Transcript transcript) {
    if (position > 0 && !transcript.isLarge() && !transcript.isSimplified()) {
      kept.put(id, new Kept(position, transcript));
    }
  }

  /**
   * Takes a place for an answer, and returns how long the answer may spend on output that moves the
   * cursor. Without a free place, this is zero.
   */
  Duration begin(String userId) {
    return busy.take(userId, "plain answers").isEmpty() ? PATIENCE : Duration.ZERO;
  }

  /** Gives back the place of an answer. */
  void end(String userId, Duration patience) {
    if (patience.isPositive()) {
      busy.giveBack(userId);
    }
  }
}
