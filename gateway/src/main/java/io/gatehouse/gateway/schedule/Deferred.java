package io.gatehouse.gateway.schedule;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value that is made when it is asked for the first time, so that the start of the gateway does
 * not wait for it.
 */
public final class Deferred<T> {

  private final Supplier<T> source;

  /** Null until the value was asked for. */
  private volatile @Nullable T value;

  /**
   * @param source makes the value; if it fails, the next caller tries again
   */
  public Deferred(Supplier<T> source) {
    this.source = source;
  }

  /** The value. All callers get the same one, and those that come while it is made wait for it. */
  public T value() {
    T made = value;
    return made == null ? make() : made;
  }

  private synchronized T make() {
    T made = value;
    if (made == null) {
      made = source.get();
      value = made;
    }
    return made;
  }
}
