package io.gatehouse.gateway.files;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.Sessions;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;

/**
 * Finds files and directories by their names, with git and find in the user's login: by shell
 * patterns ({@link GlobSearch}), by a part of the name ({@link PartSearch}), and by name, path and
 * content at once ({@link MatchSearch}).
 */
public final class NameSearch {

  /** Bytes of memory of one result or remembered name, without its characters. */
  static final long WEIGHT = 160;

  private final Sessions sessions;

  public NameSearch(Sessions sessions) {
    this.sessions = sessions;
  }

  /** The kind of entries that are wanted. */
  public enum Kind {
    ANY,
    FILE,
    DIRECTORY;

    boolean admits(boolean directory) {
      return this == ANY || (this == DIRECTORY) == directory;
    }
  }

  /**
   * A file or directory that was found.
   *
   * @param path absolute, or relative to the folder that is searched; each operation says which
   * @param modified seconds since 1970
   */
  public record Found(String path, boolean directory, long size, double modified) {

    long weight() {
      return WEIGHT + 2L * path.length();
    }
  }

  /**
   * The result of a search.
   *
   * @param truncated whether there may be more results
   */
  public record Result(List<Found> found, boolean truncated) {

    public Result {
      found = List.copyOf(found);
    }
  }

  /**
   * Finds entries whose name or relative path matches a shell pattern. The paths in the answer are
   * relative.
   *
   * @param held counts the memory of the result
   */
  public Result glob(
      Account account,
      String directory,
      String pattern,
      List<String> exclude,
      Kind kind,
      int most,
      Lease held)
      throws IOException {
    return new GlobSearch(folder(account, directory, held)).run(pattern, exclude, kind, most);
  }

  /**
   * Finds entries by a part of the name, the best matches first. The paths in the answer are
   * absolute.
   *
   * @param held counts the memory of the result
   */
  public Result search(
      Account account,
      String directory,
      String query,
      Kind kind,
      boolean hidden,
      int most,
      Lease held)
      throws IOException {
    return new PartSearch(folder(account, directory, held)).run(query, kind, hidden, most);
  }

  /** A line that matches. The column is the place of the match in UTF-16 units, from 1. */
  public record LineMatch(long line, int column, String text) {}

  /** A file or directory that matches by name, path or content. */
  public record RankedMatch(
      String path, String relativePath, boolean directory, boolean byName, List<LineMatch> lines) {

    public RankedMatch {
      lines = List.copyOf(lines);
    }

    /** The memory of this match without its lines, which are counted before. */
    long weight() {
      return WEIGHT + 2L * (path.length() + relativePath.length());
    }

    public String name() {
      return Paths.name(path);
    }
  }

  /**
   * One page of matches.
   *
   * @param next the offset of the next page; empty if this is the last page
   */
  public record MatchPage(List<RankedMatch> matches, OptionalInt next, boolean truncated) {

    public MatchPage {
      matches = List.copyOf(matches);
    }
  }

  /**
   * Finds entries by name, path and content at once, the best matches first.
   *
   * @param held counts the memory of the result
   */
  public MatchPage matches(
      Account account,
      String directory,
      String query,
      boolean hidden,
      int offset,
      int most,
      Lease held)
      throws IOException {
    return new MatchSearch(folder(account, directory, held)).run(query, hidden, offset, most);
  }

  private SearchedFolder folder(Account account, String directory, Lease held) {
    return new SearchedFolder(sessions, account, directory, held);
  }
}
