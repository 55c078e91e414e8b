package io.gatehouse.gateway.http;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.files.OpenFile;
import io.gatehouse.gateway.files.UserFiles;
import io.gatehouse.gateway.session.FileAttributes;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.tika.Tika;
import org.eclipse.jetty.http.ByteRange;

/** Sends files as they are, whole or in part, and only if the client has not got them yet. */
final class Downloads {

  private static final Tika TYPES = new Tika();

  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final UserFiles files;
  private final PagePolicy pages;

  Downloads(UserFiles files, PagePolicy pages) {
    this.files = files;
    this.pages = pages;
  }

  /** The media type that the file's name stands for. */
  static String mediaType(String path) {
    return TYPES.detect(path.substring(path.lastIndexOf('/') + 1));
  }

  /** Sends a picture for a model to look at; anything else is refused. */
  void image(Exchange exchange, Account account, String path) throws IOException {
    String type = mediaType(path);
    if (!type.startsWith("image/")) {
      throw new RefusedException(415, "Unsupported binary file type: " + type);
    }
    send(exchange, account, path);
  }

  /** Sends a file for a browser that may show it as a page. */
  void page(Exchange exchange, Account account, String path) throws IOException {
    send(exchange, account, path, pages.ofPage(mediaType(path), exchange.header("Sec-Fetch-Dest")));
  }

  void send(Exchange exchange, Account account, String path) throws IOException {
    send(exchange, account, path, PagePolicy.of(mediaType(path)));
  }

  private void send(Exchange exchange, Account account, String path, Map<String, String> policy)
      throws IOException {
    try (OpenFile file = files.openFile(account, path)) {
      FileAttributes attributes = file.attributes();
      String tag = "\"%x-%x\"".formatted(attributes.modified().getEpochSecond(), attributes.size());
      describe(exchange, path, attributes, tag);
      policy.forEach(exchange::header);
      if (isCurrent(exchange, attributes, tag)) {
        exchange.status(304);
        return;
      }
      send(exchange, file, tag);
    }
  }

  private static void describe(
      Exchange exchange, String path, FileAttributes attributes, String tag) {
    String type = mediaType(path);
    exchange
        .header("ETag", tag)
        .header("Last-Modified", HTTP_DATE.format(attributes.modified()))
        .header("Accept-Ranges", "bytes")
        .header("Cache-Control", "private, no-cache")
        .header("Content-Type", type.startsWith("text/") ? type + "; charset=utf-8" : type);
  }

  private static boolean isCurrent(Exchange exchange, FileAttributes attributes, String tag) {
    Optional<String> wanted = exchange.header("If-None-Match");
    if (wanted.isPresent()) {
      return List.of(wanted.get().replace("W/", "").split("\\s*,\\s*")).contains(tag)
          || wanted.get().equals("*");
    }
    Instant modified = attributes.modified().truncatedTo(ChronoUnit.SECONDS);
    return exchange
        .header("If-Modified-Since")
        .flatMap(Downloads::date)
        .map(since -> !modified.isAfter(since))
        .orElse(false);
  }

  private static Optional<Instant> date(String text) {
    try {
      return Optional.of(HTTP_DATE.parse(text, Instant::from));
    } catch (DateTimeParseException other) {
      return Optional.empty();
    }
  }

  private static void send(Exchange exchange, OpenFile file, String tag) throws IOException {
    long size = file.attributes().size();
    Optional<List<ByteRange>> ranges = ranges(exchange, size, tag);
    if (ranges.isPresent() && ranges.get().isEmpty()) {
      exchange.status(416).header("Content-Range", ByteRange.toNonSatisfiableHeaderValue(size));
      return;
    }
    // Several ranges at once may be answered with the whole (RFC 9110, section 14.2).
    if (ranges.isPresent() && ranges.get().size() == 1) {
      ByteRange range = ranges.get().getFirst();
      exchange.status(206).header("Content-Range", range.toHeaderValue(size));
      send(exchange, file, range.first(), range.getLength());
    } else {
      send(exchange, file, 0, size);
    }
  }

  /** The satisfiable ranges; nothing where the whole file is asked for. */
  private static Optional<List<ByteRange>> ranges(Exchange exchange, long size, String tag) {
    Optional<String> range = exchange.header("Range").filter(value -> value.startsWith("bytes="));
    boolean stale = exchange.header("If-Range").filter(value -> !value.equals(tag)).isPresent();
    return range.isEmpty() || stale || size == 0
        ? Optional.empty()
        : Optional.of(ByteRange.parse(List.of(range.get()), size));
  }

  private static void send(Exchange exchange, OpenFile file, long offset, long length)
      throws IOException {
    if (exchange.isHead() || length == 0) {
      exchange.length(length);
      return;
    }
    try (InputStream content = file.content(offset, length)) {
      exchange.stream(length, content::transferTo);
    }
  }
}
