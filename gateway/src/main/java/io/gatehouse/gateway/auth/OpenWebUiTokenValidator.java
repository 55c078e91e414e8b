package io.gatehouse.gateway.auth;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.gateway.auth.AuthException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks Open WebUI whose token it is, at {@code GET /api/v1/auths/}.
 *
 * <p>The answer repeats the token, so nothing of it but the user ever leaves this class.
 */
final class OpenWebUiTokenValidator implements TokenValidator, AutoCloseable {

  /** Bytes of an answer; profile pictures are in it as data. */
  private static final int LARGEST_ANSWER = 8 * 1024 * 1024;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http;
  private final URI question;
  private final Duration limit;

  /**
   * @param openWebUi where Open WebUI is, with or without a path
   * @param limit for a whole question with its answer
   */
  OpenWebUiTokenValidator(URI openWebUi, Duration limit) {
    this.question = URI.create(openWebUi.toString().replaceAll("/+$", "") + "/api/v1/auths/");
    this.limit = limit;
    // No redirects: the token is for the configured address. No cookies: there is nothing to keep.
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(limit)
            .build();
  }

  @Override
  public Valid validate(BearerToken token) {
    HttpRequest request =
        HttpRequest.newBuilder(question)
            .header("Authorization", "Bearer " + token.secret())
            .header("Accept", "application/json")
            .timeout(limit)
            .build();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    int status = ask(request, body).statusCode();
    return switch (status) {
      case 200 -> user(body.toByteArray());
      case 401 ->
          throw new AuthException(
              Reason.UNAUTHENTICATED, "Open WebUI does not accept this token; sign in again");
      case 403 ->
          throw new AuthException(
              Reason.UNAUTHENTICATED, "Open WebUI does not let this key be used here");
      default -> throw unavailable("answers with status " + status);
    };
  }

  private HttpResponse<?> ask(HttpRequest request, ByteArrayOutputStream body) {
    // The request's own timeout ends with the headers; the body may not take longer either.
    CompletableFuture<HttpResponse<Void>> answer =
        http.sendAsync(
            request,
            BodyHandlers.ofByteArrayConsumer(part -> part.ifPresent(bytes -> add(body, bytes))));
    try {
      return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException slow) {
      throw unavailable("does not answer within " + limit.toSeconds() + " s");
    } catch (ExecutionException failure) {
      throw unavailable(
          failure.getCause() instanceof java.net.http.HttpTimeoutException
              ? "does not answer within " + limit.toSeconds() + " s"
              : failure.getCause() instanceof java.net.ConnectException
                  ? "cannot be reached"
                  : "does not answer as expected");
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw unavailable("was not waited for");
    } finally {
      answer.cancel(true);
    }
  }

  private static void add(ByteArrayOutputStream body, byte[] part) {
    if (body.size() + part.length > LARGEST_ANSWER) {
      throw new IllegalStateException("the answer is longer than any answer of Open WebUI");
    }
    body.writeBytes(part);
  }

  private static Valid user(byte[] body) {
    JsonNode answer;
    try {
      answer = JSON.readTree(body);
    } catch (JacksonException malformed) {
      throw unavailable("answers with something that is not JSON");
    } catch (IOException impossible) {
      throw new IllegalStateException("reading from memory failed", impossible);
    }
    String id = answer.path("id").asText("");
    if (!User.isValidId(id)) {
      throw unavailable("answers without the id of a user");
    }
    Role role = role(answer.path("role").asText(""));
    Optional<String> email =
        Optional.of(answer.path("email").asText("")).filter(text -> !text.isEmpty());
    return new Valid(new User(id, email, role), expiry(answer.path("expires_at")));
  }

  private static Role role(String word) {
    for (Role role : Role.values()) {
      if (role.name().toLowerCase(Locale.ROOT).equals(word)) {
        return role;
      }
    }
    throw new AuthException(
        Reason.FORBIDDEN,
        "Your Open WebUI account may not use a terminal: it needs the role user or admin");
  }

  private static Optional<Instant> expiry(JsonNode seconds) {
    return seconds.isNumber()
        ? Optional.of(Instant.ofEpochSecond(seconds.asLong()))
        : Optional.empty();
  }

  private static AuthException unavailable(String what) {
    return new AuthException(Reason.UNAVAILABLE, "Open WebUI " + what + "; try again later");
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
