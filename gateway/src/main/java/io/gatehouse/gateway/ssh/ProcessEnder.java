package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.account.AccountException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.session.ClientSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to the program {@code sshd-config/end-processes}, which runs as long as the
 * connection and answers requests.
 */
final class ProcessEnder {

  private static final Logger LOG = LoggerFactory.getLogger(ProcessEnder.class);

  /** An answer has the request's id, a status and a reason. */
  private static final Pattern ANSWER = Pattern.compile("([0-9]{1,18}) ([0-9]{1,3}) (.*)");

  private static final ProvisioningAnswer NONE =
      new ProvisioningAnswer(Optional.empty(), "the program that ends processes has ended");

  private final ChannelExec channel;
  private final Duration limit;
  private final ReentrantLock sending = new ReentrantLock();
  private final AtomicLong lastId = new AtomicLong();
  private final Map<Long, CompletableFuture<ProvisioningAnswer>> waiting =
      new ConcurrentHashMap<>();

  private ProcessEnder(ChannelExec channel, Duration limit) {
    this.channel = channel;
    this.limit = limit;
  }

  /** Starts the program in this connection. It ends with the connection. */
  static ProcessEnder open(ClientSession connection, SshSettings settings) throws IOException {
    ChannelExec channel = connection.createExecChannel("end");
    ProcessEnder ender = new ProcessEnder(channel, settings.provisioningLimit());
    BoundedText complaint = new BoundedText();
    channel.setOut(ender.new Answers());
    channel.setErr(complaint);
    channel.addCloseFutureListener(closed -> ender.ended(complaint.text().strip()));
    ExecChannels.open(channel, settings.channelLimit());
    return ender;
  }

  boolean isOpen() {
    return channel.isOpen();
  }

  /**
   * Sends a request and waits for its answer. The answer has no status if the program has ended.
   *
   * @param request the text of the request, which follows its id in the line
   * @throws AccountException if there is no answer in time
   */
  ProvisioningAnswer ask(String request) {
    long id = lastId.incrementAndGet();
    CompletableFuture<ProvisioningAnswer> answer = new CompletableFuture<>();
    waiting.put(id, answer);
    try {
      // If the program ended before this request was registered, only the earlier requests have
      // been told.
      if (!send(id + " " + request + "\n") || !isOpen()) {
        answer.complete(NONE);
      }
      return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException slow) {
      // The next request starts a new program.
      channel.close(true);
      throw new AccountException(
          AccountException.Reason.UNAVAILABLE, "ending processes takes too long: " + request, slow);
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible.getCause());
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new AccountException(AccountException.Reason.UNAVAILABLE, "ending was cut short");
    } finally {
      waiting.remove(id);
    }
  }

  /** Sends one whole line at a time; false if the program takes no more. */
  private boolean send(String line) {
    sending.lock();
    try {
      OutputStream stdin = channel.getInvertedIn();
      stdin.write(line.getBytes(StandardCharsets.US_ASCII));
      stdin.flush();
      return true;
    } catch (IOException ended) {
      channel.close(true);
      return false;
    } finally {
      sending.unlock();
    }
  }

  private void ended(String complaint) {
    if (!complaint.isEmpty()) {
      LOG.warn("the program that ends processes: {}", complaint);
    }
    waiting.values().forEach(answer -> answer.complete(NONE));
  }

  private void take(String line) {
    Matcher answer = ANSWER.matcher(line);
    if (!answer.matches()) {
      LOG.warn("no answer to a request to end processes: {}", line);
      return;
    }
    CompletableFuture<ProvisioningAnswer> asked = waiting.get(Long.valueOf(answer.group(1)));
    if (asked != null) {
      asked.complete(
          new ProvisioningAnswer(
              Optional.of(Integer.valueOf(answer.group(2))), answer.group(3).strip()));
    }
  }

  /** Splits the program's output into answers. MINA writes it from one thread. */
  private final class Answers extends OutputStream {

    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    @Override
    public void write(int value) {
      if (value == '\n') {
        take(line.toString(StandardCharsets.UTF_8));
        line.reset();
      } else {
        line.write(value);
      }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      for (int i = offset; i < offset + length; i++) {
        write(bytes[i]);
      }
    }
  }
}
