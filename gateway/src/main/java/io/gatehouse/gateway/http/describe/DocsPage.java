package io.gatehouse.gateway.http.describe;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * The page {@code /docs}: Swagger UI over the OpenAPI document, from memory and from no other host.
 *
 * <p>Every address in it is relative, so it works behind any prefix that a proxy adds.
 */
final class DocsPage {

  /**
   * The header that says from which sources the page may load. It is sent with the page and with
   * its files.
   */
  static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self'"
          + " data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors"
          + " 'none'";

  private static final String VERSION = "/META-INF/maven/org.webjars/swagger-ui/pom.properties";
  private static final String WEBJAR = "/META-INF/resources/webjars/swagger-ui/";

  private static final String HTML =
      """
      <!DOCTYPE html>
      <html lang="en">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <title>Gatehouse</title>
          <link rel="stylesheet" href="{folder}swagger-ui.css">
          <link rel="stylesheet" href="{folder}index.css">
          <link rel="icon" type="image/png" href="{folder}favicon-32x32.png">
        </head>
        <body>
          <div id="swagger-ui"></div>
          <script src="{folder}swagger-ui-bundle.js"></script>
          <script src="{folder}docs.js"></script>
        </body>
      </html>
      """;

  private final Asset page = html("docs/");
  private final Asset pageWithSlash = html("");
  private final Map<String, Asset> assets;

  /** Reads the files from the class path. */
  DocsPage() {
    String webjar = WEBJAR + webjarVersion() + "/";
    assets =
        Map.of(
            "swagger-ui.css", asset(webjar + "swagger-ui.css", "text/css; charset=utf-8"),
            "index.css", asset(webjar + "index.css", "text/css; charset=utf-8"),
            "swagger-ui-bundle.js",
                asset(webjar + "swagger-ui-bundle.js", "text/javascript; charset=utf-8"),
            "favicon-32x32.png", asset(webjar + "favicon-32x32.png", "image/png"),
            "docs.js", asset("docs.js", "text/javascript; charset=utf-8"));
  }

  /**
   * The page itself. Its relative addresses depend on the path of the request.
   *
   * @param requestPath the path of the request, {@code /docs} or {@code /docs/}
   */
  Asset page(String requestPath) {
    return requestPath.endsWith("/") ? pageWithSlash : page;
  }

  /** A file of the page; empty if the page needs no file of this name. */
  Optional<Asset> asset(String name) {
    return Optional.ofNullable(assets.get(name));
  }

  private static Asset html(String folder) {
    return new Asset(
        "text/html; charset=utf-8",
        HTML.replace("{folder}", folder).getBytes(StandardCharsets.UTF_8));
  }

  private static Asset asset(String resource, String contentType) {
    return new Asset(contentType, read(resource));
  }

  private static String webjarVersion() {
    try (InputStream stream = open(VERSION)) {
      Properties properties = new Properties();
      properties.load(stream);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException("read " + VERSION, e);
    }
  }

  private static byte[] read(String resource) {
    try (InputStream stream = open(resource)) {
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("read " + resource, e);
    }
  }

  private static InputStream open(String resource) {
    InputStream stream = DocsPage.class.getResourceAsStream(resource);
    if (stream == null) {
      throw new IllegalStateException(resource + " is not on the class path");
    }
    return stream;
  }
}
