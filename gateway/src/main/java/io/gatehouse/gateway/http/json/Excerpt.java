package io.gatehouse.gateway.http.json;

/** Cuts a text from a request to the length that an error answer repeats. */
public final class Excerpt {

  private static final int LONGEST = 100;

  private Excerpt() {}

  public static String of(String text) {
    if (text.codePointCount(0, text.length()) <= LONGEST) {
      return Json.wellFormed(text);
    }
    return Json.wellFormed(text.substring(0, text.offsetByCodePoints(0, LONGEST))) + "…";
  }
}
