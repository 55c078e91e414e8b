package io.gatehouse.gateway.exec;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gatehouse.gateway.screen.Transcript;
import io.gatehouse.gateway.session.Quota;
import io.gatehouse.gateway.session.WindowSize;
import java.time.Duration;
import java.util.Optional;

/**
 * Makes plain pages, and keeps for a while where each ended: who asks for what comes next gets it
 * as it changes the screen of before, and nothing is read twice.
 */
final class PlainPages {

  /** How long output may move the cursor in one answer; it takes about a second for a megabyte. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final int MOST_OF_USER = 2;

  /** More than processors: a client that reads its answer slowly has a place and uses none. */
  private static final int MOST = 16;

  /** Each has at most some hundred kilobytes, as a rule a few. */
  private static final int MOST_KEPT = 64;

  private record Kept(long position, Transcript transcript) {}

  private final Cache<String, Kept> kept =
      Caffeine.newBuilder()
          .maximumSize(MOST_KEPT)
          .expireAfterAccess(ExecutionSettings.READABLE)
          .build();

  private final Quota busy = new Quota(MOST_OF_USER, MOST);

  /** A transcript that has come to this entry, for nobody else. */
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

  /** How long an answer may follow the cursor: not at all while the user's places are taken. */
  Duration begin(String userId) {
    return busy.take(userId, "plain answers").isEmpty() ? PATIENCE : Duration.ZERO;
  }

  /** Gives the place back that an answer has had. */
  void end(String userId, Duration patience) {
    if (patience.isPositive()) {
      busy.giveBack(userId);
    }
  }
}
