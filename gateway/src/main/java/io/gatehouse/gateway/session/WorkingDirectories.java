package io.gatehouse.gateway.session;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.gatehouse.gateway.account.Account;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Remembers the working directory of every chat, and says what a path means in it. */
public final class WorkingDirectories {

  /** Bytes of memory for all: some 50,000 chats, of which browsers choose how many there are. */
  private static final long MOST = 16 * 1024 * 1024;

  /** Bytes of memory of one, without the characters of its directory and ids. */
  private static final int WEIGHT = 200;

  /** What models write for "my home", whatever the account is called; Open Terminal reads it so. */
  private static final List<String> HOME_ALIASES = List.of("/home/user", "/home/usr");

  private final Cache<ChatScope, String> directories;

  /**
   * @param timeToLive how long a chat's directory is remembered after its last use
   */
  public WorkingDirectories(Duration timeToLive) {
    this(timeToLive, Ticker.systemTicker());
  }

  WorkingDirectories(Duration timeToLive, Ticker ticker) {
    directories =
        Caffeine.newBuilder()
            .expireAfterAccess(timeToLive)
            .maximumWeight(MOST)
            .weigher(WorkingDirectories::weight)
            .ticker(ticker)
            .build();
  }

  private static int weight(ChatScope scope, String directory) {
    int characters =
        directory.length() + scope.userId().length() + scope.chatId().map(String::length).orElse(0);
    return WEIGHT + 2 * characters;
  }

  /** The chat's directory, or the account's home if the chat has none. */
  public String of(ChatScope scope, Account account) {
    String home = account.home().toString();
    if (scope.chatId().isEmpty()) {
      return home;
    }
    String directory = directories.getIfPresent(scope);
    return directory == null ? home : directory;
  }

  /** Makes this the chat's directory; nothing happens for a request that belongs to no chat. */
  public void remember(ChatScope scope, String directory) {
    if (scope.chatId().isPresent()) {
      directories.put(scope, directory);
    }
  }

  /** The absolute path that a client's path means in this chat. */
  public String resolve(ChatScope scope, Account account, String path) {
    return resolve(account, of(scope, account), path);
  }

  /**
   * The absolute path that a client's path means: seen from the base, with {@code .} and {@code ..}
   * taken out, and with the general names for the home put right.
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

  // Not java.nio.file.Path: that refuses names which the machine's locale cannot spell.
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
