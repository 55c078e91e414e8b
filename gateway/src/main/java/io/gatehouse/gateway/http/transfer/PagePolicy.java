package io.gatehouse.gateway.http.transfer;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes the {@code Content-Security-Policy} that says what a user's file may do in a browser that
 * shows it.
 *
 * <p>Open WebUI serves these files under its own address. A page with Open WebUI's origin can act
 * as the person who looks at it, so no file has that origin by default.
 *
 * <p>Open WebUI shows a page in an iframe whose {@code sandbox} attribute follows the user's
 * settings. A browser withholds what the attribute withholds and also what the policy withholds, so
 * the default policy leaves all that the attribute can grant, except the origin. No header grants
 * the origin in a frame and withholds it from a page that is opened by itself: {@code sandbox}
 * counts for both; {@code Cross-Origin-Opener-Policy} together with {@code sandbox} does not keep
 * Chromium 156 from opening the page; and Open WebUI's proxy drops {@code Sec-Fetch-Dest}, which
 * would tell the two apart. So the admin decides.
 */
public final class PagePolicy {

  public static final String POLICY = "Content-Security-Policy";

  /**
   * The policy that withholds the origin only. Scripts, forms and downloads are all that Open
   * WebUI's iframe can grant besides it.
   */
  private static final String NOBODY = "sandbox allow-scripts allow-forms allow-downloads";

  /**
   * The policy for answers of a user's server. Besides the rights above, it has those that Open
   * WebUI's iframe for ports gives: windows and dialogs. The iframe for files does not give these.
   */
  private static final String SERVER = NOBODY + " allow-popups allow-modals";

  /**
   * The policy by which only Open WebUI's own pages may show a page in an iframe. Other sites would
   * set no sandbox.
   */
  private static final String FRAMED_BY_OPEN_WEBUI = "frame-ancestors 'self'";

  private static final Set<String> PAGES = Set.of("text/html", "application/xhtml+xml");

  /** The values of {@code Sec-Fetch-Dest} that browsers send for a frame. */
  private static final Set<String> FRAMES = Set.of("iframe", "frame");

  private final boolean keepsOrigin;

  /**
   * @param keepsOrigin whether a page has the origin of its address if the iframe around it grants
   *     that. Then the page has this origin also when it is opened by itself, unless the request
   *     tells that it is
   */
  public PagePolicy(boolean keepsOrigin) {
    this.keepsOrigin = keepsOrigin;
  }

  /**
   * The headers of a file that Open WebUI may show as a page in its iframe.
   *
   * @param destination the request's {@code Sec-Fetch-Dest}; empty if a proxy drops it
   */
  Map<String, String> ofPage(String type, Optional<String> destination) {
    if (!keepsOrigin || !PAGES.contains(type)) {
      return of(type);
    }
    boolean framed = destination.map(FRAMES::contains).orElse(true);
    return Map.of(POLICY, framed ? FRAMED_BY_OPEN_WEBUI : NOBODY, "Vary", "Sec-Fetch-Dest");
  }

  /**
   * The headers of an answer of a user's own server.
   *
   * @param type the media type, empty if there is none
   * @param destination as in {@link #ofPage}
   */
  public Map<String, String> ofServer(String type, Optional<String> destination) {
    if (type.equals("application/pdf")) {
      return Map.of();
    }
    if (!keepsOrigin) {
      return Map.of(POLICY, SERVER);
    }
    boolean framed = destination.map(FRAMES::contains).orElse(true);
    return Map.of(POLICY, framed ? FRAMED_BY_OPEN_WEBUI : SERVER, "Vary", "Sec-Fetch-Dest");
  }

  /**
   * The headers of any other file. Browsers run scripts in HTML and in every kind of XML. A list of
   * such types would never be complete, so the policy is there for all types. PDF is the exception,
   * because browsers show no PDF in a sandbox, and its scripts reach no page.
   */
  static Map<String, String> of(String type) {
    return type.equals("application/pdf") ? Map.of() : Map.of(POLICY, NOBODY);
  }
}
