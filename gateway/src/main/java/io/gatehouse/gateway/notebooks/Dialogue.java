package io.gatehouse.gateway.notebooks;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gatehouse.gateway.notebooks.NotebookException.Reason;
import io.gatehouse.gateway.session.BudgetException;
import io.gatehouse.gateway.session.Conversation;
import io.gatehouse.gateway.session.Lease;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Asks the program that runs a kernel, in lines of JSON, and bounds what it answers.
 *
 * <p>Whoever asks reads the answer itself. Nothing is read while nobody asks, so a program that
 * talks without end fills its SSH window and waits.
 */
final class Dialogue implements AutoCloseable {

  /**
   * Bytes of the longest answer. The program keeps 1 MB of a cell's text, which JSON may write with
   * six bytes for a character, and 8 MB of pictures.
   */
  static final int LONGEST = 24 * 1024 * 1024;

  private static final int FIRST_SIZE = 8 * 1024;
  private static final JsonMapper JSON = new JsonMapper();

  private final Conversation conversation;

  // Guarded by this. Each request gets a ticket in the order in which requests are sent, and the
  // program answers in this order.
  private long sent;
  private long answered;

  private volatile boolean broken;

  // Used only by the request whose turn it is.
  private final byte[] chunk = new byte[FIRST_SIZE];
  private int chunkAt;
  private int chunkEnd;

  Dialogue(Conversation conversation) {
    this.conversation = conversation;
  }

  /**
   * Asks, and waits for the answer.
   *
   * @param limit the time after which the program is ended, because it does not answer
   * @param held counts the answer, which the caller may keep as long as it keeps the lease
   * @throws NotebookException BROKEN if there is no proper answer; the program is ended then
   * @throws BudgetException if the answer is too large for the lease; the program goes on
   */
  DriverAnswer ask(Map<String, ?> request, Duration limit, Lease held) {
    Future<?> watch =
        CompletableFuture.runAsync(
            this::close,
            // In a thread of its own: ending the program can wait for a login that does not answer.
            CompletableFuture.delayedExecutor(
                limit.toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread));
    try {
      long ticket = send(request);
      awaitTurn(ticket);
      try {
        return readAnswer(held);
      } finally {
        endTurn();
      }
    } catch (IOException failure) {
      close();
      throw new NotebookException(
          Reason.BROKEN, "The program that runs the kernel has ended: " + reason(failure), failure);
    } finally {
      watch.cancel(false);
    }
  }

  private static String reason(IOException failure) {
    return failure instanceof com.fasterxml.jackson.core.JacksonException
        ? "its answer is no proper JSON"
        : String.valueOf(failure.getMessage());
  }

  /** Sends a request that gets no answer of its own. */
  void tell(Map<String, ?> request) {
    try {
      write(request);
    } catch (IOException failure) {
      close();
      throw new NotebookException(
          Reason.BROKEN, "The program that runs the kernel has ended", failure);
    }
  }

  /** The lock is held while the line is sent, because lines must not mix; SSH bounds that time. */
  private synchronized long send(Map<String, ?> request) throws IOException {
    write(request);
    return sent++;
  }

  private synchronized void write(Map<String, ?> request) throws IOException {
    if (broken) {
      throw new IOException("it was ended");
    }
    byte[] line = JSON.writeValueAsBytes(request);
    byte[] all = Arrays.copyOf(line, line.length + 1);
    all[line.length] = '\n';
    conversation.input().write(all);
    conversation.input().flush();
  }

  private synchronized void awaitTurn(long ticket) throws IOException {
    try {
      // The watch of a request ends the program at the latest, and with it every wait.
      while (answered != ticket && !broken) {
        wait();
      }
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new IOException("the wait was cut short", interruption);
    }
  }

  private synchronized void endTurn() {
    answered++;
    notifyAll();
  }

  private DriverAnswer readAnswer(Lease held) throws IOException {
    if (broken) {
      throw new IOException("it was ended");
    }
    byte[] line = new byte[FIRST_SIZE];
    int length = 0;
    RuntimeException refusal = null;
    InputStream output = conversation.output();
    for (int value = next(output); value != '\n'; value = next(output)) {
      if (length == LONGEST) {
        throw new IOException("its answer has more than " + LONGEST + " bytes");
      }
      if (length >= line.length && refusal == null) {
        int more = Math.min(LONGEST, line.length * 2);
        try {
          // While the bytes are copied, both arrays exist.
          held.take(more);
          line = Arrays.copyOf(line, more);
          held.giveBack(length);
        } catch (BudgetException tooMuch) {
          // The rest of the line is read and dropped, so that the next answer is a whole one.
          refusal = tooMuch;
          line = new byte[0];
        }
      }
      if (refusal == null) {
        line[length] = (byte) value;
      }
      length++;
    }
    if (refusal != null) {
      throw refusal;
    }
    return DriverAnswer.read(line, length);
  }

  private int next(InputStream output) throws IOException {
    if (chunkAt == chunkEnd) {
      int count = output.read(chunk);
      if (count <= 0) {
        throw new IOException(
            broken ? "it did not answer in time" : "it closed its output" + said());
      }
      chunkAt = 0;
      chunkEnd = count;
    }
    return chunk[chunkAt++] & 0xFF;
  }

  private String said() {
    String errors = conversation.errors().strip();
    return errors.isEmpty()
        ? ""
        : ": " + errors.substring(Math.max(0, errors.length() - 300)).replace('\n', ' ');
  }

  boolean isBroken() {
    return broken;
  }

  @Override
  public void close() {
    broken = true;
    // This also ends a write that waits, so that the lock is free soon.
    conversation.close();
    synchronized (this) {
      notifyAll();
    }
  }
}
