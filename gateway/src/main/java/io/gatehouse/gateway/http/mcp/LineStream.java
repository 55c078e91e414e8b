package io.gatehouse.gateway.http.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.gateway.http.exchange.BodyWriter;
import io.gatehouse.gateway.http.exchange.JsonWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/** Writes messages as lines. Several threads may write; lines are never mixed. */
final class LineStream implements MessageStream {

  private static final int BUFFER = 8 * 1024;

  private final WritableByteChannel channel;

  /**
   * The lock that is held while a message is written. Each connection has its own, so a client that
   * takes no answers holds up only its own messages.
   */
  private final ReentrantLock writing = new ReentrantLock();

  // Guarded by writing.
  private final OutputStream out;

  /**
   * The time at which bytes of the current message were last taken, by nanoTime; 0 if no message is
   * being written.
   */
  private volatile long lastProgress;

  LineStream(WritableByteChannel channel) {
    this.channel = channel;
    this.out = new BufferedOutputStream(new ChannelOutput(), BUFFER);
  }

  @Override
  public void result(JsonNode id, JsonWriter result) throws IOException {
    line(to -> RpcAnswers.result(new OneLine(to), id, result));
  }

  @Override
  public void progress(JsonNode token, double seconds, String message) throws IOException {
    line(to -> to.write(RpcAnswers.progress(token, seconds, message)));
  }

  @Override
  public void keepAlive() {
    // Nothing stands between a login and the gateway that would end a silent connection.
  }

  void refuse(JsonNode id, RpcException refusal) throws IOException {
    line(to -> to.write(RpcAnswers.error(id, refusal)));
  }

  /** Writes a line. If that fails half-way, the channel is closed. */
  void line(BodyWriter text) throws IOException {
    writing.lock();
    try {
      lastProgress = now();
      text.writeTo(out);
      out.write('\n');
      out.flush();
    } catch (IOException | RuntimeException failure) {
      channel.close();
      throw failure;
    } finally {
      lastProgress = 0;
      writing.unlock();
    }
  }

  /** Whether a message could not be sent on for this long. */
  boolean isStalled(Duration limit) {
    long last = lastProgress;
    return last != 0 && System.nanoTime() - last > limit.toNanos();
  }

  private static long now() {
    return Math.max(1, System.nanoTime());
  }

  private final class ChannelOutput extends OutputStream {

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      ByteBuffer rest = ByteBuffer.wrap(bytes, offset, length);
      while (rest.hasRemaining()) {
        channel.write(rest);
        lastProgress = now();
      }
    }
  }
}
