package io.gatehouse.gateway.support;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** Records the lines that the gateway logs while this is open, as an admin would read them. */
public final class LogCapture implements AutoCloseable {

  private static final Logger GATEHOUSE = (Logger) LoggerFactory.getLogger("io.gatehouse");

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          lines.add(event.getLevel() + " " + event.getFormattedMessage());
        }
      };

  private LogCapture(Level level) {
    appender.start();
    GATEHOUSE.setLevel(level);
    GATEHOUSE.addAppender(appender);
  }

  /** Records with the log level of the product. */
  public static LogCapture start() {
    return new LogCapture(Level.INFO);
  }

  /** Records all levels. */
  public static LogCapture startWithDebug() {
    return new LogCapture(Level.DEBUG);
  }

  /** The lines so far, each with its level before it. */
  public List<String> lines() {
    return List.copyOf(lines);
  }

  @Override
  public void close() {
    GATEHOUSE.detachAppender(appender);
    GATEHOUSE.setLevel(null);
  }
}
