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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.session.ClientSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A conversation with {@code sshd-config/root-helper} over one channel, for many requests at a
 * time.
 *
 * <p>Answers come in any order; each has the id of its request.
 */
final class RootHelper {

  private static final Logger LOG = LoggerFactory.getLogger(RootHelper.class);

  private static final ProvisioningAnswer NONE =
      new ProvisioningAnswer(Optional.empty(), "root's helper has ended");

  private final ChannelExec channel;
  private final ReentrantLock sending = new ReentrantLock();
  private final AtomicLong lastId = new AtomicLong();
  private final AtomicBoolean retired = new AtomicBoolean();
  private final Map<Long, CompletableFuture<ProvisioningAnswer>> waiting =
      new ConcurrentHashMap<>();

  private RootHelper(ChannelExec channel) {
    this.channel = channel;
  }

  /** Starts the helper in this connection. It ends with the connection. */
  static RootHelper open(ClientSession connection, SshSettings settings) throws IOException {
    // sshd replaces the text by its forced command.
    ChannelExec channel = connection.createExecChannel("root-helper");
    RootHelper helper = new RootHelper(channel);
    BoundedText complaint = new BoundedText();
    channel.setOut(new RootAnswers(helper::take));
    channel.setErr(complaint);
    channel.addCloseFutureListener(closed -> helper.ended(complaint.text().strip()));
    ExecChannels.open(channel, settings.channelLimit());
    return helper;
  }

  /** Whether the helper takes requests. If it does not, another helper must be opened. */
  boolean isOpen() {
    return channel.isOpen() && !retired.get();
  }

  /**
   * Sends a request and waits for the answer. The answer has no status if the helper has ended.
   *
   * @param request the words of the request
   * @param input the text after the line with the request; secrets belong here
   * @param limit how long to wait; if it is not positive, only an answer that is there at once is
   *     in time
   * @throws AccountException if there is no answer in time
   */
  ProvisioningAnswer ask(String request, String input, Duration limit) {
    long id = lastId.incrementAndGet();
    CompletableFuture<ProvisioningAnswer> answer = new CompletableFuture<>();
    waiting.put(id, answer);
    try {
      // If the helper ended before this request was in the map, nobody completed its answer.
      if (!send(frame(id, request, input)) || !channel.isOpen()) {
        answer.complete(NONE);
      }
      return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException slow) {
      // One slow request does not mean that the helper hangs, so other requests go on waiting for
      // their answers; but the next request goes to another helper.
      retired.set(true);
      throw new AccountException(
          AccountException.Reason.UNAVAILABLE,
          "root's helper takes too long for: " + request + "; try again in a moment",
          slow);
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible.getCause());
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new AccountException(
          AccountException.Reason.UNAVAILABLE,
          "waiting for root's helper was interrupted; try again");
    } finally {
      waiting.remove(id);
      if (retired.get() && waiting.isEmpty()) {
        // The helper ends when it has done all requests.
        ExecChannels.close(channel);
      }
    }
  }

  /** Encodes a request in the form that the helper reads. */
  static byte[] frame(long id, String request, String input) {
    byte[] bytes = input.getBytes(StandardCharsets.US_ASCII);
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.writeBytes(
        (id + " " + bytes.length + " " + request + "\n").getBytes(StandardCharsets.US_ASCII));
    frame.writeBytes(bytes);
    return frame.toByteArray();
  }

  /**
   * Sends a whole request; only one thread sends at a time. Returns false if the helper takes no
   * more requests.
   */
  private boolean send(byte[] frame) {
    sending.lock();
    try {
      OutputStream stdin = channel.getInvertedIn();
      stdin.write(frame);
      stdin.flush();
      return true;
    } catch (IOException ended) {
      ExecChannels.close(channel);
      return false;
    } finally {
      sending.unlock();
    }
  }

  private void ended(String complaint) {
    if (!complaint.isEmpty()) {
      LOG.warn("root's helper ended and printed: {}", complaint);
    }
    waiting.values().forEach(answer -> answer.complete(NONE));
  }

  private void take(long id, ProvisioningAnswer answer) {
    CompletableFuture<ProvisioningAnswer> asked = waiting.get(id);
    if (asked != null) {
      asked.complete(answer);
    } else if (!answer.reason().isEmpty()) {
      // The answer came too late, or its request could not be read by the helper.
      LOG.warn(
          "root's helper answered request {}, for which nobody waits: {}", id, answer.reason());
    }
  }
}
