package io.gatehouse.gateway.skills;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.MemoryBudget;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.SessionException.Reason;
import io.gatehouse.gateway.session.Sessions;
import io.gatehouse.gateway.skills.SkillReader.Found;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The skills of all accounts. The lists are kept for a short time, because Open WebUI asks for them
 * in each turn of a chat and with each key that is typed in a menu.
 */
public final class Skills {

  private static final Logger LOG = LoggerFactory.getLogger(Skills.class);

  /**
   * How long an answer is given again without a look. A change of a file must be seen within two
   * seconds, and to look at the files takes the rest of that time.
   */
  private static final Duration FRESH = Duration.ofMillis(1500);

  /** Open WebUI waits ten seconds, and a longer wait ends the turn of the chat with an error. */
  private static final Duration LIMIT = Duration.ofSeconds(8);

  /** A user can cause failures as often as they like, and must not fill the log with them. */
  private static final Duration BETWEEN_LINES = Duration.ofMinutes(1);

  private static final Duration KEPT = Duration.ofMinutes(15);

  /** Characters of all that is kept: 16 MB at most. */
  private static final long MOST_KEPT = 8_000_000;

  /** The characters for which an entry counts besides its own. */
  private static final int WEIGHT = 500;

  private final SkillReader reader;
  private final MemoryBudget memory;
  private final Ticker ticker;
  private final Cache<String, Look> looks;

  /** The time of the last line in the log, in nanoseconds of {@link #ticker}. */
  private final AtomicLong logged;

  /** The looks at files that are under way. A user has at most one. */
  private final ConcurrentHashMap<String, CompletableFuture<Look>> underWay =
      new ConcurrentHashMap<>();

  private record Look(Found found, long at) {

    int weight() {
      return WEIGHT + found.skills().stream().mapToInt(each -> WEIGHT + each.length()).sum();
    }
  }

  /**
   * @param etc the folder of the admin's configuration, with {@code skills} for everybody and
   *     {@code skills.d/GROUP}
   */
  public Skills(Sessions sessions, Path etc, MemoryBudget memory) {
    this(sessions, etc, memory, Ticker.systemTicker());
  }

  Skills(Sessions sessions, Path etc, MemoryBudget memory, Ticker ticker) {
    this.reader = new SkillReader(sessions, new SkillPrograms(etc));
    this.memory = memory;
    this.ticker = ticker;
    logged = new AtomicLong(ticker.read() - BETWEEN_LINES.toNanos());
    looks =
        Caffeine.newBuilder()
            .expireAfterAccess(KEPT)
            .maximumWeight(MOST_KEPT)
            .weigher((String user, Look look) -> look.weight())
            .ticker(ticker)
            .build();
  }

  /**
   * The skills of a user's account. Nothing that goes wrong is thrown, because Open WebUI would end
   * the turn of the chat: the list is then empty, and the log says why.
   *
   * @param account opens the account
   */
  public List<Skill> list(String userId, Supplier<Account> account) {
    try {
      return look(userId, account);
    } catch (RuntimeException failure) {
      long now = ticker.read();
      long last = logged.get();
      if (now - last >= BETWEEN_LINES.toNanos() && logged.compareAndSet(last, now)) {
        // The message may name a folder of the user, so only the class is logged.
        LOG.info("no skills are listed: {}", failure.getClass().getSimpleName());
      }
      LOG.debug("no skills are listed", failure);
      return List.of();
    }
  }

  /**
   * The text of a skill; empty if there is none of this name.
   *
   * @param account opens the account
   */
  public Optional<SkillText> read(String userId, Supplier<Account> account, String name) {
    Optional<Skill> skill =
        look(userId, account).stream().filter(each -> each.name().equals(name)).findFirst();
    if (skill.isEmpty()) {
      return Optional.empty();
    }
    try (Lease held = memory.lease(userId)) {
      return reader.text(account.get(), skill.get(), held);
    }
  }

  private List<Skill> look(String userId, Supplier<Account> account) {
    Optional<Look> known = Optional.ofNullable(looks.getIfPresent(userId));
    if (known.isPresent() && ticker.read() - known.get().at() < FRESH.toNanos()) {
      return known.get().found().skills();
    }
    CompletableFuture<Look> mine = new CompletableFuture<>();
    CompletableFuture<Look> running = underWay.putIfAbsent(userId, mine);
    if (running == null) {
      Thread.ofVirtual().name("skills").start(() -> complete(mine, userId, account, known));
    }
    return await(running == null ? mine : running).found().skills();
  }

  /** Goes on after the request has given up, so that the next one finds an answer. */
  private void complete(
      CompletableFuture<Look> mine,
      String userId,
      Supplier<Account> account,
      Optional<Look> known) {
    long begin = ticker.read();
    try (Lease held = memory.lease(userId)) {
      Look look = new Look(reader.read(account.get(), known.map(Look::found), held), begin);
      looks.put(userId, look);
      // This look is removed before its answer is given, so that a request that begins after the
      // answer does not join it.
      underWay.remove(userId, mine);
      mine.complete(look);
    } catch (RuntimeException | Error failure) {
      underWay.remove(userId, mine);
      mine.completeExceptionally(failure);
    }
  }

  private static Look await(CompletableFuture<Look> look) {
    try {
      return look.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      throw new SessionException(Reason.TIMED_OUT, "the skills are not there yet", late);
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(failure.getCause());
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new SessionException(Reason.TIMED_OUT, "the wait for skills was cut short");
    }
  }
}
