package io.gatehouse.gateway.http.exchange;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes a JSON answer. A writer has to flush the generator before it writes to the stream itself.
 */
@FunctionalInterface
public interface JsonWriter {
  void write(JsonGenerator generator, OutputStream out) throws IOException;
}
