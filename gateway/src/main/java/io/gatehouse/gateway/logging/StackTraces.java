package io.gatehouse.gateway.logging;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;

/**
 * Prints a failure as the classes of its causes and the places in the code, without their messages.
 *
 * <p>A message is not the gateway's text: the library that made it may have put the path of a
 * user's file into it, and whoever chose the path a line feed, behind which a line of the log is
 * forged. What an admin should read stands in the line above.
 */
public final class StackTraces extends ThrowableProxyConverter {

  /** A cause that names itself, or a very long chain, ends here. */
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
