package io.gatehouse.gateway.http.exchange;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Writes refusals into the gateway's log, each line at most once a minute.
 *
 * <p>Repetitions are counted, and the count is logged when the minute is over. So a client that is
 * refused again and again leaves two lines a minute, however often it asks.
 */
public final class RefusalLog implements AutoCloseable {

  static final Duration WINDOW = Duration.ofMinutes(1);

  /**
   * The most different lines whose repetitions are counted at a time. Each costs a few hundred
   * bytes.
   */
  static final int MOST_LINES = 1000;

  private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);

  /** A line of the log, which is written at most once a minute. */
  private record Line(Level level, String text) {}

  private final Cache<Line, AtomicLong> counts;

  public RefusalLog() {
    this(Ticker.systemTicker(), ForkJoinPool.commonPool(), Scheduler.systemScheduler());
  }

  public RefusalLog(Ticker ticker, Executor executor, Scheduler scheduler) {
    counts =
        Caffeine.newBuilder()
            .maximumSize(MOST_LINES)
            .expireAfterWrite(WINDOW)
            .ticker(ticker)
            .executor(executor)
            .scheduler(scheduler)
            .removalListener(RefusalLog::tell)
            .build();
  }

  /**
   * Writes the line unless it was written less than a minute ago.
   *
   * @param cause the exception that is logged with the line, where it helps an admin
   */
  public void write(Level level, String text, Optional<Throwable> cause) {
    if (!LOG.isEnabledForLevel(level)) {
      return;
    }
    Line line = new Line(level, text);
    if (counts.get(line, unused -> new AtomicLong()).getAndIncrement() == 0) {
      var event = LOG.atLevel(level);
      cause.map(event::setCause).orElse(event).log(text);
    }
  }

  private static void tell(
      @Nullable Line line, @Nullable AtomicLong count, RemovalCause unusedCause) {
    long more = count == null ? 0 : count.get() - 1;
    if (line != null && more > 0) {
      LOG.atLevel(line.level()).log("{} ({} times more within a minute)", line.text(), more);
    }
  }

  /** The number of lines that are remembered; for tests. */
  long size() {
    counts.cleanUp();
    return counts.estimatedSize();
  }

  /** Logs the counts that are not logged yet. */
  @Override
  public void close() {
    counts.invalidateAll();
    counts.cleanUp();
  }
}
