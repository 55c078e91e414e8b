package io.gatehouse.gateway.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Scheduler;
import io.gatehouse.gateway.support.LogCapture;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

final class RefusalLogTest {

  private final AtomicLong nanos = new AtomicLong();
  private final LogCapture capture = LogCapture.start();
  private final RefusalLog log =
      new RefusalLog(nanos::get, Runnable::run, Scheduler.disabledScheduler());

  @AfterEach
  void stop() {
    log.close();
    capture.close();
  }

  private void write(String line) {
    log.write(Level.INFO, line, Optional.empty());
  }

  @Test
  void writesALineOnceAMinuteAndThenHowOftenItWasRepeated() {
    for (int i = 0; i < 60; i++) {
      write("refused");
    }
    write("another");
    assertThat(capture.lines()).containsExactly("INFO refused", "INFO another");

    nanos.addAndGet(RefusalLog.WINDOW.plus(Duration.ofSeconds(1)).toNanos());
    write("refused");
    assertThat(capture.lines())
        .containsExactly(
            "INFO refused",
            "INFO another",
            "INFO refused (59 times more within a minute)",
            "INFO refused");
  }

  @Test
  void tellsACountThatNobodyAsksForAgain() {
    write("refused");
    write("refused");
    log.close();
    assertThat(capture.lines())
        .containsExactly("INFO refused", "INFO refused (1 times more within a minute)");
  }

  @Test
  void remembersABoundedNumberOfLines() {
    for (int i = 0; i < 5 * RefusalLog.MOST_LINES; i++) {
      write("line " + i);
    }
    assertThat(log.size()).isLessThanOrEqualTo(RefusalLog.MOST_LINES);
  }

  @Test
  void countsNothingThatIsNotLogged() {
    log.write(Level.DEBUG, "routine", Optional.empty());
    assertThat(log.size()).isZero();
    assertThat(capture.lines()).isEmpty();
  }
}
