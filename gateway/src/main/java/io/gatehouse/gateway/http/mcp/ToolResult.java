package io.gatehouse.gateway.http.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonGenerator;
import io.gatehouse.gateway.http.exchange.JsonWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.util.Optional;
import org.eclipse.jetty.http.HttpStatus;

/**
 * The result of a call of a tool, made from the answer of the operation's endpoint.
 *
 * <p>An answer in JSON is in the result twice: as text, for clients that show it to a model, and as
 * structured content. A list is wrapped in an object there, as in Open Terminal. A picture is
 * content of its own, so that a model sees it. A refusal is the result of a call too, so that the
 * model reads the sentence.
 *
 * @param picture the file that the answer names, if it is a picture
 */
record ToolResult(CallCarrier answer, Optional<CallCarrier> picture) implements JsonWriter {

  private static final String JSON = "application/json";

  @Override
  public void write(JsonGenerator json, OutputStream out) throws IOException {
    json.writeStartObject();
    json.writeArrayFieldStart("content");
    writeContent(json, answer);
    if (picture.isPresent()) {
      writeContent(json, picture.get());
    }
    json.writeEndArray();
    if (answer.status() >= 400) {
      json.writeBooleanField("isError", true);
    } else {
      if (answer.mediaType().equals(JSON)) {
        writeStructured(json, out);
      }
      json.writeBooleanField("isError", false);
    }
    json.writeEndObject();
  }

  private static void writeContent(JsonGenerator json, CallCarrier answer) throws IOException {
    String type = answer.mediaType();
    json.writeStartObject();
    if (answer.status() >= 400) {
      writeRefusal(json, answer);
    } else if (type.startsWith("image/") || type.startsWith("audio/")) {
      json.writeStringField("type", type.substring(0, type.indexOf('/')));
      json.writeStringField("mimeType", type);
      writeBytes(json, "data", answer.answer());
    } else if (type.equals(JSON) || type.isEmpty() || type.startsWith("text/")) {
      json.writeStringField("type", "text");
      json.writeFieldName("text");
      try (Reader text = new InputStreamReader(answer.answer().stream(), UTF_8)) {
        json.writeString(text, -1);
      }
    } else {
      json.writeStringField("type", "resource");
      json.writeObjectFieldStart("resource");
      json.writeStringField("uri", answer.fileUri());
      json.writeStringField("mimeType", type);
      writeBytes(json, "blob", answer.answer());
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  private static void writeRefusal(JsonGenerator json, CallCarrier answer) throws IOException {
    json.writeStringField("type", "text");
    String reason = HttpStatus.getMessage(answer.status());
    try (InputStream body = answer.answer().stream()) {
      json.writeStringField(
          "text",
          "HTTP error "
              + answer.status()
              + ": "
              + reason
              + " - "
              + new String(body.readAllBytes(), UTF_8));
    }
  }

  private static void writeBytes(JsonGenerator json, String name, HeldOutput bytes)
      throws IOException {
    json.writeFieldName(name);
    try (InputStream in = bytes.stream()) {
      json.writeBinary(Base64Variants.MIME_NO_LINEFEEDS, in, Math.toIntExact(bytes.size()));
    }
  }

  private void writeStructured(JsonGenerator json, OutputStream out) throws IOException {
    HeldOutput body = answer.answer();
    if (body.first() == '{') {
      json.writeFieldName("structuredContent");
      writeRaw(json, out, body);
    } else if (body.first() == '[') {
      json.writeObjectFieldStart("structuredContent");
      json.writeFieldName("result");
      writeRaw(json, out, body);
      json.writeEndObject();
      json.writeObjectFieldStart("_meta");
      json.writeObjectFieldStart("fastmcp");
      json.writeBooleanField("wrap_result", true);
      json.writeEndObject();
      json.writeEndObject();
    }
  }

  /** Writes an answer that is JSON already, without reading it. */
  private static void writeRaw(JsonGenerator json, OutputStream out, HeldOutput body)
      throws IOException {
    json.writeRawValue("");
    json.flush();
    try (InputStream in = body.stream()) {
      in.transferTo(out);
    }
  }
}
