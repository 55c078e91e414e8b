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
import org.jspecify.annotations.Nullable;

/**
 * Copies the headers of a user's server to the answer for the client, and leaves some out.
 *
 * <p>The browser gets the answer from the address of Open WebUI or of Gatehouse. Headers whose
 * effect is on this whole origin are left out, because a user's program must not decide about it.
 */
final class AnswerHeaders {

  /** Headers that affect the whole origin, the browser's stores, or the proxies on the way. */
  private static final Set<String> LEFT_OUT =
      Set.of(
          // The browser keeps these for the origin, and obeys them from then on.
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
          // The browser would ask for a password on behalf of the origin, and keep the password.
          "www-authenticate",
          // The browser may load a link before the page's policy applies.
          "link",
          // A proxy before Gatehouse would send a file of its own machine.
          "x-sendfile",
          "x-lighttpd-send-file",
          "x-lighttpd-send-tempfile",
          // Gatehouse writes these itself, if they are needed.
          "cache-control",
          "content-length",
          "content-location",
          "content-type",
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
          // Caches of content delivery networks keep an answer for all users by these.
          "cdn-",
          "cloudflare-",
          "akamai-",
          "edge-",
          "netlify-",
          "vercel-",
          "fastly-",
          "attribution-reporting-",
          "sec-session-",
          "secure-session-",
          "surrogate-");

  private static final Pattern REFRESH =
      Pattern.compile(
          "\\s*([0-9.]{1,10})\\s*(?:[;,]\\s*(?:url\\s*=\\s*)?(.*))?", Pattern.CASE_INSENSITIVE);

  private static final String POLICY = "Content-Security-Policy";
  private static final String PDF = "application/pdf";

  /** The form of a header's name (RFC 9110, section 5.6.2). */
  private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  /** The directives of Cache-Control that let a cache keep an answer for all users. */
  private static final Pattern SHARED =
      Pattern.compile("public|private|s-maxage(\\s*=.*)?|proxy-revalidate");

  private final HttpResponse from;
  private final HttpServletResponse to;

  AnswerHeaders(HttpResponse from, HttpServletResponse to) {
    this.from = from;
    this.to = to;
  }

  /** Copies the headers that may pass. */
  void copy() {
    Set<String> ofConnection = new HashSet<>(ForwardedRequest.OF_CONNECTION);
    List<String> connection = new ArrayList<>();
    for (Header header : from.getHeaders("Connection")) {
      connection.add(String.valueOf(header.getValue()));
    }
    ofConnection.addAll(ForwardedRequest.named(connection));
    for (Header header : from.getHeaders()) {
      String lower = header.getName().toLowerCase(Locale.ROOT);
      if (!ofConnection.contains(lower) && passes(lower)) {
        to.addHeader(header.getName(), String.valueOf(header.getValue()));
      }
    }
    to.setHeader("Content-Type", sentType());
    to.setHeader("Cache-Control", cacheControl());
  }

  /**
   * The one Content-Type that the client gets, or null if the server has sent none. Javalin has set
   * a type before, which must not go out beside the server's.
   *
   * <p>PDF is sent without parameters. It is the only type without a policy ({@link
   * io.gatehouse.gateway.http.transfer.PagePolicy}), and browsers take {@code application/pdf;a=b,
   * text/html} for a page.
   */
  private @Nullable String sentType() {
    return type().equals(PDF) ? PDF : value("Content-Type").orElse(null);
  }

  /**
   * The server's Cache-Control without permission for caches that several users share. The address
   * of a port is the same for all users, so such a cache would give the page of one user to
   * another.
   */
  private String cacheControl() {
    List<String> directives = new ArrayList<>(List.of("private"));
    for (Header header : from.getHeaders("Cache-Control")) {
      for (String each : String.valueOf(header.getValue()).split(",", -1)) {
        String directive = each.strip();
        if (!directive.isEmpty() && !SHARED.matcher(directive.toLowerCase(Locale.ROOT)).matches()) {
          directives.add(directive);
        }
      }
    }
    return String.join(", ", directives);
  }

  /** A name of another form is left out, because clients differ in how they read such a name. */
  static boolean passes(String lower) {
    return NAME.matcher(lower).matches()
        && !LEFT_OUT.contains(lower)
        && LEFT_OUT_PREFIXES.stream().noneMatch(lower::startsWith);
  }

  /** The media type without parameters, in lower case; empty if there is none. */
  String type() {
    String type = value("Content-Type").orElse("");
    int end = type.indexOf(';');
    return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }

  /**
   * Sends the proxy's own policy together with the policies of the server. They are one header,
   * because Open WebUI keeps only one of several headers. A browser obeys all policies in it, so
   * the server's policies can only forbid more.
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
   * Sends the server's redirect with an address that is relative to the request's.
   *
   * @throws RefusedException 502 if the redirect leads to another site
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
                              + " redirects to another site. A redirect must stay within the"
                              + " program; open the other site in a tab of its own.")));
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
