package io.gatehouse.gateway.notebooks;

import io.gatehouse.gateway.session.Conversation;
import io.gatehouse.gateway.session.ExitStatus;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A program that says what a test says. */
final class FakeConversation implements Conversation {

  private final InputStream output;
  private final ByteArrayOutputStream input = new ByteArrayOutputStream();
  private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();

  FakeConversation(InputStream output) {
    this.output = output;
  }

  String asked() {
    return input.toString(StandardCharsets.UTF_8);
  }

  boolean isClosed() {
    return exit.isDone();
  }

  @Override
  public OutputStream input() {
    return new FilterOutputStream(input) {
      @Override
      public void write(byte[] bytes) throws IOException {
        if (isClosed()) {
          throw new IOException("write(ChannelOutputStream[ChannelExec[id=2]]) already closed");
        }
        out.write(bytes);
      }
    };
  }

  @Override
  public InputStream output(Duration silence) {
    return output();
  }

  @Override
  public InputStream output() {
    return output;
  }

  @Override
  public String errors() {
    return "";
  }

  @Override
  public CompletableFuture<ExitStatus> exit() {
    return exit;
  }

  @Override
  public void close() {
    exit.complete(ExitStatus.ofCode(0));
    try {
      output.close();
    } catch (IOException impossible) {
      throw new java.io.UncheckedIOException(impossible);
    }
  }
}
