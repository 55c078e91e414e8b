package io.gatehouse.gateway.http.exchange;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;

/** Writes a JSON answer; what goes straight to the stream needs a flush of the generator before. */
@FunctionalInterface
public interface JsonWriter {
  void write(JsonGenerator generator, OutputStream out) throws IOException;
}
