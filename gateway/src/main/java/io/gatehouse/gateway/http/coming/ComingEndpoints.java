package io.gatehouse.gateway.http.coming;

import io.gatehouse.gateway.http.exchange.Endpoint;
import io.gatehouse.gateway.http.exchange.Exchange;
import io.gatehouse.gateway.http.exchange.RefusedException;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Answers requests that Open WebUI sends to every terminal server for ports, a feature that
 * Gatehouse does not have yet.
 *
 * <p>Open WebUI 0.12 asks for ports every 5 seconds. It treats an empty list as "nothing there".
 *
 * <p>These endpoints open neither an account nor a login.
 */
public final class ComingEndpoints {

  public void ports(Exchange exchange) throws IOException {
    exchange.json(Map.of("ports", List.of()));
  }

  public Endpoint proxy() {
    return refusal(
        "Port not found: Gatehouse does not show the ports of your programs yet. Look at what your"
            + " program serves with curl in the terminal.");
  }

  /** Answers 404, as Open Terminal does for a port on which no program listens. */
  private static Endpoint refusal(String detail) {
    return exchange -> {
      throw new RefusedException(404, detail);
    };
  }
}
