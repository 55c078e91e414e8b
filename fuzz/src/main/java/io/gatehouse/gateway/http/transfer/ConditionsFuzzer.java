package io.gatehouse.gateway.http.transfer;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.gatehouse.fuzz.Bounded;
import io.gatehouse.gateway.http.exchange.RefusedException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.http.ByteRange;

/**
 * Fuzzes the headers If-None-Match, If-Modified-Since, If-Range and Range, and the
 * Content-Disposition of a part.
 */
public final class ConditionsFuzzer {

  private static final int LONGEST_HEADER = 48 * 1024;
  private static final long LARGEST_FILE = 1000;
  private static final byte[] CONTENT = "content".getBytes(StandardCharsets.US_ASCII);
  private static final Instant MODIFIED = Instant.parse("2026-01-01T00:00:00Z");

  private ConditionsFuzzer() {}

  public static void fuzzerTestOneInput(FuzzedDataProvider data) throws Exception {
    Bounded.run(() -> tryWith(data));
  }

  private static void tryWith(FuzzedDataProvider data) {
    Validators validators =
        Validators.of(CONTENT, MODIFIED, Optional.empty(), MODIFIED.plusSeconds(10));
    Optional<String> date = Optional.of(data.consumeAsciiString(100));
    String header = data.consumeAsciiString(LONGEST_HEADER);
    validators.isCurrent(Optional.of(header), date);
    validators.continues(Optional.of(header));
    try {
      FormDisposition.parse(header).fileName();
    } catch (RefusedException refusal) {
      // The caller gets an error that says what is wrong.
    }
    ByteRange.parse(List.of("bytes=" + header), LARGEST_FILE);
  }
}
