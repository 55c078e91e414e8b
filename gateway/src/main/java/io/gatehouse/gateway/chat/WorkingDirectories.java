package io.gatehouse.gateway.chat;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.gatehouse.gateway.account.Account;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Remembers the working directory of every chat, and says what a path means in it. */
public final class WorkingDirectories {

  /**
   * The most chats remembered for all users. Each costs a few hundred bytes, and browsers choose
   * how many there are.
   */
  private static final int MOST_CHATS = 50_000;

  /** The most chats remembered for one user. Further ones replace the user's oldest. */
  private static final int MOST_CHATS_OF_USER = 1_000;

  /** A directory counts as one more chat for every so many characters. The longest has 4,095. */
  private static final int LONG = 256;

  /**
   * Paths that models write for the home, whatever the account is called. Open Terminal also reads
   * them as the home.
   */
  private static final List<String> HOME_ALIASES = List.of("/home/user", "/home/usr");

  /** The directory of each chat, by user and then by chat. */
  private final Cache<String, Cache<String, String>> directories;

  private final Duration timeToLive;
  private final Ticker ticker;

  /**
   * @param timeToLive how long a chat's directory is remembered after its last use
   */
  public WorkingDirectories(Duration timeToLive) {
    this(timeToLive, Ticker.systemTicker());
  }

  WorkingDirectories(Duration timeToLive, Ticker ticker) {
    this.timeToLive = timeToLive;
    this.ticker = ticker;
    directories =
        Caffeine.newBuilder()
            .expireAfterAccess(timeToLive)
            .maximumWeight(MOST_CHATS)
            .weigher(
                (String user, Cache<String, String> chats) ->
                    (int) Math.min(MOST_CHATS_OF_USER, 1 + chats.estimatedSize()))
            .ticker(ticker)
            .build();
  }

  private Cache<String, String> noChats() {
    return Caffeine.newBuilder()
        .expireAfterAccess(timeToLive)
        .maximumWeight(MOST_CHATS_OF_USER)
        .weigher((String chat, String directory) -> 1 + directory.length() / LONG)
        .ticker(ticker)
        .build();
  }

  /** The chat's directory, or the account's home if the chat has none. */
  String of(ChatScope scope, Account account) {
    String home = account.home().toString();
    return scope
        .chatId()
        .flatMap(
            chat ->
                Optional.ofNullable(directories.getIfPresent(scope.userId()))
                    .map(chats -> chats.getIfPresent(chat)))
        .orElse(home);
  }

  /** Remembers this as the chat's directory; does nothing for a request that belongs to no chat. */
  public void remember(ChatScope scope, String directory) {
    scope
        .chatId()
        .ifPresent(
            chat -> {
              Cache<String, String> chats = directories.get(scope.userId(), user -> noChats());
              chats.put(chat, directory);
              // The cache weighs an entry only when it is put, so it is put again.
              directories.put(scope.userId(), chats);
            });
  }

  /** How many chats are remembered; for tests. */
  long size() {
    directories.cleanUp();
    return directories.asMap().values().stream()
        .peek(Cache::cleanUp)
        .mapToLong(Cache::estimatedSize)
        .sum();
  }

  /** The account as this chat sees it now. */
  public Workspace workspace(ChatScope scope, Account account) {
    return new Workspace(scope, account, of(scope, account));
  }

  /**
   * The absolute path that a client's path means: relative paths begin at the base, {@code .} and
   * {@code ..} are taken out, and {@link #HOME_ALIASES} become the account's home.
   */
  public static String resolve(Account account, String base, String path) {
    String home = account.home().toString();
    for (String alias : HOME_ALIASES) {
      if (path.equals(alias) || path.startsWith(alias + "/")) {
        return normalise(home + path.substring(alias.length()));
      }
    }
    return normalise(path.startsWith("/") ? path : base + "/" + path);
  }

  // This does not use java.nio.file.Path, which refuses names that the machine's locale cannot
  // spell.
  private static String normalise(String path) {
    Deque<String> names = new ArrayDeque<>();
    for (String name : path.split("/+", -1)) {
      switch (name) {
        case "", "." -> {}
        case ".." -> names.pollLast();
        default -> names.addLast(name);
      }
    }
    return "/" + String.join("/", names);
  }
}
