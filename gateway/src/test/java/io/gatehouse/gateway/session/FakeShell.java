package io.gatehouse.gateway.session;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** A shell that prints what a test says, and records the calls of its methods. */
public final class FakeShell implements Shell {

  private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
  private final PipedOutputStream program = new PipedOutputStream();
  private final PipedInputStream output;
  private final ByteArrayOutputStream typed = new ByteArrayOutputStream();
  private final List<WindowSize> sizes = new CopyOnWriteArrayList<>();
  private volatile boolean takesNoInput;

  public FakeShell() {
    try {
      output = new PipedInputStream(program, 1 << 20);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  public FakeShell takesNoInput() {
    takesNoInput = true;
    return this;
  }

  public FakeShell prints(String text) {
    try {
      program.write(text.getBytes(StandardCharsets.UTF_8));
      program.flush();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return this;
  }

  public FakeShell exits(ExitStatus status) {
    exit.complete(status);
    try {
      program.close();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return this;
  }

  public String typed() {
    return typed.toString(StandardCharsets.UTF_8);
  }

  public List<WindowSize> sizes() {
    return sizes;
  }

  @Override
  public CompletableFuture<Long> processId() {
    return CompletableFuture.completedFuture(4711L);
  }

  @Override
  public InputStream output() {
    return output;
  }

  @Override
  public void type(ByteBuffer input, Duration limit) {
    if (exit.isDone()) {
      throw new SessionException(SessionException.Reason.ENDED, "it has ended");
    }
    if (!takesNoInput) {
      byte[] taken = new byte[input.remaining()];
      input.get(taken);
      typed.writeBytes(taken);
    }
  }

  @Override
  public void resize(WindowSize size) {
    sizes.add(size);
  }

  @Override
  public CompletableFuture<ExitStatus> exit() {
    return exit;
  }

  @Override
  public void end() {
    exits(ExitStatus.ofSignal("HUP"));
  }
}
