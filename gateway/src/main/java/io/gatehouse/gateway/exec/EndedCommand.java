package io.gatehouse.gateway.exec;

import io.gatehouse.gateway.session.Command;
import io.gatehouse.gateway.session.ExitStatus;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.Signal;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;

/**
 * What is left of a command that has ended: how it started and ended. Its channel has buffers of up
 * to a megabyte, and executions are kept for minutes.
 */
record EndedCommand(CompletableFuture<Void> started, CompletableFuture<ExitStatus> exit)
    implements Command {

  @Override
  public InputStream output() {
    return InputStream.nullInputStream();
  }

  @Override
  public void type(byte[] input) {
    throw new SessionException(SessionException.Reason.ENDED, "the command has ended");
  }

  @Override
  public boolean awaitsInput() {
    return false;
  }

  @Override
  public void signal(Signal signal) {
    // There is nobody to hear it.
  }

  @Override
  public void close() {
    // It was closed when it ended.
  }
}
