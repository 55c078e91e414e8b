package io.gatehouse.gateway.logging;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;

/**
 * Prints an exception as the classes of its causes and their places in the code, without the
 * messages.
 *
 * <p>The gateway does not write these messages. A library may have put the path of a user's file
 * into a message, and the user may have put a line feed into the path, to forge a line of the log.
 * The text for the admin is in the log's line before the exception.
 */
public final class StackTraces extends ThrowableProxyConverter {

  /** The most causes that are printed, because a chain of causes may be very long, or circular. */
  private static final int MOST_CAUSES = 10;

  @Override
  protected String throwableProxyToString(IThrowableProxy failure) {
    StringBuilder text = new StringBuilder();
    IThrowableProxy each = failure;
    for (int depth = 0; each != null && depth < MOST_CAUSES; depth++) {
      text.append(depth == 0 ? "  " : "  caused by ")
          .append(each.getClassName())
          .append(System.lineSeparator());
      StackTraceElementProxy[] places = each.getStackTraceElementProxyArray();
      for (int i = 0; i < places.length - each.getCommonFrames(); i++) {
        text.append("    ").append(places[i]).append(System.lineSeparator());
      }
      each = each.getCause();
    }
    return text.toString();
  }
}
