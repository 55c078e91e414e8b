package io.gatehouse.gateway.http.coming;

import io.gatehouse.gateway.http.exchange.Endpoint;
import io.gatehouse.gateway.http.exchange.Exchange;
import io.gatehouse.gateway.http.exchange.RefusedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Answers for what Open WebUI asks every terminal server and Gatehouse does not have yet: ports and
 * skills.
 *
 * <p>Open WebUI 0.12 asks for ports every 5 seconds and for skills in every chat turn. It treats an
 * empty list as "nothing there".
 *
 * <p>Nothing here opens an account or a login.
 */
public final class ComingEndpoints {

  private static final byte[] NO_SKILLS = "[]".getBytes(StandardCharsets.US_ASCII);

  public void ports(Exchange exchange) throws IOException {
    exchange.json(Map.of("ports", List.of()));
  }

  public Endpoint proxy() {
    return refusal(
        "Port not found: Gatehouse does not show the ports of your programs yet. Look at what your"
            + " program serves with curl in the terminal.");
  }

  public void skills(Exchange exchange) {
    exchange.bytes("application/json", NO_SKILLS);
  }

  /**
   * Answers {@code /skills/read?name=}, and {@code /skills/NAME}, which Open WebUI 0.11.4 asks for.
   */
  public Endpoint skill() {
    return refusal("Skill not found");
  }

  private static Endpoint refusal(String detail) {
    return exchange -> {
      throw new RefusedException(404, detail);
    };
  }
}
