package io.gatehouse.gateway.logging;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;

/**
 * Prints a failure as the classes of its causes and the places in the code, without their messages.
 *
 * <p>The gateway does not write these messages. A library may have put the path of a user's file
 * into one, and the user may have put a line feed into the path, to forge a line of the log. The
 * text for the admin is in the line above.
 */
public final class StackTraces extends ThrowableProxyConverter {

  /**
   * The most causes that are printed, because a chain may be very long, or a cause may name itself.
   */
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
