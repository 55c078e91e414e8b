package io.gatehouse.gateway.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.Map;
import org.slf4j.Logger;

/**
 * Sets up the log: what is logged, and the form of its lines. Logback finds this class as a
 * service. A file of XML for Logback would take a tenth of the gateway's start.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {

  /**
   * A record is one line, which begins with its time, whatever bytes are in a message: control
   * characters and those that reorder text are replaced, and what is longer than 4,000 characters
   * is cut. A failure follows in lines that begin with blanks.
   */
  private static final String PATTERN =
      "%date{ISO8601,UTC} %-5level %logger{0}:"
          + " %replace(%.-4000message){'[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]', '?'}%n%stackTrace";

  private static final Map<String, Level> LEVELS =
      Map.of(
          Logger.ROOT_LOGGER_NAME,
          Level.INFO,
          // These libraries log every connection and channel at INFO.
          "org.apache.sshd",
          Level.WARN,
          "org.eclipse.jetty",
          Level.WARN,
          "io.javalin",
          Level.WARN,
          // It logs the new keys that each connection agrees upon every hour.
          "io.gatehouse.gateway.ssh.PromptSession",
          Level.WARN,
          // It would log a command, which may have a secret, that sshd did not start.
          "org.apache.sshd.client.channel.ChannelExec",
          Level.ERROR);

  @Override
  public ExecutionStatus configure(LoggerContext loggers) {
    LEVELS.forEach((name, level) -> loggers.getLogger(name).setLevel(level));
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(loggers);
    console.setName("console");
    console.setTarget(ConsoleTarget.SystemErr.getName());
    console.setEncoder(encoder(loggers));
    console.start();
    loggers.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(console);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static LayoutWrappingEncoder<ILoggingEvent> encoder(LoggerContext loggers) {
    PatternLayout layout = new PatternLayout();
    layout.setContext(loggers);
    layout.getInstanceConverterMap().put("stackTrace", StackTraces::new);
    layout.setPattern(PATTERN);
    layout.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(loggers);
    encoder.setLayout(layout);
    encoder.start();
    return encoder;
  }
}
