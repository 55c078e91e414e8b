package io.gatehouse.gateway.exec;

import io.gatehouse.gateway.session.Command;
import io.gatehouse.gateway.session.ExitStatus;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.Signal;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;

/**
 * The part of an ended command that is kept: how it started and ended. Its channel is not kept,
 * because a channel has buffers of up to a megabyte and executions are kept for minutes.
 */
record EndedCommand(CompletableFuture<Void> started, CompletableFuture<ExitStatus> exit)
    implements Command {

  @Override
  public InputStream output() {
    return InputStream.nullInputStream();
  }

  @Override
  public void type(byte[] input) {
    throw new SessionException(
        SessionException.Reason.ENDED, "the command has ended and takes no input");
  }

  @Override
  public boolean awaitsInput() {
    return false;
  }

  @Override
  public void signal(Signal signal) {
    // The command has ended, so nothing can receive the signal.
  }

  @Override
  public void close() {
    // The channel was closed when the command ended.
  }
}
