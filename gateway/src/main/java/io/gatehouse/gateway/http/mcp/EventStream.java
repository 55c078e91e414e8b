package io.gatehouse.gateway.http.mcp;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.gateway.http.exchange.JsonWriter;
import java.io.IOException;
import java.io.OutputStream;

/** Writes messages as server-sent events. */
final class EventStream implements MessageStream {

  static final String TYPE = "text/event-stream";

  private static final byte[] BEGIN = "event: message\ndata: ".getBytes(US_ASCII);
  private static final byte[] END = "\n\n".getBytes(US_ASCII);

  /** A line that clients ignore; it keeps proxies from ending a silent connection. */
  private static final byte[] COMMENT = ": the call goes on\n\n".getBytes(US_ASCII);

  private final OutputStream out;

  EventStream(OutputStream out) {
    this.out = out;
  }

  @Override
  public void result(JsonNode id, JsonWriter result) throws IOException {
    out.write(BEGIN);
    RpcAnswers.result(new OneLine(out), id, result);
    end();
  }

  @Override
  public void progress(JsonNode token, double seconds, String message) throws IOException {
    out.write(BEGIN);
    out.write(RpcAnswers.progress(token, seconds, message));
    end();
  }

  @Override
  public void keepAlive() throws IOException {
    out.write(COMMENT);
    out.flush();
  }

  private void end() throws IOException {
    out.write(END);
    out.flush();
  }
}
