package io.gatehouse.gateway.http.transfer;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.gatehouse.fuzz.Bounded;
import io.gatehouse.gateway.http.exchange.RefusedException;
import io.gatehouse.gateway.http.problem.ValidationException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/** Fuzzes bodies of uploads, and the Content-Type that names their boundary. */
public final class MultipartUploadFuzzer {

  private static final long LARGEST = 4096;

  private MultipartUploadFuzzer() {}

  public static void fuzzerTestOneInput(FuzzedDataProvider data) throws Exception {
    Bounded.run(() -> tryWith(data));
  }

  private static void tryWith(FuzzedDataProvider data) throws IOException {
    String type =
        data.consumeBoolean()
            ? "multipart/form-data; boundary=x"
            : "multipart/form-data" + data.consumeAsciiString(100);
    byte[] body = data.consumeRemainingAsBytes();
    try {
      MultipartUpload upload =
          MultipartUpload.open(new ByteArrayInputStream(body), Optional.of(type), LARGEST);
      String name = upload.fileName();
      long size = upload.transferTo(OutputStream.nullOutputStream());
      if (size > LARGEST || size > body.length || name.contains("/")) {
        throw new AssertionError("a file of " + size + " bytes with the name " + name);
      }
    } catch (RefusedException | ValidationException refusal) {
      // The caller gets an error that says what is wrong.
    }
  }
}
