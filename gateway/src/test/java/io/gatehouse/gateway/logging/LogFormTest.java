package io.gatehouse.gateway.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the form of the log's lines, which {@link LogSetup} defines. */
class LogFormTest {

  private static final String FORGED = "2026-01-01 00:00:00,000 INFO  Main: forged";

  private static Logger logger;
  private static Encoder<ILoggingEvent> encoder;

  @BeforeAll
  static void configure() {
    LoggerContext context = new LoggerContext();
    new LogSetup().configure(context);
    logger = context.getLogger("io.gatehouse.Main");
    Appender<ILoggingEvent> console =
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).getAppender("console");
    encoder = ((OutputStreamAppender<ILoggingEvent>) console).getEncoder();
  }

  private static List<String> lines(String message, @Nullable Throwable failure) {
    LoggingEvent event = new LoggingEvent("", logger, Level.WARN, message, failure, new Object[0]);
    return new String(encoder.encode(event), StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void beginsWithTheTimeTheLevelAndTheSource() {
    assertThat(lines("hello, wörld", null))
        .singleElement()
        .asString()
        .matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d,\\d{3} WARN  Main: hello, wörld");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r", "\u0085", "\u2028", "\u2029", "\u000b", "\u001b[2K"})
  void showsNoLineThatIsPartOfAMessage(String separator) {
    assertThat(lines("the path a" + separator + FORGED, null))
        .singleElement()
        .asString()
        .contains("the path a?")
        .matches("\\P{Cntrl}*");
  }

  @Test
  void turnsNoTextAround() {
    assertThat(lines("a\u202eb\u2066c\u200bd", null))
        .singleElement()
        .asString()
        .endsWith("a?b?c?d");
  }

  @Test
  void cutsWhatIsTooLong() {
    assertThat(lines("x".repeat(100_000), null))
        .singleElement()
        .asString()
        .hasSizeBetween(1000, 5000);
  }

  @Test
  void showsTheClassesAndPlacesOfAFailureAndNoMessage() {
    var failure =
        new IllegalStateException(
            "/home/alice/secret\n" + FORGED, new IOException("/home/alice/other"));
    failure.addSuppressed(new IOException("/home/alice/third"));
    List<String> lines = lines("it failed", failure);
    assertThat(lines.get(0)).endsWith("it failed");
    assertThat(lines)
        .contains("  java.lang.IllegalStateException", "  caused by java.io.IOException")
        .anyMatch(line -> line.startsWith("    ") && line.contains("LogFormTest.java"))
        .noneMatch(line -> line.contains("alice") || line.contains("forged"));
    assertThat(lines.subList(1, lines.size())).allMatch(line -> line.startsWith("  "));
  }
}
