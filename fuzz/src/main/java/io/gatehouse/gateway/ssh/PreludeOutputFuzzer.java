package io.gatehouse.gateway.ssh;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.gatehouse.fuzz.Bounded;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Fuzzes the output of a command, and checks that all of it is passed on except for one report at
 * most.
 */
public final class PreludeOutputFuzzer {

  private static final Pattern REPORT = Pattern.compile("started [0-9]{1,10}");
  private static final int LONGEST_READ = 97;

  private PreludeOutputFuzzer() {}

  public static void fuzzerTestOneInput(FuzzedDataProvider data) throws Exception {
    Bounded.run(() -> tryWith(data));
  }

  private static void tryWith(FuzzedDataProvider data) throws IOException {
    int step = data.consumeInt(1, LONGEST_READ);
    byte[] sent = data.consumeRemainingAsBytes();
    AtomicReference<@Nullable Optional<String>> report = new AtomicReference<>();
    ByteArrayOutputStream passed = new ByteArrayOutputStream();
    try (InputStream output =
        new PreludeOutput(new ByteArrayInputStream(sent), REPORT, report::set)) {
      byte[] buffer = new byte[step];
      for (int count = output.read(buffer); count >= 0; count = output.read(buffer)) {
        passed.write(buffer, 0, count);
      }
    }
    Optional<String> told = report.get();
    if (told == null) {
      throw new AssertionError("nobody was told of a report, or that there was none");
    }
    if (told.isEmpty() && !Arrays.equals(sent, passed.toByteArray())) {
      throw new AssertionError("output is lost without a report");
    }
    if (passed.size() > sent.length) {
      throw new AssertionError("output was made up");
    }
  }
}
