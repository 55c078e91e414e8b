package io.gatehouse.gateway.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.io.Content;

/** Reads the one file of a {@code multipart/form-data} body as it comes in. */
final class MultipartUpload {

  private static final int BUFFER = 64 * 1024;
  private static final int LONGEST_PART_HEADERS = 8 * 1024;
  private static final int MOST_PARTS = 16;
  private static final String FIELD = "file";

  private final InputStream body;
  private final long largest;
  private final MultiPart.Parser parser;
  private final byte[] buffer = new byte[BUFFER];

  /** What was parsed of the file and is not written yet: no more than one buffer. */
  private final ByteArrayOutputStream parsed = new ByteArrayOutputStream();

  private Optional<String> fileName = Optional.empty();
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
   * @param largest bytes of the file
   * @throws RefusedException 400 if it is no such body
   * @throws ValidationException if it has no file
   */
  static MultipartUpload open(InputStream body, Optional<String> contentType, long largest)
      throws IOException {
    String boundary =
        contentType
            .filter(type -> type.toLowerCase(Locale.ROOT).startsWith("multipart/form-data"))
            .map(MultiPart::extractBoundary)
            .orElseThrow(MultipartUpload::missingFile);
    MultipartUpload upload = new MultipartUpload(body, boundary, largest);
    while (upload.fileName.isEmpty()) {
      if (upload.complete) {
        throw missingFile();
      }
      upload.parseMore();
    }
    return upload;
  }

  private static ValidationException missingFile() {
    Problems problems = new Problems();
    problems.add("missing", Place.BODY.child(FIELD), "Field required", Json.NODES.missingNode());
    return new ValidationException(problems.all());
  }

  /** The name that the client gives the file, without what looks like folders before it. */
  String fileName() {
    String name = fileName.orElseThrow();
    return name.substring(name.lastIndexOf('/') + 1);
  }

  /** Writes the file and returns its size; fails if the body is not whole. */
  long transferTo(OutputStream out) throws IOException {
    long size = 0;
    while (true) {
      size += parsed.size();
      if (size > largest) {
        throw new RefusedException(413, "a file has at most " + largest + " bytes");
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
      throw new RefusedException(400, "the upload was broken off");
    }
    parser.parse(Content.Chunk.from(ByteBuffer.wrap(buffer, 0, Math.max(count, 0)), count < 0));
    if (failed || (count < 0 && !complete)) {
      throw new RefusedException(400, "the upload is no whole multipart/form-data body");
    }
  }

  /** Follows the parser. */
  private final class Parts implements MultiPart.Parser.Listener {

    private Map<String, String> disposition = new HashMap<>();

    @Override
    public void onPartBegin() {
      disposition = new HashMap<>();
    }

    @Override
    public void onPartHeader(String name, String value) {
      if (name.equalsIgnoreCase("Content-Disposition")) {
        HttpField.getValueParameters(value, disposition);
      }
    }

    @Override
    public void onPartHeaders() {
      String given = disposition.get("filename");
      String extended = disposition.get("filename*");
      inFile =
          FIELD.equals(disposition.get("name"))
              && fileName.isEmpty()
              && (given != null || extended != null);
      if (inFile) {
        String name = extended == null ? String.valueOf(given) : decoded(extended);
        // The name that Open Terminal gives to what has none.
        fileName = Optional.of(name.isEmpty() ? "upload" : name);
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

    /** RFC 5987: {@code UTF-8''name}, percent-encoded. */
    private static String decoded(String extended) {
      String encoded = extended.substring(extended.lastIndexOf('\'') + 1);
      return URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
  }
}
