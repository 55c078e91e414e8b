package io.gatehouse.gateway.files;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.gatehouse.fuzz.Bounded;
import io.gatehouse.fuzz.Unbounded;
import io.gatehouse.gateway.files.text.TextDecoding;
import io.gatehouse.gateway.session.FileException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Fuzzes the reading and editing of files, with any bytes as their content. */
public final class TextFuzzer {

  private TextFuzzer() {}

  public static void fuzzerTestOneInput(FuzzedDataProvider data) throws Exception {
    Bounded.run(() -> tryWith(data));
  }

  private static void tryWith(FuzzedDataProvider data) {
    byte[] file = data.consumeRemainingAsBytes();
    Optional<TextDecoding> known = TextDecoding.of(file);
    if (known.isEmpty()) {
      return;
    }
    byte[] content = Arrays.copyOfRange(file, known.get().mark().size(), file.length);
    try {
      EditedText text = EditedText.of(content, known.get(), Unbounded.lease());
      if (!Arrays.equals(file, text.with(List.of(), Unbounded.lease()))) {
        throw new AssertionError("a text in which nothing was replaced is another");
      }
      if (text.hasUnreadable()) {
        text.withAll("another text");
      }
    } catch (FileException refusal) {
      // The caller gets an error that the text could not be written back.
    }
  }
}
