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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Remembers for a short time what another validator said about a token.
 *
 * <p>Accepted tokens are believed no longer than {@link AuthSettings#positiveTtl()} and never past
 * their own end, refused tokens stay refused for {@link AuthSettings#negativeTtl()}. If Open WebUI
 * gives no usable answer, nothing is remembered. Callers who come with the same token at the same
 * time share one check.
 *
 * <p>The cache has hashes of tokens and no tokens. A flood of unknown tokens does not push out the
 * tokens in use, because Caffeine keeps the entries that are used most often.
 */
public final class CachingTokenValidator implements TokenValidator {

  private final TokenValidator validator;
  private final AuthSettings settings;
  private final Clock clock;
  private final AsyncCache<String, Answer> answers;

  public CachingTokenValidator(TokenValidator validator, AuthSettings settings) {
    this(
        validator,
        settings,
        Clock.systemUTC(),
        Ticker.systemTicker(),
        task -> Thread.ofVirtual().name("token check").start(task));
  }

  CachingTokenValidator(
      TokenValidator validator,
      AuthSettings settings,
      Clock clock,
      Ticker ticker,
      Executor executor) {
    this.validator = validator;
    this.settings = settings;
    this.clock = clock;
    this.answers =
        Caffeine.newBuilder()
            .maximumSize(settings.cacheSize())
            .expireAfter(Expiry.<String, Answer>creating((hash, answer) -> timeToLive(answer)))
            .ticker(ticker)
            .executor(executor)
            .buildAsync();
  }

  @Override
  public ValidatedUser validate(BearerToken token) {
    return await(answers.get(token.sha256(), hash -> ask(hash, token))).at(clock.instant());
  }

  @Override
  public ValidatedUser validateAgain(BearerToken token) {
    forget(token.sha256());
    return validate(token);
  }

  /** The number of answers that are remembered; for tests. */
  long size() {
    answers.synchronous().cleanUp();
    return answers.synchronous().estimatedSize();
  }

  private Answer ask(String hash, BearerToken token) {
    try {
      return new Accepted(validator.validate(token));
    } catch (AuthException refusal) {
      if (refusal.reason() == Reason.UNAVAILABLE) {
        forget(hash);
      }
      return new Refused(refusal.reason(), refusal.getMessage());
    } catch (RuntimeException failure) {
      forget(hash);
      throw failure;
    }
  }

  /**
   * Forgets the answer about a token. A check that fails calls this before it ends, so that whoever
   * comes after its end starts a new check.
   */
  private void forget(String hash) {
    answers.synchronous().invalidate(hash);
  }

  /**
   * Waits for a check, no longer than it may take. It never cancels the check, because other
   * callers may wait for it too.
   */
  private Answer await(CompletableFuture<Answer> question) {
    try {
      // The check itself gives up after one timeout. The second timeout is for a machine under
      // load.
      long limit = settings.requestTimeout().multipliedBy(2).toNanos();
      return question.get(limit, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new AuthException(Reason.UNAVAILABLE, OpenWebUiTokenValidator.TOO_SLOW);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AuthException(Reason.UNAVAILABLE, "The token check was interrupted; try again");
    } catch (ExecutionException e) {
      throw new IllegalStateException("a token check failed unexpectedly", e.getCause());
    }
  }

  private Duration timeToLive(Answer answer) {
    return switch (answer) {
      case Refused refused -> settings.negativeTtl();
      case Accepted accepted -> timeToLive(accepted.validated());
    };
  }

  private Duration timeToLive(ValidatedUser validated) {
    Instant now = clock.instant();
    if (validated.isExpiredAt(now)) {
      return settings.negativeTtl();
    }
    return validated
        .expiresAt()
        .map(end -> Duration.between(now, end))
        .filter(rest -> rest.compareTo(settings.positiveTtl()) < 0)
        .orElse(settings.positiveTtl());
  }

  /** The remembered answer about one token. */
  private sealed interface Answer {

    /** Answers one caller; a refusal is a new exception each time, never a shared one. */
    ValidatedUser at(Instant now);
  }

  private record Accepted(ValidatedUser validated) implements Answer {

    @Override
    public ValidatedUser at(Instant now) {
      if (validated.isExpiredAt(now)) {
        throw new AuthException(
            Reason.UNAUTHENTICATED, "Your Open WebUI session has ended; sign in again");
      }
      return validated;
    }
  }

  private record Refused(Reason reason, String message) implements Answer {

    @Override
    public ValidatedUser at(Instant now) {
      throw new AuthException(reason, message);
    }
  }
}
