package io.gatehouse.gateway.files;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.gatehouse.gateway.session.FileAttributes;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Answers an exact repetition of a move in the same way as the move itself.
 *
 * <p>Open WebUI 0.12 sends each rename twice at nearly the same time: once for the Enter key and
 * once because the text field loses the focus. Without this class, the second request finds its
 * source gone, and the user sees an error after a rename that worked.
 */
final class RecentMoves {

  /**
   * How long a move is remembered. Open WebUI's two requests are milliseconds apart, but a slow
   * proxy may delay the second.
   */
  private static final Duration REMEMBERED = Duration.ofSeconds(5);

  /**
   * The most moves that are remembered, which bounds the memory. The repetition of a move that was
   * forgotten early is treated like any other request.
   */
  private static final int MOST_REMEMBERED = 1000;

  private final Duration waitLimit;

  /**
   * The moves that were done or are under way, with the attributes of the moved file, by which it
   * is recognised.
   */
  private final Cache<Move, CompletableFuture<FileAttributes>> moves;

  /** One request of one account. */
  record Move(String account, String source, String destination) {}

  /**
   * @param waitLimit how long a repetition waits for the first request
   */
  RecentMoves(Duration waitLimit, Ticker ticker) {
    this.waitLimit = waitLimit;
    this.moves =
        Caffeine.newBuilder()
            .maximumSize(MOST_REMEMBERED)
            .expireAfterWrite(REMEMBERED)
            .ticker(ticker)
            .build();
  }

  /**
   * Moves, unless the same request is under way, or was done a moment ago and its result is still
   * in place.
   *
   * @param work moves and returns the attributes of what was moved
   * @param stands whether the source is gone and something with these attributes is in its place
   */
  void move(Move move, Supplier<FileAttributes> work, Predicate<FileAttributes> stands) {
    CompletableFuture<FileAttributes> mine = new CompletableFuture<>();
    CompletableFuture<FileAttributes> before = moves.asMap().putIfAbsent(move, mine);
    if (before != null) {
      if (await(before).filter(stands).isPresent()) {
        return;
      }
      moves.put(move, mine);
    }
    boolean moved = false;
    try {
      mine.complete(work.get());
      // The move is put again, because the time counts from the end of the move, which may be
      // minutes after its start.
      moves.put(move, mine);
      moved = true;
    } finally {
      if (!moved) {
        moves.asMap().remove(move, mine);
        mine.cancel(false);
      }
    }
  }

  /**
   * The result of the first request; empty if it failed or takes too long. The repetition is then
   * handled like a new request.
   */
  private Optional<FileAttributes> await(CompletableFuture<FileAttributes> first) {
    try {
      return Optional.of(first.get(waitLimit.toMillis(), TimeUnit.MILLISECONDS));
    } catch (CancellationException | ExecutionException | TimeoutException failed) {
      return Optional.empty();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
