package io.gatehouse.gateway.http.connection;

import io.gatehouse.gateway.http.connection.Strangers.Stranger;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.jspecify.annotations.Nullable;

/**
 * Makes connections that hold little memory until their caller has shown credentials: few header
 * fields, a short time for the header, a short silence.
 */
public final class GuardedConnections extends HttpConnectionFactory {

  /**
   * The most bytes of a header. Open WebUI forwards all its cookies, each of which has up to 4 KiB.
   */
  public static final int LARGEST_HEADER = 48 * 1024;

  /** The most fields of a header. Browsers and Open WebUI send at most 30. */
  static final int MOST_FIELDS = 100;

  private final Strangers strangers;
  private final Strangers resting;
  private final Limits limits;

  /**
   * How long a connection may keep the server waiting.
   *
   * @param header the longest time from a header's first byte to its last
   * @param strangersSilence the longest silence before its caller has shown credentials
   * @param silence the longest silence afterwards
   */
  public record Limits(Duration header, Duration strangersSilence, Duration silence) {}

  /**
   * @param resting counts connections of known callers between two requests
   */
  public GuardedConnections(
      HttpConfiguration configuration, Strangers strangers, Strangers resting, Limits limits) {
    super(configuration);
    this.strangers = strangers;
    this.resting = resting;
    this.limits = limits;
  }

  @Override
  public Connection newConnection(Connector connector, EndPoint endPoint) {
    return configure(
        new GuardedConnection(getHttpConfiguration(), connector, endPoint), connector, endPoint);
  }

  /** Marks the connection as one whose caller has shown good credentials. */
  public static void known(Connection connection) {
    if (connection instanceof GuardedConnection guarded) {
      guarded.known();
    }
  }

  /** Marks the connection as one on which a known caller has no request under way. */
  public static void rest(Connection connection) {
    if (connection instanceof GuardedConnection guarded) {
      guarded.rest();
    }
  }

  /** A connection that holds little memory until its caller has shown credentials. */
  private final class GuardedConnection extends HttpConnection {

    private volatile @Nullable Stranger stranger;

    private boolean inHeader;

    /** Whether the time limit of a header is running, and since when, as nanoTime gives it. */
    private boolean hurried;

    private long hurriedSince;

    /** The idle timeout of the connection outside a header. */
    private Duration quiet = limits.strangersSilence();

    GuardedConnection(HttpConfiguration configuration, Connector connector, EndPoint endPoint) {
      super(configuration, connector, endPoint);
    }

    @Override
    public void onOpen() {
      stranger = strangers.enter(() -> getEndPoint().close());
      getEndPoint().setIdleTimeout(quiet.toMillis());
      super.onOpen();
    }

    @Override
    public void onClose(@Nullable Throwable cause) {
      leave();
      super.onClose(cause);
    }

    private void leave() {
      Stranger left = stranger;
      if (left != null) {
        left.leave();
      }
    }

    synchronized void known() {
      leave();
      if (!quiet.equals(limits.silence())) {
        quiet = limits.silence();
        getEndPoint().setIdleTimeout(quiet.toMillis());
      }
    }

    void rest() {
      stranger = resting.enter(() -> getEndPoint().close());
      if (!getEndPoint().isOpen()) {
        leave();
      }
    }

    @Override
    public void onFillable() {
      if (isHeaderLate()) {
        getEndPoint().close(new TimeoutException("the header took more than " + limits.header()));
        return;
      }
      super.onFillable();
      hurry();
    }

    private synchronized boolean isHeaderLate() {
      return hurried && System.nanoTime() - hurriedSince > limits.header().toNanos();
    }

    /** Starts the time limit of a header of which a part has come. */
    private synchronized void hurry() {
      if (inHeader && !hurried && !getParser().isStart()) {
        hurried = true;
        hurriedSince = System.nanoTime();
        getEndPoint().setIdleTimeout(limits.header().toMillis());
      }
    }

    /** Notes that a header may come. Jetty calls this even before the first byte of the header. */
    private synchronized void beginHeader() {
      inHeader = true;
    }

    private synchronized void endHeader() {
      inHeader = false;
      if (hurried) {
        hurried = false;
        getEndPoint().setIdleTimeout(quiet.toMillis());
      }
    }

    @Override
    protected RequestHandler newRequestHandler() {
      return new Header();
    }

    /** Listens to Jetty's parser. */
    private final class Header extends RequestHandler {

      private int fields;

      @Override
      public void messageBegin() {
        fields = 0;
        beginHeader();
        super.messageBegin();
      }

      @Override
      public void parsedHeader(HttpField field) {
        if (++fields > MOST_FIELDS) {
          throw new HttpException.RuntimeException(
              HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE_431,
              "A request must have at most " + MOST_FIELDS + " header fields");
        }
        // Cookies are dropped, because the gateway reads none and those of Open WebUI contain
        // tokens.
        if (field.getHeader() != HttpHeader.COOKIE) {
          super.parsedHeader(field);
        }
      }

      @Override
      public boolean headerComplete() {
        endHeader();
        return super.headerComplete();
      }
    }
  }
}
