package io.gatehouse.gateway.openwebui;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http.HttpVersion;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes the bytes of TCP connections on, unchanged, and writes down which HTTP requests were in
 * them and how they were answered. A WebSocket is passed on after its handshake and not read.
 */
final class RecordingRelay implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RecordingRelay.class);

  /** Characters of the body of an error that are kept. */
  private static final int LONGEST_BODY = 500;

  private static final int LARGEST_HEADERS = 64 * 1024;

  /**
   * One request and its answer.
   *
   * @param target path and query
   * @param body of an answer of 400 or above, its beginning; else empty
   */
  record Answered(String method, String target, int status, String body) {
    @Override
    public String toString() {
      return status + " " + method + " " + target + (body.isEmpty() ? "" : " " + body);
    }
  }

  private final ServerSocket listener;
  private final InetSocketAddress target;
  private final List<Answered> answered = new CopyOnWriteArrayList<>();
  private final AtomicLong count = new AtomicLong();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private RecordingRelay(String address, InetSocketAddress target) throws IOException {
    this.listener = new ServerSocket(0, 200, InetAddress.getByName(address));
    this.target = target;
    Thread.ofVirtual().name("relay").start(this::accept);
  }

  /** Listens on a free port of this address and passes on to a port of loopback. */
  static RecordingRelay start(String address, int port) {
    try {
      return new RecordingRelay(
          address, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  String address() {
    return "http://" + listener.getInetAddress().getHostAddress() + ":" + listener.getLocalPort();
  }

  /** The number of requests that were answered so far. */
  long count() {
    return count.get();
  }

  /** The answers of 400 and above so far, in the order in which they came. */
  List<Answered> errors() {
    return List.copyOf(answered);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Thread.ofVirtual().name("relayed connection").start(() -> relay(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void relay(Socket client) {
    try (client;
        Socket server = new Socket()) {
      open.add(client);
      open.add(server);
      server.connect(target);
      server.setTcpNoDelay(true);
      client.setTcpNoDelay(true);
      Conversation conversation = new Conversation();
      Thread back =
          Thread.ofVirtual()
              .name("relayed answers")
              .start(() -> copy(server, client, conversation::answers));
      copy(client, server, conversation::asks);
      back.join();
    } catch (IOException gone) {
      LOG.debug("a relayed connection ended: {}", gone.toString());
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(client);
    }
  }

  private interface Listener {
    void hear(ByteBuffer bytes);
  }

  private void copy(Socket from, Socket to, Listener listener) {
    byte[] buffer = new byte[64 * 1024];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
        listener.hear(ByteBuffer.wrap(buffer, 0, length));
        out.write(buffer, 0, length);
      }
      to.shutdownOutput();
    } catch (IOException gone) {
      closeQuietly(from);
      closeQuietly(to);
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException failure) {
      LOG.debug("closing a relayed connection failed: {}", failure.toString());
    }
  }

  /** The requests and answers of one connection, told apart by Jetty's parser. */
  private final class Conversation {

    private final Queue<String[]> asked = new ConcurrentLinkedQueue<>();
    private final HttpParser requests = new HttpParser(new Requests(), LARGEST_HEADERS);
    private final HttpParser responses = new HttpParser(new Responses(), LARGEST_HEADERS);
    private volatile boolean upgraded;

    void asks(ByteBuffer bytes) {
      parse(requests, bytes);
    }

    void answers(ByteBuffer bytes) {
      parse(responses, bytes);
    }

    private void parse(HttpParser parser, ByteBuffer bytes) {
      while (!upgraded && bytes.hasRemaining()) {
        if (parser.isComplete()) {
          parser.reset();
        }
        int before = bytes.remaining();
        parser.parseNext(bytes);
        if (bytes.remaining() == before && !parser.isComplete()) {
          return;
        }
      }
    }

    private final class Requests implements HttpParser.RequestHandler {
      @Override
      public void startRequest(String method, String uri, HttpVersion version) {
        asked.add(new String[] {method, uri});
      }

      @Override
      public boolean content(ByteBuffer item) {
        return false;
      }

      @Override
      public boolean headerComplete() {
        return false;
      }

      @Override
      public boolean contentComplete() {
        return false;
      }

      @Override
      public boolean messageComplete() {
        return true;
      }

      @Override
      public void parsedHeader(HttpField field) {}

      @Override
      public void earlyEOF() {}
    }

    private final class Responses implements HttpParser.ResponseHandler {
      private final StringBuilder body = new StringBuilder();
      private int status;
      private String @Nullable [] request;

      @Override
      public void startResponse(HttpVersion version, int status, String reason) {
        this.status = status;
        body.setLength(0);
        request = asked.poll();
        responses.setHeadResponse(request != null && request[0].equals("HEAD"));
        upgraded = status == 101;
      }

      @Override
      public boolean content(ByteBuffer item) {
        if (status >= 400 && body.length() < LONGEST_BODY) {
          body.append(StandardCharsets.UTF_8.decode(item.slice()));
        }
        return false;
      }

      @Override
      public boolean headerComplete() {
        return false;
      }

      @Override
      public boolean contentComplete() {
        return false;
      }

      @Override
      public boolean messageComplete() {
        String[] told = Objects.requireNonNullElse(request, new String[] {"?", "?"});
        count.incrementAndGet();
        if (status >= 400) {
          answered.add(
              new Answered(
                  told[0],
                  told[1],
                  status,
                  body.substring(0, Math.min(body.length(), LONGEST_BODY))));
        }
        return true;
      }

      @Override
      public void parsedHeader(HttpField field) {}

      @Override
      public void earlyEOF() {}
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    open.forEach(RecordingRelay::closeQuietly);
  }
}
