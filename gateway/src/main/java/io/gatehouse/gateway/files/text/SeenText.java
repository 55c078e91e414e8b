package io.gatehouse.gateway.files.text;

import io.gatehouse.gateway.session.Lease;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A text as clients see it, with the bytes that each U+FFFD in it stands for.
 *
 * @param text the text as clients see it
 * @param replaced the bytes of each U+FFFD, in the order of the text; an empty array means that
 *     this U+FFFD is a character of the text itself and is encoded like any other. The arrays are
 *     shared and never changed.
 */
public record SeenText(String text, List<byte[]> replaced) {

  public static final char UNREADABLE = '\uFFFD';

  private static final byte[] ITSELF = {};
  private static final int BUFFER = 8 * 1024;

  /**
   * Bytes of memory for each U+FFFD: in this list, in the list of an edited text, and in the array
   * of sources.
   */
  private static final long WEIGHT_OF_REPLACED = 24;

  /** Memory is counted for this many U+FFFD at a time. */
  private static final int STEP = 4 * 1024;

  /**
   * Decodes bytes into a text, and keeps the bytes that the decoder cannot read.
   *
   * @param held counts the memory of the kept bytes
   */
  public static SeenText decode(byte[] bytes, Charset charset, Lease held) {
    CharsetDecoder decoder = charset.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(BUFFER);
    StringBuilder text = new StringBuilder(bytes.length);
    List<byte[]> replaced = new ArrayList<>();
    Map<ByteBuffer, byte[]> known = new HashMap<>();
    int counted = 0;
    CoderResult result;
    do {
      for (; counted < replaced.size(); counted += STEP) {
        held.take(WEIGHT_OF_REPLACED * STEP);
      }
      result = decoder.decode(in, out, true);
      result = result.isUnderflow() ? decoder.flush(out) : result;
      append(out, text, replaced);
      if (result.isError()) {
        byte[] unreadable = new byte[result.length()];
        in.get(unreadable);
        text.append(UNREADABLE);
        // Even millions of unreadable bytes have only few different values, so equal arrays are
        // shared.
        replaced.add(known.computeIfAbsent(ByteBuffer.wrap(unreadable), ByteBuffer::array));
      }
    } while (!result.isUnderflow());
    return new SeenText(text.toString(), replaced);
  }

  private static void append(CharBuffer out, StringBuilder text, List<byte[]> replaced) {
    out.flip();
    for (int i = 0; i < out.length(); i++) {
      if (out.charAt(i) == UNREADABLE) {
        replaced.add(ITSELF);
      }
    }
    text.append(out);
    out.clear();
  }

  /** The bytes of the text. */
  public byte[] encode(Charset charset) throws CharacterCodingException {
    CharsetEncoder encoder = charset.newEncoder();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    int at = 0;
    for (byte[] each : replaced) {
      int next = text.indexOf(UNREADABLE, at);
      write(encoder, text.substring(at, each.length == 0 ? next + 1 : next), bytes);
      bytes.writeBytes(each);
      at = next + 1;
    }
    write(encoder, text.substring(at), bytes);
    return bytes.toByteArray();
  }

  private static void write(CharsetEncoder encoder, String text, ByteArrayOutputStream bytes)
      throws CharacterCodingException {
    if (!text.isEmpty()) {
      ByteBuffer encoded = encoder.encode(CharBuffer.wrap(text));
      bytes.write(encoded.array(), encoded.arrayOffset(), encoded.limit());
    }
  }

  /**
   * Returns the kept bytes with another text, which must have the same U+FFFD in the same order.
   */
  public SeenText withText(String other) {
    return new SeenText(other, replaced);
  }

  /**
   * Puts a replacement in each place of the target between {@code start} and {@code end}. A U+FFFD
   * of the target that the replacement repeats keeps its bytes.
   *
   * @param occurrences finds the target
   */
  public SeenText replace(
      String target, Occurrences occurrences, String replacement, int start, int end) {
    if (target.isEmpty()) {
      throw new IllegalArgumentException("the target must not be empty");
    }
    int[] sources = sources(target, replacement);
    StringBuilder result = new StringBuilder(text.length());
    List<byte[]> kept = new ArrayList<>(replaced.size());
    int targets = count(target, 0, target.length());
    int seen = 0;
    int at = 0;
    for (int found = occurrences.next(text, start, end);
        found >= 0;
        found = occurrences.next(text, at, end)) {
      int between = replaced.isEmpty() ? 0 : count(text, at, found);
      result.append(text, at, found).append(replacement);
      kept.addAll(replaced.subList(seen, seen + between));
      seen += between;
      for (int source : sources) {
        kept.add(source < 0 ? ITSELF : replaced.get(seen + source));
      }
      seen += targets;
      at = found + target.length();
    }
    result.append(text, at, text.length());
    kept.addAll(replaced.subList(seen, replaced.size()));
    return new SeenText(result.toString(), kept);
  }

  /**
   * Replaces parts of the text, which come in their order. A U+FFFD that a replacement repeats from
   * its part keeps its bytes.
   */
  public SeenText splice(List<Splice> splices) {
    StringBuilder result = new StringBuilder(text.length());
    List<byte[]> kept = new ArrayList<>(replaced.size());
    int seen = 0;
    int at = 0;
    for (Splice each : splices) {
      int between = replaced.isEmpty() ? 0 : count(text, at, each.start());
      result.append(text, at, each.start()).append(each.replacement());
      kept.addAll(replaced.subList(seen, seen + between));
      seen += between;
      String target = text.substring(each.start(), each.end());
      for (int source : sources(target, each.replacement())) {
        kept.add(source < 0 ? ITSELF : replaced.get(seen + source));
      }
      seen += count(target, 0, target.length());
      at = each.end();
    }
    result.append(text, at, text.length());
    kept.addAll(replaced.subList(seen, replaced.size()));
    return new SeenText(result.toString(), kept);
  }

  /** Replaces the whole text. A U+FFFD that the new text repeats keeps its bytes. */
  public SeenText replaceWhole(String other) {
    List<byte[]> kept = new ArrayList<>();
    for (int source : sources(text, other)) {
      kept.add(source < 0 ? ITSELF : replaced.get(source));
    }
    return new SeenText(other, kept);
  }

  /**
   * For each U+FFFD of the replacement, the index of the U+FFFD of the target whose bytes it keeps,
   * or -1 if it is new. A U+FFFD in the common end of both texts is matched by its place from the
   * end, any other by its place from the start.
   */
  private static int[] sources(String target, String replacement) {
    int shorter = Math.min(target.length(), replacement.length());
    int prefix = 0;
    while (prefix < shorter && target.charAt(prefix) == replacement.charAt(prefix)) {
      prefix++;
    }
    int suffix = 0;
    while (suffix < shorter - prefix
        && target.charAt(target.length() - 1 - suffix)
            == replacement.charAt(replacement.length() - 1 - suffix)) {
      suffix++;
    }
    int after = count(target, target.length() - suffix, target.length());
    int inTarget = count(target, 0, target.length());
    int inReplacement = count(replacement, 0, replacement.length());
    int[] sources = new int[inReplacement];
    for (int i = 0; i < inReplacement; i++) {
      int fromEnd = inReplacement - i;
      sources[i] = fromEnd <= after ? inTarget - fromEnd : i < inTarget - after ? i : -1;
    }
    return sources;
  }

  private static int count(String text, int start, int end) {
    int count = 0;
    for (int at = text.indexOf(UNREADABLE, start);
        at >= 0 && at < end;
        at = text.indexOf(UNREADABLE, at + 1)) {
      count++;
    }
    return count;
  }
}
