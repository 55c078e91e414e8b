package io.gatehouse.gateway.exec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.OptionalInt;

/**
 * Writes the two lines of a log that are not output: the start record says which command was
 * started, the end record how it ended.
 */
final class LogRecords {

  /**
   * Writes JSON lines: it puts no separator between two values, and writes characters beyond the
   * basic plane as they are and not as two escapes.
   */
  static final JsonFactory JSON =
      new JsonFactoryBuilder()
          .rootValueSeparator("")
          .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
          .build();

  /** The field that holds the text of an entry. */
  static final String DATA = "data";

  private LogRecords() {}

  static byte[] start(String command, String account, Instant now) throws IOException {
    return line(
        "start",
        now,
        json -> {
          json.writeStringField("command", command);
          json.writeStringField("account", account);
        });
  }

  /** The end record. Its exit code is null if it is not known. */
  static byte[] end(OptionalInt exitCode, String status, Instant now) throws IOException {
    return line(
        "end",
        now,
        json -> {
          json.writeFieldName("exit_code");
          if (exitCode.isPresent()) {
            json.writeNumber(exitCode.getAsInt());
          } else {
            json.writeNull();
          }
          json.writeStringField("status", status);
        });
  }

  private static byte[] line(String type, Instant now, Fields fields) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("type", type);
      fields.writeTo(json);
      // The time is in seconds with a fraction, as in Open Terminal.
      json.writeNumberField("ts", BigDecimal.valueOf(now.toEpochMilli(), 3));
      json.writeEndObject();
      json.writeRaw('\n');
    }
    return bytes.toByteArray();
  }

  private interface Fields {
    void writeTo(JsonGenerator json) throws IOException;
  }
}
