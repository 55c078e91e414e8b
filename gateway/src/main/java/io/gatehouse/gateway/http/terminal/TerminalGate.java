package io.gatehouse.gateway.http.terminal;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.gateway.auth.AuthException;
import io.gatehouse.gateway.auth.Authenticator;
import io.gatehouse.gateway.auth.Caller;
import io.gatehouse.gateway.auth.User;
import io.gatehouse.gateway.http.exchange.RefusalLog;
import io.gatehouse.gateway.terminal.Terminal;
import io.gatehouse.gateway.terminal.Terminals;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.event.Level;

/**
 * Decides whether a WebSocket may use the terminal that it names.
 *
 * <p>A socket brings an id, and credentials that depend on how Open WebUI is set up. All of them
 * have to agree:
 *
 * <ol>
 *   <li>Every user that the socket names, in the query or a header, is the terminal's owner.
 *   <li>Every credential that the socket shows, in a header or its first frame, is valid and does
 *       not belong to another user.
 *   <li>A socket without credentials, as in session mode, has the id alone: the id must have been
 *       given to a user who showed a token, and the socket must name that user.
 * </ol>
 *
 * <p>An empty credential counts as none. In session mode, Open WebUI 0.11.3 and older send no
 * {@code auth} frame, and 0.11.4 to 0.12.4 send one whose token is the empty text.
 */
public final class TerminalGate {

  private final Terminals terminals;
  private final Authenticator authenticator;
  private final List<String> origins;
  private final RefusalLog log;

  /**
   * @param origins the origins of pages that may open sockets; {@code *} for all
   */
  public TerminalGate(
      Terminals terminals, Authenticator authenticator, List<String> origins, RefusalLog log) {
    this.terminals = terminals;
    this.authenticator = authenticator;
    this.origins = List.copyOf(origins);
    this.log = log;
  }

  /**
   * The request that opens a socket, before its first frame.
   *
   * @param id the id of the terminal
   * @param users every user that the socket names
   * @param authorizations the values of the Authorization headers
   * @param origin the origin of the page that opened the socket; empty if no browser did
   */
  record Handshake(
      String id, List<String> users, List<String> authorizations, Optional<String> origin) {

    Handshake {
      users = List.copyOf(users);
      authorizations =
          authorizations.stream().filter(value -> !showsNothing(value.strip())).toList();
    }

    private static boolean showsNothing(String authorization) {
      return authorization.isEmpty() || authorization.equalsIgnoreCase("Bearer");
    }

    /** Shows neither the id, which opens a terminal, nor credentials. */
    @Override
    public String toString() {
      return "Handshake" + users;
    }
  }

  /**
   * The credential that the first frame of a socket shows.
   *
   * @param authorization the credential, written as the value of an Authorization header
   */
  record FrameToken(String authorization) {

    /**
     * Reads the member {@code token} of the frame. A token that is missing, null or blank counts as
     * none. A token that is not a JSON string is wrong, whatever it would be as a string.
     */
    static Optional<FrameToken> of(JsonNode token) {
      if (token.isMissingNode() || token.isNull()) {
        return Optional.empty();
      }
      if (!token.isTextual()) {
        return Optional.of(new FrameToken("no text"));
      }
      String text = token.textValue().strip();
      return text.isEmpty() ? Optional.empty() : Optional.of(new FrameToken("Bearer " + text));
    }

    /** Shows no credential. */
    @Override
    public String toString() {
      return "FrameToken[redacted]";
    }
  }

  /**
   * Returns the terminal, if the socket may use it. All refusals look the same to the client; only
   * the log tells them apart.
   *
   * @param token the credential of the first frame, if it shows one
   */
  Optional<Terminal> admit(Handshake handshake, Optional<FrameToken> token) {
    try {
      return Optional.of(admitted(handshake, token));
    } catch (AuthException refusal) {
      log.write(
          Level.INFO,
          "a WebSocket to a terminal is refused: " + refusal.getMessage(),
          Optional.empty());
      return Optional.empty();
    }
  }

  private Terminal admitted(Handshake handshake, Optional<FrameToken> token) {
    // Credentials are checked before the id, so that the time of the check says nothing about the
    // id.
    List<Caller> callers =
        Stream.concat(
                handshake.authorizations().stream(), token.map(FrameToken::authorization).stream())
            .map(shown -> authenticator.authenticate(Optional.of(shown), Optional.empty()))
            .toList();
    Terminal terminal =
        terminals
            .find(handshake.id())
            .orElseThrow(() -> refused("there is no terminal with its id"));
    String owner = terminal.owner().userId();
    require(
        handshake.users().stream().allMatch(owner::equals),
        "it names another user than the terminal's owner");
    require(
        callers.stream()
            .flatMap(caller -> caller.user().map(User::id).stream())
            .allMatch(owner::equals),
        "its credentials belong to another user than the terminal's owner");
    require(
        !callers.isEmpty() || (terminal.openedByToken() && !handshake.users().isEmpty()),
        "it has no credentials");
    require(
        handshake.origin().isEmpty()
            || origins.contains("*")
            || origins.contains(handshake.origin().get()),
        "the origin of its page is not in OPEN_TERMINAL_CORS_ALLOWED_ORIGINS");
    return terminal;
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw refused(otherwise);
    }
  }

  private static AuthException refused(String why) {
    return new AuthException(AuthException.Reason.FORBIDDEN, why);
  }
}
