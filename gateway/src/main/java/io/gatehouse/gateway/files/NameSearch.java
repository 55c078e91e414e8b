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

  /** Bytes of memory of what is found or remembered, without characters. */
  static final long WEIGHT = 160;

  private final Sessions sessions;

  public NameSearch(Sessions sessions) {
    this.sessions = sessions;
  }

  /** What kind of entries are wanted. */
  public enum Kind {
    ANY,
    FILE,
    DIRECTORY;

    boolean admits(boolean directory) {
      return this == ANY || (this == DIRECTORY) == directory;
    }
  }

  /**
   * Something that was found.
   *
   * @param path absolute, or relative to where the search began, as the operation says
   * @param modified seconds since 1970
   */
  public record Found(String path, boolean directory, long size, double modified) {

    long weight() {
      return WEIGHT + 2L * path.length();
    }
  }

  /**
   * All that was found.
   *
   * @param truncated whether there may be more
   */
  public record Result(List<Found> found, boolean truncated) {

    public Result {
      found = List.copyOf(found);
    }
  }

  /**
   * Finds by shell patterns, in name or relative path; paths in the answer are relative.
   *
   * @param held what is found is held on
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
   * Finds by a part of the name, the best matches first; paths in the answer are absolute.
   *
   * @param held what is found is held on
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

  /** A line that matches, with the place of the match in UTF-16 units from 1. */
  public record LineMatch(long line, int column, String text) {}

  /** A file or directory that matches by name, path or content. */
  public record RankedMatch(
      String path, String relativePath, boolean directory, boolean byName, List<LineMatch> lines) {

    public RankedMatch {
      lines = List.copyOf(lines);
    }

    /** Without that of the lines, which are there before. */
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
   * @param next where the next page begins; empty if this is the last
   */
  public record MatchPage(List<RankedMatch> matches, OptionalInt next, boolean truncated) {

    public MatchPage {
      matches = List.copyOf(matches);
    }
  }

  /**
   * Finds by name, path and content at once, the best matches first.
   *
   * @param held what is found is held on
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
