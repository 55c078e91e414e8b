package io.gatehouse.gateway.http.transfer;

import io.gatehouse.gateway.http.exchange.RefusedException;
import io.gatehouse.gateway.http.json.Json;
import io.gatehouse.gateway.http.problem.Place;
import io.gatehouse.gateway.http.problem.Problems;
import io.gatehouse.gateway.http.problem.ValidationException;
import io.gatehouse.gateway.session.FileNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/**
 * Reads the one file of a {@code multipart/form-data} body as it comes in.
 *
 * <p>Jetty's parser finds the parts. In their headers it turns tabs into blanks, refuses other
 * control characters and loses bytes that are not UTF-8. A file's name may have all of these, so
 * the headers are also kept as they came.
 */
final class MultipartUpload {

  private static final int BUFFER = 64 * 1024;
  private static final int LONGEST_PART_HEADERS = 8 * 1024;
  private static final int MOST_PARTS = 16;
  private static final String FIELD = "file";
  private static final String DISPOSITION = "Content-Disposition:";

  private final InputStream body;
  private final long largest;
  private final MultiPart.Parser parser;
  private final byte[] buffer = new byte[BUFFER];

  /** The bytes of the file that are parsed and not yet written; no more than one buffer. */
  private final ByteArrayOutputStream parsed = new ByteArrayOutputStream();

  /** The headers of the part that begins, until they are complete. */
  private final ByteArrayOutputStream headers = new ByteArrayOutputStream();

  private Optional<FormDisposition> file = Optional.empty();
  private boolean inHeaders;
  private boolean inFile;
  private boolean complete;
  private boolean failed;

  private MultipartUpload(InputStream body, String boundary, long largest) {
    this.body = body;
    this.largest = largest;
    this.parser = new MultiPart.Parser(boundary, new Parts());
    parser.setPartHeadersMaxLength(LONGEST_PART_HEADERS);
    parser.setMaxParts(MOST_PARTS);
  }

  /**
   * Reads up to the beginning of the file.
   *
   * @param largest the most bytes of the file
   * @throws RefusedException 400 if the body is not multipart/form-data
   * @throws ValidationException if it has no file
   */
  static MultipartUpload open(InputStream body, Optional<String> contentType, long largest)
      throws IOException {
    String boundary =
        contentType
            .filter(type -> type.toLowerCase(Locale.ROOT).startsWith("multipart/form-data"))
            .map(MultipartUpload::boundary)
            .orElseThrow(MultipartUpload::missingFile);
    MultipartUpload upload = new MultipartUpload(body, boundary, largest);
    while (upload.file.isEmpty()) {
      if (upload.complete) {
        throw missingFile();
      }
      upload.parseMore();
    }
    return upload;
  }

  private static @Nullable String boundary(String contentType) {
    try {
      return MultiPart.extractBoundary(contentType);
    } catch (IllegalArgumentException malformed) {
      throw new RefusedException(
          400,
          "the Content-Type must be multipart/form-data; boundary=..., with both quotes or none");
    }
  }

  private static ValidationException missingFile() {
    Problems problems = new Problems();
    problems.add("missing", Place.BODY.child(FIELD), "Field required", Json.NODES.missingNode());
    return new ValidationException(problems.all());
  }

  /**
   * The name that the client gives the file, without the folders before it: Chromium sends them
   * with each file of a folder that is uploaded.
   *
   * @throws RefusedException 400 if the name cannot be decoded
   */
  String fileName() {
    String name = file.orElseThrow().fileName();
    // Open Terminal gives this name to a file without a name.
    return name.isEmpty() ? "upload" : name.substring(name.lastIndexOf('/') + 1);
  }

  /** Writes the file and returns its size; fails if the body is not complete. */
  long transferTo(OutputStream out) throws IOException {
    long size = 0;
    while (true) {
      size += parsed.size();
      if (size > largest) {
        throw new RefusedException(413, "an uploaded file must have at most " + largest + " bytes");
      }
      parsed.writeTo(out);
      parsed.reset();
      if (complete) {
        return size;
      }
      parseMore();
    }
  }

  private void parseMore() throws IOException {
    int count;
    try {
      count = body.read(buffer);
    } catch (IOException failure) {
      throw new RefusedException(
          400, "the upload ended before the file was complete; send it again");
    }
    int parsedBytes = 0;
    while (file.isEmpty() && !failed && parsedBytes < count) {
      parsedBytes += parseLine(parsedBytes, count);
    }
    parse(buffer, parsedBytes, Math.max(count, 0) - parsedBytes, count < 0);
    if (failed || (count < 0 && !complete)) {
      throw new RefusedException(
          400, "the upload must be a complete multipart/form-data body; send it again");
    }
  }

  /**
   * Parses to the end of a line, or of the bytes that were read.
   *
   * @return the number of bytes that were parsed
   */
  private int parseLine(int begin, int end) {
    int next = begin;
    while (next < end && buffer[next++] != '\n') {
      // The loop searches the end of the line.
    }
    byte[] harmless = Arrays.copyOfRange(buffer, begin, next);
    for (int i = 0; i < harmless.length; i++) {
      if (isRefusedByJetty(harmless[i])) {
        harmless[i] = '?';
      }
    }
    parse(harmless, 0, harmless.length, false);
    if (inHeaders) {
      headers.write(buffer, begin, next - begin);
    }
    return next - begin;
  }

  private static boolean isRefusedByJetty(byte value) {
    return (value >= 0 && value < ' ' && value != '\r' && value != '\n') || value == 0x7F;
  }

  private void parse(byte[] bytes, int offset, int length, boolean last) {
    parser.parse(Content.Chunk.from(ByteBuffer.wrap(bytes, offset, length), last));
  }

  /** The header that names the field and the file. */
  private FormDisposition disposition() {
    // A line that begins with a blank continues the line before it (RFC 5322, section 2.2.3).
    String text = FileNames.decode(headers.toByteArray()).replaceAll("\r?\n([ \t])", "$1");
    return text.lines()
        .filter(line -> line.regionMatches(true, 0, DISPOSITION, 0, DISPOSITION.length()))
        .findFirst()
        .map(line -> FormDisposition.parse(line.substring(DISPOSITION.length())))
        .orElseGet(() -> FormDisposition.parse(""));
  }

  /** Listens to Jetty's parser. */
  private final class Parts implements MultiPart.Parser.Listener {

    @Override
    public void onPartBegin() {
      headers.reset();
      inHeaders = true;
    }

    @Override
    public void onPartHeaders() {
      inHeaders = false;
      if (file.isEmpty()) {
        file = Optional.of(disposition()).filter(part -> part.isFile(FIELD));
        inFile = file.isPresent();
      }
    }

    @Override
    public void onPartContent(Content.Chunk chunk) {
      if (inFile) {
        ByteBuffer bytes = chunk.getByteBuffer();
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        parsed.writeBytes(copy);
      }
    }

    @Override
    public void onPartEnd() {
      inFile = false;
    }

    @Override
    public void onComplete() {
      complete = true;
    }

    @Override
    public void onFailure(Throwable failure) {
      failed = true;
    }
  }
}
