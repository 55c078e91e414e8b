package io.gatehouse.gateway.http.coming;

import io.gatehouse.gateway.http.exchange.Endpoint;
import io.gatehouse.gateway.http.exchange.RefusedException;

/**
 * Answers requests for notebooks, which Gatehouse does not have yet. Open WebUI shows the {@code
 * detail} of a refused notebook word for word.
 *
 * <p>These endpoints open neither an account nor a login.
 */
public final class ComingEndpoints {

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
