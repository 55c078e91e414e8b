package io.gatehouse.gateway.http.binding;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.gatehouse.fuzz.Bounded;

/** Fuzzes lists that are written into one parameter of a query. */
public final class WrittenListFuzzer {

  private static final int LONGEST_HEADER = 48 * 1024;

  private WrittenListFuzzer() {}

  public static void fuzzerTestOneInput(FuzzedDataProvider data) throws Exception {
    Bounded.run(
        () -> {
          var unused = WrittenList.parse(data.consumeAsciiString(LONGEST_HEADER));
        });
  }
}
