package io.gatehouse.gateway.session;

import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A command that prints, ends and reacts as a test says. */
public final class FakeCommand implements Command {

  private final CompletableFuture<Void> started = new CompletableFuture<>();
  private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
  private final PipedOutputStream program = new PipedOutputStream();
  private final PipedInputStream output;
  private final List<Signal> signals = new CopyOnWriteArrayList<>();
  private final List<String> typed = new CopyOnWriteArrayList<>();

  private volatile boolean ignoresSignals;
  private volatile boolean awaitsInput;
  private final AtomicInteger looks = new AtomicInteger();

  public FakeCommand() {
    try {
      output = new PipedInputStream(program);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  public FakeCommand begins() {
    started.complete(null);
    return this;
  }

  public FakeCommand cannotEnterItsDirectory() {
    started.completeExceptionally(
        new SessionException(SessionException.Reason.NO_DIRECTORY, "not there"));
    return ends(1);
  }

  public FakeCommand ignoresSignals() {
    ignoresSignals = true;
    return this;
  }

  public FakeCommand waitsForInput(boolean waits) {
    awaitsInput = waits;
    return this;
  }

  /** The number of looks whether the command waits for input. */
  public int looks() {
    return looks.get();
  }

  public FakeCommand prints(String text) {
    try {
      program.write(text.getBytes(StandardCharsets.UTF_8));
      program.flush();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return this;
  }

  public FakeCommand ends(int code) {
    return ends(ExitStatus.ofCode(code));
  }

  public FakeCommand ends(ExitStatus status) {
    exit.complete(status);
    try {
      program.close();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return this;
  }

  public List<Signal> signals() {
    return signals;
  }

  public List<String> typed() {
    return typed;
  }

  @Override
  public CompletableFuture<Void> started() {
    return started;
  }

  @Override
  public InputStream output() {
    return output;
  }

  @Override
  public void type(byte[] input) {
    if (exit.isDone()) {
      throw new SessionException(SessionException.Reason.ENDED, "it has ended");
    }
    typed.add(new String(input, StandardCharsets.UTF_8));
  }

  @Override
  public boolean awaitsInput() {
    looks.incrementAndGet();
    return awaitsInput;
  }

  @Override
  public void signal(Signal signal) {
    signals.add(signal);
    if (!ignoresSignals || signal == Signal.KILL) {
      ends(ExitStatus.ofSignal(signal.name()));
    }
  }

  @Override
  public CompletableFuture<ExitStatus> exit() {
    return exit;
  }

  @Override
  public void close() {}
}
