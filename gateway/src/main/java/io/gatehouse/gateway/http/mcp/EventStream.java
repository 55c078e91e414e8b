package io.gatehouse.gateway.http.mcp;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.gateway.http.exchange.Exchange;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.io.OutputStream;

/** Writes messages as server-sent events. */
final class EventStream {

  static final String TYPE = "text/event-stream";

  private static final byte[] BEGIN = "event: message\ndata: ".getBytes(US_ASCII);
  private static final byte[] END = "\n\n".getBytes(US_ASCII);

  /** A line that clients ignore; it keeps proxies from ending a silent connection. */
  private static final byte[] COMMENT = ": the call goes on\n\n".getBytes(US_ASCII);

  private final OutputStream out;

  EventStream(OutputStream out) {
    this.out = out;
  }

  void result(JsonNode id, Exchange.JsonWriter result) throws IOException {
    out.write(BEGIN);
    RpcAnswers.result(new OneLine(out), id, result);
    end();
  }

  /**
   * Tells how far a call is.
   *
   * @param token what the client calls it by
   * @param seconds since it began
   */
  void progress(JsonNode token, double seconds, String message) throws IOException {
    out.write(BEGIN);
    out.write(
        RpcAnswers.notification(
            McpSchema.METHOD_NOTIFICATION_PROGRESS,
            new McpSchema.ProgressNotification(token, (Double) seconds, null, message, null)));
    end();
  }

  void comment() throws IOException {
    out.write(COMMENT);
    out.flush();
  }

  private void end() throws IOException {
    out.write(END);
    out.flush();
  }

  /**
   * Keeps JSON on one line, which an event's data is. A line break stands between values of JSON
   * only, where a space means the same.
   */
  private static final class OneLine extends OutputStream {

    private final OutputStream out;

    OneLine(OutputStream out) {
      super();
      this.out = out;
    }

    @Override
    public void write(int value) throws IOException {
      out.write(isBreak((byte) value) ? ' ' : value);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      int from = offset;
      for (int at = offset; at < offset + length; at++) {
        if (isBreak(bytes[at])) {
          out.write(bytes, from, at - from);
          out.write(' ');
          from = at + 1;
        }
      }
      out.write(bytes, from, offset + length - from);
    }

    private static boolean isBreak(byte value) {
      return value == '\n' || value == '\r';
    }

    @Override
    public void flush() throws IOException {
      out.flush();
    }
  }
}
