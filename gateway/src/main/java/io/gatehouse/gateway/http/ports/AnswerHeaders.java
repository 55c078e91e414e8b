package io.gatehouse.gateway.http.ports;

import io.gatehouse.gateway.http.exchange.RefusedException;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;

/**
 * The headers of a user's server as the client gets them.
 *
 * <p>The answer comes from Open WebUI's own address or from Gatehouse's. So whatever a browser
 * keeps for, or does to, a whole origin is left out: a user's program must not decide that.
 */
final class AnswerHeaders {

  /** Headers that are for the whole origin, for the browser's stores, or for proxies on the way. */
  private static final Set<String> LEFT_OUT =
      Set.of(
          // What the browser keeps for the origin, and sends or does from then on.
          "set-cookie",
          "set-cookie2",
          "clear-site-data",
          "strict-transport-security",
          "public-key-pins",
          "public-key-pins-report-only",
          "expect-ct",
          "alt-svc",
          "alt-used",
          "nel",
          "report-to",
          "reporting-endpoints",
          "accept-ch",
          "accept-ch-lifetime",
          "critical-ch",
          "origin-agent-cluster",
          "service-worker-allowed",
          "set-login",
          "idp-signin-status",
          "activate-storage-access",
          "use-as-dictionary",
          "speculation-rules",
          "supports-loading-mode",
          "x-dns-prefetch-control",
          "x-permitted-cross-domain-policies",
          "p3p",
          // The browser would ask for a password in the name of the origin, and keep it.
          "www-authenticate",
          // It may load and connect before the page's policy counts.
          "link",
          // Commands to a proxy before Gatehouse, such as to send a file of its own.
          "x-sendfile",
          "x-lighttpd-send-file",
          "x-lighttpd-send-tempfile",
          // Made anew here.
          "content-length",
          "content-location",
          "content-security-policy",
          "location",
          "refresh",
          "date",
          "x-content-type-options");

  private static final List<String> LEFT_OUT_PREFIXES =
      List.of(
          "access-control-",
          "x-accel-",
          "x-reproxy-",
          "x-openwebui-",
          "attribution-reporting-",
          "sec-session-",
          "secure-session-",
          "surrogate-");

  private static final Pattern REFRESH =
      Pattern.compile(
          "\\s*([0-9.]{1,10})\\s*(?:[;,]\\s*(?:url\\s*=\\s*)?(.*))?", Pattern.CASE_INSENSITIVE);

  private static final String POLICY = "Content-Security-Policy";

  private final HttpResponse from;
  private final HttpServletResponse to;

  AnswerHeaders(HttpResponse from, HttpServletResponse to) {
    this.from = from;
    this.to = to;
  }

  /** Copies what may pass. */
  void copy() {
    Set<String> ofConnection = new HashSet<>(ForwardedRequest.OF_CONNECTION);
    List<String> connection = new ArrayList<>();
    for (Header header : from.getHeaders("Connection")) {
      connection.add(String.valueOf(header.getValue()));
    }
    ofConnection.addAll(ForwardedRequest.named(connection));
    boolean typed = false;
    for (Header header : from.getHeaders()) {
      String lower = header.getName().toLowerCase(Locale.ROOT);
      boolean second = lower.equals("content-type") && typed;
      if (ofConnection.contains(lower) || !passes(lower) || second) {
        continue;
      }
      typed |= lower.equals("content-type");
      to.addHeader(header.getName(), String.valueOf(header.getValue()));
    }
  }

  static boolean passes(String lower) {
    return !LEFT_OUT.contains(lower) && LEFT_OUT_PREFIXES.stream().noneMatch(lower::startsWith);
  }

  /** The media type without parameters, in lower case; empty if there is none. */
  String type() {
    String type = value("Content-Type").orElse("");
    int end = type.indexOf(';');
    return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }

  /**
   * Sends the proxy's own policy, and the server's with it. They are one header, because Open WebUI
   * keeps only one of several; a browser obeys both, and the second can only forbid more.
   */
  void policy(Optional<String> own) {
    List<String> policies = new ArrayList<>();
    own.ifPresent(policies::add);
    for (Header header : from.getHeaders(POLICY)) {
      policies.add(String.valueOf(header.getValue()));
    }
    if (!policies.isEmpty()) {
      to.setHeader(POLICY, String.join(", ", policies));
    }
  }

  /**
   * Sends where the server redirects to, relative to the request.
   *
   * @throws RefusedException 502 if it leads elsewhere
   */
  void redirect(Redirects redirects, int port) {
    Optional<String> location = value("Location");
    if (location.isPresent()) {
      to.setHeader(
          "Location",
          redirects
              .relative(location.get())
              .orElseThrow(
                  () ->
                      new RefusedException(
                          502,
                          "The program on port "
                              + port
                              + " redirects to another site, which this address must not lead"
                              + " to. Open that site yourself.")));
    }
    value("Refresh")
        .map(REFRESH::matcher)
        .filter(Matcher::matches)
        .ifPresent(refresh -> refresh(refresh, redirects));
  }

  private void refresh(Matcher refresh, Redirects redirects) {
    String url = refresh.group(2);
    if (url == null || url.isBlank()) {
      to.setHeader("Refresh", refresh.group(1));
      return;
    }
    redirects
        .relative(url.strip().replaceAll("^[\"']|[\"']$", ""))
        .ifPresent(relative -> to.setHeader("Refresh", refresh.group(1) + "; url=" + relative));
  }

  private Optional<String> value(String name) {
    return Optional.ofNullable(from.getFirstHeader(name)).map(Header::getValue);
  }
}
