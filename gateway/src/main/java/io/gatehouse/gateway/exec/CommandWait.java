package io.gatehouse.gateway.exec;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Lets requests wait until a command has ended or waits for input. */
final class CommandWait {

  /**
   * How long a request that does not wait for the command's end may wait for the result of a look
   * ({@link InputWatch}). Most looks take a tenth of this time.
   */
  private static final Duration LOOK_WAIT = Duration.ofMillis(200);

  /** The pause before asking again whether a look has ended. */
  private static final Duration LOOK_STEP = Duration.ofMillis(20);

  private final CompletableFuture<?> end;
  private final InputWatch input;

  /**
   * @param end completes, never exceptionally, when the command has ended
   */
  CommandWait(CompletableFuture<?> end, InputWatch input) {
    this.end = end;
    this.input = input;
  }

  /** Waits until the command has ended, for at most {@code limit}. */
  void awaitEnd(Duration limit) {
    await(end, limit);
  }

  private static void await(CompletableFuture<?> end, Duration limit) {
    try {
      end.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException stillRunning) {
      // Nothing to do here: the caller sees the status.
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /**
   * Waits until the command has ended or waits for input, for at most {@code limit}. If the command
   * already waits for input, the method still takes {@link InputWatch#SILENCE}, so that no client
   * asks again and again without a pause.
   *
   * @param givenUp ends the wait when it completes, which never is exceptionally
   */
  void awaitEndOrInput(Duration limit, Optional<CompletableFuture<Void>> givenUp) {
    CompletableFuture<?> over =
        givenUp.<CompletableFuture<?>>map(gone -> CompletableFuture.anyOf(end, gone)).orElse(end);
    long begin = System.nanoTime();
    for (Duration passed = Duration.ZERO;
        !over.isDone() && passed.compareTo(limit) < 0;
        passed = Duration.ofNanos(System.nanoTime() - begin)) {
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
      Duration left = limit.minus(passed);
      if (input.isWaiting() && passed.compareTo(InputWatch.SILENCE) >= 0) {
        return;
      }
      Duration step = input.isLooking() ? LOOK_STEP : input.untilNextLook();
      if (!step.isPositive()) {
        input.startLook();
        step = LOOK_STEP;
      } else if (input.isWaiting()) {
        step = InputWatch.SILENCE.minus(passed);
      }
      await(over, step.compareTo(left) < 0 ? step : left);
    }
  }

  /**
   * Looks whether the command waits for input, if the pause since the last look is over.
   *
   * @param isPatient whether the caller waits up to {@link #LOOK_WAIT} for the result of the look
   */
  void lookForInput(boolean isPatient) {
    if (!end.isDone() && !input.untilNextLook().isPositive()) {
      input.startLook();
      long deadline = System.nanoTime() + LOOK_WAIT.toNanos();
      while (isPatient && !end.isDone() && input.isLooking() && System.nanoTime() < deadline) {
        awaitEnd(LOOK_STEP);
      }
    }
  }

  /**
   * Whether the command waited for input at the last look, and there was neither output nor input
   * since then.
   */
  boolean isWaitingForInput() {
    return !end.isDone() && input.isWaiting();
  }
}
