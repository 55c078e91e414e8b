package io.gatehouse.gateway.ssh;

/** Quotes text so that a POSIX shell reads it as one word, unchanged. */
final class ShellQuote {

  private ShellQuote() {}

  static String quote(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }
}
