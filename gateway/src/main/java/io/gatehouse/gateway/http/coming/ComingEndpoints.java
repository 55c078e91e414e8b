package io.gatehouse.gateway.http.coming;

import io.gatehouse.gateway.http.exchange.Endpoint;
import io.gatehouse.gateway.http.exchange.Exchange;
import io.gatehouse.gateway.http.exchange.RefusedException;
import java.nio.charset.StandardCharsets;

/**
 * Answers for what Open WebUI asks every terminal server and Gatehouse does not have yet: skills
 * and notebooks.
 *
 * <p>Open WebUI 0.12 asks for skills in every chat turn. It treats an empty list as "nothing
 * there". It shows the {@code detail} of a refused notebook word for word.
 *
 * <p>Nothing here opens an account or a login.
 */
public final class ComingEndpoints {

  private static final byte[] NO_SKILLS = "[]".getBytes(StandardCharsets.US_ASCII);

  public void skills(Exchange exchange) {
    exchange.bytes("application/json", NO_SKILLS);
  }

  /**
   * Answers {@code /skills/read?name=}, and {@code /skills/NAME}, which Open WebUI 0.11.4 asks for.
   */
  public Endpoint skill() {
    return refusal("Skill not found");
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
