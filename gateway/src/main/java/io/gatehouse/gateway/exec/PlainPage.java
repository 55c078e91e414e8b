package io.gatehouse.gateway.exec;

import io.gatehouse.gateway.screen.Transcript;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;

/** The part of an execution's output that a client asked for, as a person would have seen it. */
public final class PlainPage {

  /** Takes the text piece by piece. */
  @FunctionalInterface
  public interface Writer {

    /** Takes the next piece, which has a few kilobytes. */
    void write(String text) throws IOException;
  }

  /**
   * The number of entries before the page's first entry that are read to restore the state of the
   * screen. An entry has at most 8 KiB.
   */
  static final int BEFORE = 32;

  private static final long WEIGHT_OF_BYTE = 4;
  private static final long MOST_WEIGHT = 512 * 1024;

  /** The most characters of a piece. */
  private static final int PIECE = 16 * 1024;

  private final String id;
  private final String userId;
  private final Page page;
  private final Optional<Transcript> known;
  private final PlainPages pages;
  private final boolean isLast;

  /**
   * Makes the plain form of a page of the log.
   *
   * @param page the page, with some entries before its first entry, unless a transcript of these
   *     entries is known
   * @param isLast whether no more output can follow; then the terminal's state is not kept
   */
  PlainPage(
      String id,
      String userId,
      Page page,
      Optional<Transcript> known,
      PlainPages pages,
      boolean isLast) {
    this.id = id;
    this.userId = userId;
    this.page = page;
    this.known = known;
    this.pages = pages;
    this.isLast = isLast;
  }

  /**
   * Bytes of memory that the plain form takes while it is written, in addition to the page: pieces
   * of text, and the screen and lines of a terminal, which are small if there is little output.
   */
  public long weight() {
    return Math.min(WEIGHT_OF_BYTE * page.length(), MOST_WEIGHT);
  }

  /** The offset to ask for next, counted in entries. */
  public long nextOffset() {
    return page.nextOffset();
  }

  /** Whether output is missing; final only after {@link #write}. */
  public boolean truncated() {
    return page.truncated();
  }

  /**
   * Writes the text in pieces.
   *
   * @throws IOException when the writer fails
   */
  public void write(Writer writer) throws IOException {
    Duration patience = pages.begin(userId);
    try {
      Pieces pieces = new Pieces(writer);
      Transcript transcript = known.orElseGet(pages::fresh);
      boolean[] begun = {known.isPresent()};
      // Entries before the page only restore the terminal's state and are not shown.
      transcript.begin(known.isPresent() ? pieces::add : text -> {}, patience);
      page.readTexts(
          (entry, text) -> {
            if (!begun[0] && entry >= page.first()) {
              begun[0] = true;
              transcript.begin(pieces::add, patience);
            }
            transcript.write(text);
          });
      if (!begun[0]) {
        transcript.begin(pieces::add, patience);
      }
      transcript.end();
      pieces.end();
      if (!isLast) {
        pages.keep(id, page.nextOffset(), transcript);
      }
    } catch (UncheckedIOException failure) {
      throw failure.getCause();
    } finally {
      pages.end(userId, patience);
    }
  }

  private static final class Pieces {

    private final Writer writer;
    private final StringBuilder piece = new StringBuilder();

    Pieces(Writer writer) {
      this.writer = writer;
    }

    void add(String text) {
      piece.append(text);
      if (piece.length() >= PIECE) {
        try {
          end();
        } catch (IOException failure) {
          throw new UncheckedIOException(failure);
        }
      }
    }

    void end() throws IOException {
      if (!piece.isEmpty()) {
        writer.write(piece.toString());
        piece.setLength(0);
      }
    }
  }
}
