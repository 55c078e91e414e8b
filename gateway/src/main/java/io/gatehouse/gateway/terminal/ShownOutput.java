package io.gatehouse.gateway.terminal;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows a terminal's output to its viewer, and keeps the end of it for later viewers. */
final class ShownOutput {

  private static final Logger LOG = LoggerFactory.getLogger(ShownOutput.class);

  private final Replay replay = new Replay();

  /**
   * The lock that is held while output is shown, so that nothing comes between a replay and the
   * output after it.
   */
  private final ReentrantLock showing = new ReentrantLock();

  /**
   * The viewer that gets the output; null if there is none. It is changed only while {@link
   * #showing} is held.
   */
  private volatile @Nullable Viewer live;

  // Guarded by showing.
  private boolean ended;

  Replay replay() {
    return replay;
  }

  void print(byte[] output, int count) {
    showing.lock();
    try {
      replay.append(output, 0, count);
      Viewer seeing = live;
      if (seeing != null) {
        show(seeing, output, count);
      }
    } finally {
      showing.unlock();
    }
  }

  private void show(Viewer to, byte[] output, int count) {
    try {
      to.show(output, 0, count);
    } catch (IOException gone) {
      LOG.debug("the viewer of a terminal has gone: {}", gone.toString());
      live = null;
    }
  }

  /** Shows a newcomer the replay, and from then on the new output. */
  void begin(Viewer newcomer) {
    showing.lock();
    try {
      byte[] before = replay.snapshot();
      live = newcomer;
      if (before.length > 0) {
        show(newcomer, before, before.length);
      }
      if (ended) {
        newcomer.end();
      }
    } finally {
      showing.unlock();
    }
  }

  /** Stops showing output to a viewer. */
  void leave(Viewer leaver) {
    // If the lock is taken, a thread is showing output to the viewer and finds out by itself that
    // it has left.
    if (showing.tryLock()) {
      try {
        live = leaver.equals(live) ? null : live;
      } finally {
        showing.unlock();
      }
    }
  }

  /**
   * Tells the viewer, and all later viewers, that the output has ended.
   *
   * @param tell runs before the viewers are told
   */
  void finish(Runnable tell) {
    showing.lock();
    try {
      ended = true;
      tell.run();
      Viewer last = live;
      if (last != null) {
        last.end();
      }
    } finally {
      showing.unlock();
    }
  }

  /**
   * Breaks the connection of a viewer that does not read, because it would delay the end for ever.
   */
  void drop() {
    Viewer deaf = live;
    if (deaf != null) {
      deaf.drop();
    }
  }
}
