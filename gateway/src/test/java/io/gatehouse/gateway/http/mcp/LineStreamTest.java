package io.gatehouse.gateway.http.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LineStreamTest {

  private static final byte[] BROKEN_OVER_LINES = "{\"text\":\r\n 1}".getBytes(UTF_8);

  @Test
  void writesEachMessageOnALineOfItsOwn() throws IOException {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    LineStream lines = new LineStream(Channels.newChannel(sent));

    lines.result(IntNode.valueOf(1), RpcAnswers.raw(BROKEN_OVER_LINES));
    lines.keepAlive();
    lines.progress(TextNode.valueOf("t"), 5, "going on");
    lines.refuse(IntNode.valueOf(2), new RpcException(-32601, "a\nsentence"));

    assertThat(sent.toString(UTF_8).lines())
        .hasSize(3)
        .first()
        .asString()
        .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"text\":   1}}");
  }

  @Test
  void mixesNoMessagesOfSeveralThreads() throws Exception {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    LineStream lines = new LineStream(Channels.newChannel(sent));
    List<Thread> threads = new ArrayList<>();
    byte[] result = ("\"" + "x".repeat(20_000) + "\"").getBytes(UTF_8);
    for (int i = 0; i < 20; i++) {
      int id = i;
      threads.add(
          Thread.startVirtualThread(
              () -> {
                try {
                  lines.result(IntNode.valueOf(id), RpcAnswers.raw(result));
                } catch (IOException failure) {
                  throw new IllegalStateException(failure);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(sent.toString(UTF_8).lines())
        .hasSize(20)
        .allSatisfy(line -> assertThat(RpcAnswers.MAPPER.readTree(line).has("result")).isTrue());
  }

  @Test
  void closesTheChannelWhereAMessageBreaksOff() {
    WritableByteChannel channel = Channels.newChannel(new ByteArrayOutputStream());
    LineStream lines = new LineStream(channel);

    assertThatThrownBy(
            () ->
                lines.result(
                    IntNode.valueOf(1),
                    (json, out) -> {
                      throw new IllegalStateException("half-way");
                    }))
        .hasMessage("half-way");

    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void noticesThatNobodyReads() throws Exception {
    Pipe pipe = Pipe.open();
    LineStream lines = new LineStream(pipe.sink());
    assertThat(lines.isStalled(Duration.ZERO)).isFalse();

    Thread writer =
        Thread.startVirtualThread(
            () -> {
              try {
                lines.result(IntNode.valueOf(1), RpcAnswers.raw(new byte[1_000_000]));
              } catch (IOException expected) {
                // The pipe was closed.
              }
            });

    await().until(() -> lines.isStalled(Duration.ofMillis(100)));
    assertThat(lines.isStalled(Duration.ofMinutes(1))).isFalse();
    pipe.sink().close();
    writer.join();
    assertThat(lines.isStalled(Duration.ZERO)).isFalse();
  }
}
