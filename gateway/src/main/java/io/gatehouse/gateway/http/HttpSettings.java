package io.gatehouse.gateway.http;

import java.util.List;
import java.util.Optional;

/**
 * Where the gateway listens and what it says of itself.
 *
 * @param host the address to bind
 * @param port the port to bind; 0 takes a free one
 * @param corsAllowedOrigins origins of pages that may call directly; {@code *} for all
 * @param systemPrompt what {@code /system} says instead of the default
 * @param offersSystemPrompt whether there is {@code /system} at all
 * @param info what {@code /info} says; without it there is no {@code /info}
 * @param executeDescription what is added to the description of {@code run_command}
 * @param fileBrowserRoot the directory that the file pane shows as its root, with {@code {{home}}}
 *     or {@code ~} for the caller's home; empty: it is not told
 * @param largestBody bytes of a request's body
 * @param largestUpload bytes of one uploaded file
 * @param pagesKeepOrigin whether a page of a user's has the origin of Open WebUI where Open WebUI's
 *     iframe grants it
 */
public record HttpSettings(
    String host,
    int port,
    List<String> corsAllowedOrigins,
    Optional<String> systemPrompt,
    boolean offersSystemPrompt,
    Optional<String> info,
    Optional<String> executeDescription,
    Optional<String> fileBrowserRoot,
    long largestBody,
    long largestUpload,
    boolean pagesKeepOrigin) {

  public static final String DEFAULT_HOST = "0.0.0.0";
  public static final int DEFAULT_PORT = 8000;
  public static final List<String> DEFAULT_CORS_ALLOWED_ORIGINS = List.of("*");

  /** Bytes: a command with its environment is far smaller, a file to write may be this large. */
  public static final long DEFAULT_LARGEST_BODY = 10_000_000;

  /** Bytes: 2 GB. */
  public static final long DEFAULT_LARGEST_UPLOAD = 2_000_000_000;

  public HttpSettings {
    corsAllowedOrigins = List.copyOf(corsAllowedOrigins);
  }
}
