package io.gatehouse.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatehouse.gateway.files.RecentMoves.Move;
import io.gatehouse.gateway.session.FileAttributes;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class RecentMovesTest {

  private static final Move MOVE = new Move("alice", "/home/alice/a", "/home/alice/b");
  private static final FileAttributes MOVED =
      new FileAttributes(FileAttributes.Kind.FILE, 3, Instant.EPOCH, 0600, 1000, 1000);

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger done = new AtomicInteger();
  private final RecentMoves moves = new RecentMoves(Duration.ofSeconds(20), nanos::get);

  private FileAttributes work() {
    done.incrementAndGet();
    return MOVED;
  }

  private void move(Move move, boolean stands) {
    moves.move(move, this::work, moved -> stands && moved.equals(MOVED));
  }

  @Test
  void doesTheSameMoveOnceWithinAFewSeconds() {
    move(MOVE, true);
    move(MOVE, true);
    assertThat(done).hasValue(1);
    nanos.addAndGet(Duration.ofSeconds(6).toNanos());
    move(MOVE, true);
    assertThat(done).hasValue(2);
  }

  @Test
  void doesAMoveWhoseResultStandsNoLonger() {
    move(MOVE, true);
    move(MOVE, false);
    assertThat(done).hasValue(2);
  }

  @Test
  void doesTheMovesOfOthersAndOtherMoves() {
    move(MOVE, true);
    move(new Move("bob", MOVE.source(), MOVE.destination()), true);
    move(new Move("alice", MOVE.destination(), MOVE.source()), true);
    assertThat(done).hasValue(3);
  }

  @Test
  void remembersNoMoveThatFailed() {
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(
              () ->
                  moves.move(
                      MOVE,
                      () -> {
                        done.incrementAndGet();
                        throw new FileException(Reason.NOT_FOUND, "Source path not found");
                      },
                      moved -> true))
          .hasMessage("Source path not found");
    }
    assertThat(done).hasValue(2);
  }

  @Test
  void letsTheRepetitionWaitForTheFirst() throws Exception {
    CompletableFuture<FileAttributes> slow = new CompletableFuture<>();
    Thread first = Thread.ofVirtual().start(() -> moves.move(MOVE, slow::join, moved -> true));
    await().until(() -> first.getState() == Thread.State.WAITING);
    Thread second = Thread.ofVirtual().start(() -> move(MOVE, true));
    await().until(() -> second.getState() == Thread.State.TIMED_WAITING);
    slow.complete(MOVED);
    first.join();
    second.join();
    assertThat(done).hasValue(0);
  }

  @Test
  void triesAgainWhenTheFirstFails() throws Exception {
    CompletableFuture<FileAttributes> slow = new CompletableFuture<>();
    Thread first =
        Thread.ofVirtual()
            .start(
                () ->
                    assertThatThrownBy(() -> moves.move(MOVE, slow::join, moved -> true))
                        .isNotNull());
    await().until(() -> first.getState() == Thread.State.WAITING);
    Thread second = Thread.ofVirtual().start(() -> move(MOVE, true));
    await().until(() -> second.getState() == Thread.State.TIMED_WAITING);
    slow.completeExceptionally(new IllegalStateException("broken"));
    first.join();
    second.join();
    assertThat(done).hasValue(1);
  }
}
