package io.gatehouse.gateway.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gatehouse.gateway.auth.AuthException.Reason;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks Open WebUI to whom a token belongs.
 *
 * <p>The token goes to the configured address alone: no redirect is followed, no proxy is used and
 * no cookie is kept. Failures carry no cause, because the HTTP client's exceptions quote what they
 * read.
 */
public final class OpenWebUiTokenValidator implements TokenValidator, AutoCloseable {

  /** The most bytes of an answer. It includes the user's profile picture, so it may be large. */
  static final int LARGEST_ANSWER = 1024 * 1024;

  /**
   * The most checks at a time. It bounds sockets and memory when many unknown tokens arrive at
   * once.
   */
  static final int SIMULTANEOUS_CALLS = 64;

  /** The most checks at a time for tokens that Open WebUI has not accepted before. */
  static final int CALLS_FOR_STRANGERS = 48;

  /**
   * The most accepted tokens that are remembered, by their hash; each costs a few hundred bytes.
   */
  private static final int MOST_KNOWN = 10_000;

  private static final Duration KNOWN_FOR = Duration.ofDays(1);

  private static final int OK = 200;
  private static final int FORBIDDEN = 403;
  private static final int SERVER_ERROR = 500;

  static final String TOO_SLOW = "Open WebUI did not answer the token check in time";

  /** The path that says to whom a token belongs and when the token ends. */
  private static final String SESSION_PATH = "/api/v1/auths/";

  /**
   * The path that says to whom a token belongs. Since 0.12, Open WebUI answers the path above with
   * 403 ("A human session is required") to API keys and to the tokens that it makes for automations
   * and sub-agents, and answers this path to all of them.
   */
  private static final String STATUS_PATH = "/api/v1/users/user/status";

  private final URI sessionEndpoint;
  private final URI statusEndpoint;
  private final Duration timeout;
  private final RoleListener roles;
  private final HttpClient client;
  private final Semaphore calls = new Semaphore(SIMULTANEOUS_CALLS);
  private final Semaphore callsForStrangers = new Semaphore(CALLS_FOR_STRANGERS);

  /** Hashes of accepted tokens. Their callers do not wait behind strangers who try tokens. */
  private final Cache<String, Boolean> known =
      Caffeine.newBuilder().maximumSize(MOST_KNOWN).expireAfterAccess(KNOWN_FOR).build();

  /**
   * Makes the client; connects to nothing yet.
   *
   * @param openWebUiUrl the address of {@link AuthSettings#openWebUiUrl()}
   * @param timeout the longest time that one check takes, whatever the server does
   * @param roles is told what Open WebUI says of users; its methods may be slow
   */
  public OpenWebUiTokenValidator(URI openWebUiUrl, Duration timeout, RoleListener roles) {
    this.roles = roles;
    this.sessionEndpoint = URI.create(openWebUiUrl + SESSION_PATH);
    this.statusEndpoint = URI.create(openWebUiUrl + STATUS_PATH);
    this.timeout = timeout;
    ThreadFactory threads = Thread.ofVirtual().name("open-webui-", 0).factory();
    Executor executor = task -> threads.newThread(task).start();
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(timeout)
            .executor(executor)
            .build();
  }

  @Override
  public ValidatedUser validate(BearerToken token) {
    HttpResponse<byte[]> answer = ask(token);
    return switch (answer.statusCode()) {
      case OK -> {
        ValidatedUser user = OpenWebUiAnswer.read(answer.body(), roles);
        known.put(token.sha256(), true);
        yield user;
      }
      case 401 ->
          throw new AuthException(
              Reason.UNAUTHENTICATED, "Open WebUI does not accept this token; sign in again");
      case FORBIDDEN ->
          throw new AuthException(
              Reason.UNAUTHENTICATED,
              "Open WebUI does not allow this token here; if it is an API key, it may be disabled,"
                  + " not permitted for its user, or limited to other endpoints, or user status is"
                  + " switched off in Open WebUI (ENABLE_USER_STATUS)");
      default ->
          throw new AuthException(
              Reason.UNAVAILABLE,
              "Open WebUI answered the token check with status " + answer.statusCode());
    };
  }

  private HttpResponse<byte[]> ask(BearerToken token) {
    long deadline = System.nanoTime() + timeout.toNanos();
    boolean stranger = known.getIfPresent(token.sha256()) == null;
    try {
      if (!stranger) {
        return askInTurn(token, deadline);
      }
      takeTurn(callsForStrangers, deadline);
      try {
        return askInTurn(token, deadline);
      } finally {
        callsForStrangers.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AuthException(Reason.UNAVAILABLE, "The token check was interrupted; try again");
    }
  }

  private static void takeTurn(Semaphore turns, long deadline) throws InterruptedException {
    if (!turns.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
      throw new AuthException(Reason.UNAVAILABLE, TOO_SLOW);
    }
  }

  private HttpResponse<byte[]> askInTurn(BearerToken token, long deadline)
      throws InterruptedException {
    takeTurn(calls, deadline);
    try {
      HttpResponse<byte[]> answer = exchange(sessionEndpoint, token, deadline);
      if (answer.statusCode() != FORBIDDEN) {
        return answer;
      }
      HttpResponse<byte[]> second = exchange(statusEndpoint, token, deadline);
      return second.statusCode() == OK || second.statusCode() >= SERVER_ERROR ? second : answer;
    } finally {
      calls.release();
    }
  }

  private HttpResponse<byte[]> exchange(URI endpoint, BearerToken token, long deadline)
      throws InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> exchange =
        client.sendAsync(request(endpoint, token), head -> new BoundedBody(LARGEST_ANSWER));
    try {
      // The client's own timeout covers the headers only; this timeout includes the body.
      return exchange.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new AuthException(Reason.UNAVAILABLE, TOO_SLOW);
    } catch (ExecutionException e) {
      throw failure(e);
    } finally {
      // Closes the connection of an exchange that was given up; a finished exchange is not
      // affected.
      exchange.cancel(true);
    }
  }

  private static HttpRequest request(URI endpoint, BearerToken token) {
    return HttpRequest.newBuilder(endpoint)
        .header("Authorization", "Bearer " + token.value())
        .header("Accept", "application/json")
        .GET()
        .build();
  }

  private static AuthException failure(ExecutionException failed) {
    Throwable cause = failed.getCause() == null ? failed : failed.getCause();
    if (cause instanceof BoundedBody.BodyTooLargeException) {
      return new AuthException(
          Reason.UNAVAILABLE, "Open WebUI answered the token check with too long a body");
    }
    return new AuthException(
        Reason.UNAVAILABLE,
        "Open WebUI cannot be reached for the token check ("
            + cause.getClass().getSimpleName()
            + ")");
  }

  /** Ends all checks under way; their callers are told that Open WebUI is unavailable. */
  @Override
  public void close() {
    client.shutdownNow();
  }
}
