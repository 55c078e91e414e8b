package io.gatehouse.gateway.auth;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import io.gatehouse.gateway.auth.AuthException.Reason;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Remembers answers for a short time and asks once however many wait for one.
 *
 * <p>What is remembered is found by the SHA-256 of a token, never by the token. That nobody could
 * be asked is not remembered.
 */
final class CachingTokenValidator implements TokenValidator {

  /** An answer that may be given again: a user or a refusal. */
  private sealed interface Answer {
    record Accepted(Valid valid) implements Answer {}

    record Refused(Reason reason, String message) implements Answer {}
  }

  private final TokenValidator validator;
  private final AuthSettings settings;
  private final Clock clock;
  private final AsyncCache<String, Answer> answers;

  CachingTokenValidator(
      TokenValidator validator, AuthSettings settings, Clock clock, Ticker ticker) {
    this.validator = validator;
    this.settings = settings;
    this.clock = clock;
    this.answers =
        Caffeine.newBuilder()
            .maximumSize(AuthSettings.MOST_TOKENS)
            .ticker(ticker)
            .expireAfter(Expiry.creating((String token, Answer answer) -> lifetime(answer)))
            .executor(task -> Thread.ofVirtual().name("token check").start(task))
            .buildAsync();
  }

  private Duration lifetime(Answer answer) {
    return switch (answer) {
      case Answer.Refused refused -> settings.refusedFor();
      case Answer.Accepted accepted ->
          accepted
              .valid()
              .expiry()
              .map(expiry -> Duration.between(clock.instant(), expiry))
              .filter(left -> left.compareTo(settings.acceptedFor()) < 0)
              .orElse(settings.acceptedFor());
    };
  }

  @Override
  public Valid validate(BearerToken token) {
    CompletableFuture<Answer> pending = answers.get(token.fingerprint(), fingerprint -> ask(token));
    return switch (await(pending)) {
      case Answer.Accepted accepted -> requireCurrent(accepted.valid());
      case Answer.Refused refused -> throw new AuthException(refused.reason(), refused.message());
    };
  }

  private Answer ask(BearerToken token) {
    try {
      return new Answer.Accepted(requireCurrent(validator.validate(token)));
    } catch (AuthException failure) {
      if (failure.reason() == Reason.UNAVAILABLE) {
        throw failure;
      }
      return new Answer.Refused(failure.reason(), String.valueOf(failure.getMessage()));
    }
  }

  private Valid requireCurrent(Valid valid) {
    Instant now = clock.instant();
    if (valid.expiry().filter(expiry -> !expiry.isAfter(now)).isPresent()) {
      throw new AuthException(Reason.UNAUTHENTICATED, "This token has expired; sign in again");
    }
    return valid;
  }

  private Answer await(CompletableFuture<Answer> pending) {
    try {
      // Whoever asks gives up by itself; this is for a machine that stands still.
      return pending.get(settings.requestLimit().multipliedBy(2).toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failure) {
      throw failure.getCause() instanceof AuthException refusal
          ? new AuthException(refusal.reason(), String.valueOf(refusal.getMessage()))
          : new CompletionException(failure.getCause());
    } catch (TimeoutException slow) {
      throw new AuthException(Reason.UNAVAILABLE, "The check of this token takes too long");
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new AuthException(Reason.UNAVAILABLE, "The check of this token was cut short");
    }
  }
}
