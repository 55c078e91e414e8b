package io.gatehouse.gateway.http.binding;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.gatehouse.fuzz.Bounded;
import io.gatehouse.fuzz.Unbounded;
import io.gatehouse.gateway.http.exchange.RefusedException;
import io.gatehouse.gateway.http.execute.RunCommandBody;
import io.gatehouse.gateway.http.files.GlobQuery;
import io.gatehouse.gateway.http.files.GrepQuery;
import io.gatehouse.gateway.http.files.ReadQuery;
import io.gatehouse.gateway.http.files.ReplaceBody;
import io.gatehouse.gateway.http.files.SearchQuery;
import io.gatehouse.gateway.http.files.WriteBody;
import io.gatehouse.gateway.http.problem.ValidationException;
import io.gatehouse.gateway.http.transfer.ArchiveBody;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Fuzzes queries and bodies of the operations with the most parameters. */
public final class RequestBinderFuzzer {

  private static final int MOST_PARAMETERS = 20;
  private static final int LONGEST_VALUE = 200;
  private static final List<Class<? extends Record>> BODIES =
      List.of(RunCommandBody.class, WriteBody.class, ReplaceBody.class, ArchiveBody.class);
  private static final List<Class<? extends Record>> QUERIES =
      List.of(GrepQuery.class, GlobQuery.class, ReadQuery.class, SearchQuery.class);

  private RequestBinderFuzzer() {}

  public static void fuzzerTestOneInput(FuzzedDataProvider data) throws Exception {
    Bounded.run(() -> tryWith(data));
  }

  private static void tryWith(FuzzedDataProvider data) {
    try {
      if (data.consumeBoolean()) {
        RequestBinder.body(
            data.pickValue(BODIES), data.consumeRemainingAsBytes(), Unbounded.lease());
      } else {
        RequestBinder.query(data.pickValue(QUERIES), parameters(data), Map.of());
      }
    } catch (RefusedException | ValidationException refusal) {
      // The caller gets an error that says what is wrong.
    }
  }

  private static Map<String, List<String>> parameters(FuzzedDataProvider data) {
    List<String> names =
        List.of("path", "query", "pattern", "include", "start_line", "end_line", "recursive");
    Map<String, List<String>> parameters = new HashMap<>();
    for (int i = 0; i < MOST_PARAMETERS && data.remainingBytes() > 0; i++) {
      parameters
          .computeIfAbsent(data.pickValue(names), name -> new ArrayList<>())
          .add(data.consumeString(LONGEST_VALUE));
    }
    return parameters;
  }
}
