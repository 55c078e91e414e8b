package io.gatehouse.gateway.http.ports;

import io.gatehouse.gateway.session.Tunnel;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.CharsetDecoder;
import java.time.Duration;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.message.MessageSupport;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;

/** A connection to a user's server that speaks HTTP/1.1. */
final class AppConnection implements AutoCloseable {

  /** The longest silence of a server, as in Open Terminal. */
  static final Duration SILENCE = Duration.ofMinutes(5);

  private static final int SWITCHING_PROTOCOLS = 101;
  private static final int FIRST_FINAL_STATUS = 200;

  /** The most informational answers (1xx) that a server may send before its answer. */
  private static final int MOST_INFORMATIONAL = 10;

  private static final Http1Config CONFIG =
      Http1Config.custom()
          .setMaxLineLength(48 * 1024)
          .setMaxHeaderCount(200)
          .setBufferSize(16 * 1024)
          .build();

  private final Tunnel tunnel;
  private final DefaultBHttpClientConnection http;
  private boolean reused;
  private boolean reusable;

  AppConnection(Tunnel tunnel) throws IOException {
    this.tunnel = tunnel;
    this.http = new DefaultBHttpClientConnection(CONFIG, (CharsetDecoder) null, null);
    http.bind(new TunnelSocket(tunnel));
    http.setSocketTimeout(Timeout.of(SILENCE));
  }

  /**
   * Whether the connection has carried a request before. The server may then end the connection at
   * any moment.
   */
  boolean isReused() {
    return reused;
  }

  /**
   * Sends a request and reads the head of the answer.
   *
   * @throws ClientBodyException if the client does not send the whole body of its request
   */
  ClassicHttpResponse send(ClassicHttpRequest request) throws IOException, HttpException {
    reusable = false;
    http.sendRequestHeader(request);
    boolean sent = request.getEntity() == null || sendBody(request);
    if (sent) {
      http.flush();
    }
    ClassicHttpResponse response = receive(request);
    reusable =
        sent
            && DefaultConnectionReuseStrategy.INSTANCE.keepAlive(
                request, response, HttpCoreContext.create());
    return response;
  }

  /**
   * Sends the body, and returns whether the server has taken all of it. A server may answer before
   * that, and say why.
   */
  private boolean sendBody(ClassicHttpRequest request) throws IOException, HttpException {
    try {
      http.sendRequestEntity(request);
      return true;
    } catch (ClientBodyException failure) {
      throw failure;
    } catch (IOException notTaken) {
      return false;
    }
  }

  private ClassicHttpResponse receive(ClassicHttpRequest request)
      throws IOException, HttpException {
    for (int count = 0; count <= MOST_INFORMATIONAL; count++) {
      ClassicHttpResponse response = http.receiveResponseHeader();
      if (response == null) {
        throw new ProtocolException("no answer");
      }
      int status = response.getCode();
      if (status >= FIRST_FINAL_STATUS || status == SWITCHING_PROTOCOLS) {
        if (status != SWITCHING_PROTOCOLS
            && MessageSupport.canResponseHaveBody(request.getMethod(), response)) {
          http.receiveResponseEntity(response);
        }
        return response;
      }
    }
    throw new ProtocolException("the server sends informational answers without end");
  }

  /** The bytes that the server sends after it has switched protocols. */
  InputStream switchedInput(ClassicHttpResponse response) throws IOException, HttpException {
    // Without a length, HttpCore gives all bytes up to the end, also those that it has read ahead.
    http.receiveResponseEntity(response);
    return response.getEntity().getContent();
  }

  OutputStream switchedOutput() {
    return tunnel.output();
  }

  /** Whether the connection can carry another request after its answer was read to the end. */
  boolean isReusable() {
    return reusable && isQuiet();
  }

  /** Whether the connection is open, and the server has sent nothing without a request. */
  boolean isQuiet() {
    try {
      return tunnel.isOpen() && tunnel.input().available() == 0;
    } catch (IOException broken) {
      return false;
    }
  }

  void reuse() {
    reused = true;
  }

  @Override
  public void close() {
    http.close(CloseMode.IMMEDIATE);
    tunnel.close();
  }

  /** Tells that the client has not sent the whole body of its request. */
  static final class ClientBodyException extends IOException {

    private static final long serialVersionUID = 1L;

    ClientBodyException(IOException cause) {
      super(cause);
    }
  }
}
