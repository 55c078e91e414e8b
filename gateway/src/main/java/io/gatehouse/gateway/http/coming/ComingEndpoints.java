package io.gatehouse.gateway.http.coming;

import io.gatehouse.gateway.http.exchange.Endpoint;
import io.gatehouse.gateway.http.exchange.Exchange;
import io.gatehouse.gateway.http.exchange.RefusedException;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Answers requests that Open WebUI sends to every terminal server for features that Gatehouse does
 * not have yet: ports and notebooks.
 *
 * <p>Open WebUI 0.12 asks for ports every 5 seconds. It treats an empty list as "nothing there". It
 * shows the {@code detail} of a refused notebook word for word.
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

  public Endpoint notebook() {
    return refusal(
        "Gatehouse does not run notebooks yet. Run the cell's code with python3 in the terminal, or"
            + " ask the model in this chat to run it for you.");
  }

  /** Answers 404, as Open Terminal does where an admin has turned notebooks off. */
  private static Endpoint refusal(String detail) {
    return exchange -> {
      throw new RefusedException(404, detail);
    };
  }
}
