package io.gatehouse.gateway.http.ports;

import io.gatehouse.gateway.http.exchange.ClientGoneException;
import io.gatehouse.gateway.http.exchange.Exchange;
import io.gatehouse.gateway.http.exchange.RefusedException;
import io.gatehouse.gateway.ports.PortException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import org.apache.hc.core5.http.HttpException;

/** Turns failures of a connection to a user's server into answers that say what to do. */
final class AppFailures {

  private AppFailures() {}

  /** Something that is done over a connection to a user's server. */
  @FunctionalInterface
  interface Action {
    void run() throws IOException, HttpException;
  }

  /**
   * Does something, and says in words for the client what failed.
   *
   * @param silence the longest silence of the server
   */
  static void translate(Exchange exchange, int port, Duration silence, Action action)
      throws IOException {
    try {
      action.run();
    } catch (PortException failure) {
      throw refusal(failure);
    } catch (AppConnection.ClientBodyException failure) {
      throw new RefusedException(
          400, "the request's body ends before its declared length; send the whole body");
    } catch (InterruptedIOException late) {
      throw new RefusedException(
          504,
          "The program on port "
              + port
              + " has sent nothing for "
              + silence.toSeconds()
              + " seconds. Look at what the program prints, and try again.");
    } catch (HttpException failure) {
      throw noAnswer(port);
    } catch (IOException failure) {
      if (exchange.http().answer().isCommitted() || failure instanceof ClientGoneException) {
        throw failure;
      }
      throw noAnswer(port);
    }
  }

  static RefusedException notFound() {
    return new RefusedException(404, "Port not found");
  }

  private static RefusedException refusal(PortException failure) {
    String detail = String.valueOf(failure.getMessage());
    return switch (failure.reason()) {
      case NOT_FOUND -> notFound();
      case UNREACHABLE -> new RefusedException(502, detail);
      case TIMED_OUT -> new RefusedException(504, detail);
    };
  }

  private static RefusedException noAnswer(int port) {
    return new RefusedException(
        502,
        "The program on port "
            + port
            + " gave no answer in HTTP. Look at what the program prints; it must speak HTTP, not"
            + " HTTPS.");
  }
}
