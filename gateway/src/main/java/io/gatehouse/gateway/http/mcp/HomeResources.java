package io.gatehouse.gateway.http.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.files.Listing;
import io.gatehouse.gateway.files.OpenFile;
import io.gatehouse.gateway.files.UserFiles;
import io.gatehouse.gateway.http.exchange.Exchange;
import io.gatehouse.gateway.http.exchange.JsonWriter;
import io.gatehouse.gateway.http.transfer.Downloads;
import io.gatehouse.gateway.session.AccountPath;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The files of the caller's account as resources. */
final class HomeResources {

  /**
   * The most bytes of a file that can be read as a resource. A larger file is refused; a client can
   * read parts of it with the tool {@code read_file}.
   */
  static final long LARGEST = 8 * 1024 * 1024;

  /** Resources of one page of the list. */
  static final int PAGE = 500;

  /** The bytes of memory of one listed resource until it is written, without its name. */
  private static final long WEIGHT = 400;

  private static final String TEMPLATE = "file:///{+path}";

  private final UserFiles files;

  HomeResources(UserFiles files) {
    this.files = files;
  }

  /** The files at the top of the home, but those whose names begin with a dot. */
  McpSchema.ListResourcesResult list(Exchange exchange, JsonNode cursor) {
    int from = offset(cursor);
    Account account = exchange.openAccount();
    String home = account.home().toString();
    List<Listing.Entry> all =
        files.list(account, home, exchange.held()).entries().stream()
            .filter(entry -> !entry.directory() && !entry.name().startsWith("."))
            .toList();
    List<Listing.Entry> page = all.stream().skip(from).limit(PAGE).toList();
    exchange
        .held()
        .take(page.stream().mapToLong(entry -> WEIGHT + 8L * entry.name().length()).sum());
    String next = from + page.size() < all.size() ? String.valueOf(from + page.size()) : null;
    return new McpSchema.ListResourcesResult(
        page.stream().map(entry -> resource(home + "/" + entry.name(), entry)).toList(),
        next,
        null);
  }

  private static int offset(JsonNode cursor) {
    if (cursor.isMissingNode() || cursor.isNull()) {
      return 0;
    }
    try {
      return Math.max(0, Integer.parseInt(cursor.asText()));
    } catch (NumberFormatException unknown) {
      throw new RpcException(
          ErrorCodes.INVALID_PARAMS, "The cursor must be the nextCursor of an earlier answer");
    }
  }

  private static McpSchema.Resource resource(String path, Listing.Entry entry) {
    return McpSchema.Resource.builder(uri(path), entry.name())
        .mimeType(Downloads.mediaType(path))
        .size(entry.size())
        .build();
  }

  static String uri(String path) {
    try {
      return new URI("file", "", path, null).toASCIIString();
    } catch (URISyntaxException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  static McpSchema.ListResourceTemplatesResult templates() {
    return new McpSchema.ListResourceTemplatesResult(
        List.of(
            McpSchema.ResourceTemplate.builder(TEMPLATE, "file")
                .title("A file")
                .description("A file that the user's account may read, by its absolute path.")
                .build()),
        null,
        null);
  }

  /**
   * Reads a file.
   *
   * @throws RpcException if the URI is none of a file, or the file is too large
   */
  JsonWriter read(Exchange exchange, String uri) throws IOException {
    AccountPath file = exchange.openPath(path(uri));
    byte[] content = content(exchange, file);
    return (json, out) -> {
      json.writeStartObject();
      json.writeArrayFieldStart("contents");
      json.writeStartObject();
      json.writeStringField("uri", uri);
      json.writeStringField("mimeType", Downloads.mediaType(file.path()));
      if (isText(content)) {
        json.writeFieldName("text");
        try (Reader text = new InputStreamReader(new ByteArrayInputStream(content), UTF_8)) {
          json.writeString(text, -1);
        }
      } else {
        json.writeFieldName("blob");
        json.writeBinary(Base64Variants.MIME_NO_LINEFEEDS, content, 0, content.length);
      }
      json.writeEndObject();
      json.writeEndArray();
      json.writeEndObject();
    };
  }

  private byte[] content(Exchange exchange, AccountPath path) throws IOException {
    try (OpenFile file = files.openFile(path.account(), path.path(), exchange.held())) {
      Optional<byte[]> small = file.small();
      if (small.isPresent()) {
        return small.get();
      }
      long size = file.attributes().size();
      if (size > LARGEST) {
        throw new RpcException(
            ErrorCodes.INVALID_PARAMS,
            "This file has "
                + size
                + " bytes; a resource has at most "
                + LARGEST
                + ". Read parts of it with the tool read_file");
      }
      exchange.held().take(2 * size);
      try (InputStream in = file.content(0, size)) {
        return in.readAllBytes();
      }
    }
  }

  static String path(String uri) {
    Optional<URI> parsed = parse(uri);
    boolean isFile =
        parsed
            .filter(
                each ->
                    "file".equalsIgnoreCase(each.getScheme())
                        && Set.of("", "localhost")
                            .contains(Optional.ofNullable(each.getHost()).orElse(""))
                        && each.getRawQuery() == null
                        && each.getRawFragment() == null)
            .map(URI::getPath)
            .filter(path -> path.startsWith("/") && path.indexOf('\0') < 0)
            .isPresent();
    if (!isFile) {
      throw new RpcException(
          ErrorCodes.INVALID_PARAMS,
          "The URI must be that of a file with its absolute path, such as"
              + " file:///home/me/notes.txt");
    }
    return parsed.orElseThrow().getPath();
  }

  private static Optional<URI> parse(String uri) {
    try {
      return Optional.of(new URI(uri));
    } catch (URISyntaxException invalid) {
      return Optional.empty();
    }
  }

  /** Whether the bytes are UTF-8 without a NUL. */
  private static boolean isText(byte[] bytes) {
    CharsetDecoder decoder = UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer some = CharBuffer.allocate(8 * 1024);
    while (true) {
      var result = decoder.decode(in, some, true);
      if (result.isError() || some.flip().chars().anyMatch(each -> each == 0)) {
        return false;
      }
      if (result.isUnderflow()) {
        return true;
      }
      some.clear();
    }
  }
}
