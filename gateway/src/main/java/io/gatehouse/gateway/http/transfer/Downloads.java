package io.gatehouse.gateway.http.transfer;

import io.gatehouse.gateway.files.OpenFile;
import io.gatehouse.gateway.files.UserFiles;
import io.gatehouse.gateway.http.exchange.Exchange;
import io.gatehouse.gateway.http.exchange.RefusedException;
import io.gatehouse.gateway.schedule.Deferred;
import io.gatehouse.gateway.session.AccountPath;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.tika.Tika;
import org.eclipse.jetty.http.ByteRange;

/** Sends files unchanged, whole or in part, unless the client has the current version already. */
public final class Downloads {

  /** The media types of names. Reading their list takes longer than the rest of this class. */
  private static final Deferred<Tika> TYPES = new Deferred<>(Tika::new);

  /** The headers of a request whose answer depends on the version of the file. */
  private static final List<String> CONDITIONS =
      List.of("Range", "If-Range", "If-None-Match", "If-Modified-Since");

  private final UserFiles files;
  private final List<String> binaryTypes;
  private final PagePolicy pages;

  /**
   * @param binaryTypes the beginnings of the media types of binary files that models may have
   */
  public Downloads(UserFiles files, List<String> binaryTypes, PagePolicy pages) {
    this.files = files;
    this.binaryTypes = List.copyOf(binaryTypes);
    this.pages = pages;
  }

  /** The media type that follows from the file's name. */
  public static String mediaType(String path) {
    return TYPES.value().detect(path.substring(path.lastIndexOf('/') + 1));
  }

  /**
   * Sends a binary file for a model, such as a picture to look at.
   *
   * @param file the open file, which the caller closes
   * @throws RefusedException 415 for a type that models may not have
   */
  public void binary(Exchange exchange, String path, OpenFile file) throws IOException {
    String type = mediaType(path);
    if (binaryTypes.stream().noneMatch(type::startsWith)) {
      throw new RefusedException(415, "Unsupported binary file type: " + type);
    }
    send(exchange, path, file, PagePolicy.of(type));
  }

  /** Sends a file for a browser that may show it as a page. */
  void page(Exchange exchange, AccountPath path) throws IOException {
    send(exchange, path, pages.ofPage(mediaType(path.path()), exchange.header("Sec-Fetch-Dest")));
  }

  /** Sends a file as it is. */
  void send(Exchange exchange, AccountPath path) throws IOException {
    send(exchange, path, PagePolicy.of(mediaType(path.path())));
  }

  private void send(Exchange exchange, AccountPath path, Map<String, String> policy)
      throws IOException {
    try (OpenFile file = files.openFile(path.account(), path.path(), exchange.held())) {
      send(exchange, path.path(), file, policy);
    }
  }

  private static void send(
      Exchange exchange, String path, OpenFile file, Map<String, String> policy)
      throws IOException {
    Optional<byte[]> small = file.small();
    Validators validators = validators(exchange, file, small);
    describe(exchange, path, validators);
    policy.forEach(exchange::header);
    if (validators.isCurrent(
        exchange.header("If-None-Match"), exchange.header("If-Modified-Since"))) {
      exchange.status(304);
      return;
    }
    long size = small.map(bytes -> (long) bytes.length).orElse(file.attributes().size());
    send(exchange, size, validators, content(file, small));
  }

  /**
   * Makes the validators of a file. A program in the login tells the stamp, so the stamp is read
   * only where the answer depends on it: for conditions, which Open WebUI's proxy never sends, and
   * for a date before 1970, which may be wrong in SFTP.
   */
  private static Validators validators(Exchange exchange, OpenFile file, Optional<byte[]> small) {
    Instant modified = file.attributes().modified();
    boolean uncertain = modified.isBefore(Instant.EPOCH);
    Instant now = Instant.now();
    if (small.isPresent()) {
      boolean dated = asksForTheDate(exchange) || uncertain;
      return Validators.of(small.get(), modified, dated ? file.stamp() : Optional.empty(), now);
    }
    boolean asked = exchange.isHead() || CONDITIONS.stream().anyMatch(exchange::hasHeader);
    return Validators.of(modified, asked || uncertain ? file.stamp() : Optional.empty(), now);
  }

  private static boolean asksForTheDate(Exchange exchange) {
    return exchange.hasHeader("If-Modified-Since") && !exchange.hasHeader("If-None-Match");
  }

  private static void describe(Exchange exchange, String path, Validators validators) {
    String type = mediaType(path);
    exchange
        .header("Accept-Ranges", "bytes")
        .header("Cache-Control", "private, no-cache")
        .header("Content-Type", type.startsWith("text/") ? type + "; charset=utf-8" : type);
    validators.tag().ifPresent(tag -> exchange.header("ETag", tag));
    validators.lastModifiedText().ifPresent(date -> exchange.header("Last-Modified", date));
  }

  /** Gives some of a file's bytes. */
  @FunctionalInterface
  private interface Bytes {
    InputStream from(long offset, long length);
  }

  private static Bytes content(OpenFile file, Optional<byte[]> small) {
    return small
        .<Bytes>map(
            bytes ->
                (offset, length) -> new ByteArrayInputStream(bytes, (int) offset, (int) length))
        .orElse(file::content);
  }

  private static void send(Exchange exchange, long size, Validators validators, Bytes bytes)
      throws IOException {
    Optional<List<ByteRange>> ranges = ranges(exchange, size, validators);
    if (ranges.isPresent() && ranges.get().isEmpty()) {
      exchange.status(416).header("Content-Range", ByteRange.toNonSatisfiableHeaderValue(size));
      return;
    }
    // A request for several ranges may be answered with the whole file (RFC 9110, section 14.2).
    if (ranges.isPresent() && ranges.get().size() == 1) {
      ByteRange range = ranges.get().getFirst();
      exchange.status(206).header("Content-Range", range.toHeaderValue(size));
      send(exchange, bytes, range.first(), range.getLength());
    } else {
      send(exchange, bytes, 0, size);
    }
  }

  /**
   * The satisfiable ranges of the request; empty if it asks for the whole file, as each HEAD does.
   */
  private static Optional<List<ByteRange>> ranges(
      Exchange exchange, long size, Validators validators) {
    Optional<String> range = exchange.header("Range").filter(value -> value.startsWith("bytes="));
    return range.isEmpty()
            || exchange.isHead()
            || size == 0
            || !validators.continues(exchange.header("If-Range"))
        ? Optional.empty()
        : Optional.of(ByteRange.parse(List.of(range.get()), size));
  }

  private static void send(Exchange exchange, Bytes bytes, long offset, long length)
      throws IOException {
    if (exchange.isHead() || length == 0) {
      exchange.length(length);
      return;
    }
    try (InputStream content = bytes.from(offset, length)) {
      exchange.stream(length, content::transferTo);
    }
  }
}
