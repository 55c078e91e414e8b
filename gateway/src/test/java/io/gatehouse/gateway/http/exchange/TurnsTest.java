package io.gatehouse.gateway.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class TurnsTest {

  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(1);

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch working = new CountDownLatch(1);
  private final CountDownLatch end = new CountDownLatch(1);

  @AfterEach
  void stop() {
    end.countDown();
    threads.close();
  }

  private Future<String> work(Turns turns, String userId) throws InterruptedException {
    Future<String> work =
        threads.submit(
            () ->
                turns.run(
                    userId,
                    () -> {
                      working.countDown();
                      end.await();
                      return "done";
                    }));
    assertThat(working.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return work;
  }

  @Test
  void makesTheSecondRequestOfAUserWait() throws Exception {
    Turns turns = new Turns(1, LONG);
    Future<String> first = work(turns, "alice");
    Future<String> second = threads.submit(() -> turns.run("alice", () -> "second"));
    assertThat(second.isDone()).isFalse();
    end.countDown();
    assertThat(first.get()).isEqualTo("done");
    assertThat(second.get()).isEqualTo("second");
  }

  @Test
  void doesNotMakeAnotherUserWait() throws Exception {
    Turns turns = new Turns(1, SHORT);
    var unused = work(turns, "alice");
    assertThat(turns.run("bob", () -> "bob's")).isEqualTo("bob's");
  }

  @Test
  void refusesARequestThatWaitsTooLong() throws Exception {
    Turns turns = new Turns(1, SHORT);
    var unused = work(turns, "alice");
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> turns.run("alice", () -> "late"))
        .withMessageContaining("wait for them to end")
        .matches(refusal -> refusal.status() == 429);
  }

  @Test
  void givesTheTurnBackAfterAFailure() {
    Turns turns = new Turns(1, SHORT);
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(
            () ->
                turns.run(
                    "alice",
                    () -> {
                      throw new IllegalStateException("failed");
                    }));
    assertThat(turns.run("alice", () -> "next")).isEqualTo("next");
  }
}
