package io.gatehouse.gateway.support;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Closes what the tests of a class have used, whether all of it could be started or not. */
public final class Closing {

  private Closing() {}

  /**
   * Closes in this order. A failure does not keep the rest open.
   *
   * @param fixtures null for what was not started
   */
  public static void inOrder(@Nullable AutoCloseable... fixtures) {
    IllegalStateException failed = new IllegalStateException("not everything could be closed");
    Arrays.stream(fixtures)
        .filter(Objects::nonNull)
        .forEach(
            fixture -> {
              try {
                fixture.close();
              } catch (Exception failure) {
                failed.addSuppressed(failure);
              }
            });
    if (failed.getSuppressed().length > 0) {
      throw failed;
    }
  }
}
