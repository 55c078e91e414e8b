package io.gatehouse.gateway.http.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatehouse.gateway.files.Utf8Text;
import io.gatehouse.gateway.session.Lease;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes the long texts out of a JSON body before it is parsed, and puts them back afterwards.
 *
 * <p>For a moment, Jackson needs up to seven bytes for each byte of a text (its buffer of
 * characters, a builder, a {@code String}), and it cannot read a text in pieces. This class decodes
 * a long text in its place in the body, where it can only become shorter. A text that is not
 * well-formed stays in the body, for Jackson to refuse.
 */
public final class LongTexts {

  /** A text of more bytes than this is long. For shorter texts, Jackson needs little memory. */
  public static final int LONG = 64 * 1024;

  private static final int NONCE_BYTES = 16;
  private static final int BUFFER = 8 * 1024;
  private static final SecureRandom RANDOM = new SecureRandom();

  /** The place of a long text in the body, from its first byte to its closing quote. */
  private record Cut(int start, int end, int decoded, int characters) {}

  private final byte[] body;
  private final List<Cut> cuts = new ArrayList<>();

  /**
   * A random text that the author of the body cannot know. It stands for a long text, followed by
   * the number of its cut.
   */
  private final String nonce;

  private long structure;

  /** Bytes of the long texts that stay in the body. */
  private long left;

  private LongTexts(byte[] body) {
    this.body = body;
    byte[] random = new byte[NONCE_BYTES];
    RANDOM.nextBytes(random);
    this.nonce = HexFormat.of().formatHex(random) + ":";
  }

  /** Takes the long texts out of a body, which the caller must not use afterwards. */
  public static LongTexts cut(byte[] body) {
    LongTexts texts = new LongTexts(body);
    texts.scan();
    return texts;
  }

  /** Finds the long texts. In JSON, quotes only enclose texts, so nothing else is parsed. */
  private void scan() {
    int at = 0;
    while (at < body.length) {
      switch (body[at]) {
        case '"' -> {
          int end = endOfText(at + 1);
          if (end - at > LONG && !isKey(end)) {
            Optional<Cut> text = characters(at + 1, end);
            text.ifPresent(this::decode);
            left += text.isPresent() ? 0 : end - at;
          }
          at = end;
        }
        case ',', ':', '[', '{' -> structure++;
        default -> {}
      }
      at++;
    }
  }

  private int endOfText(int start) {
    int at = start;
    while (at < body.length && body[at] != '"') {
      at += body[at] == '\\' ? 2 : 1;
    }
    return Math.min(at, body.length);
  }

  private boolean isKey(int end) {
    int at = end + 1;
    while (at < body.length && (body[at] == ' ' || (body[at] >= '\t' && body[at] <= '\r'))) {
      at++;
    }
    return at >= body.length || body[at] == ':';
  }

  /** The place of a text, if all its bytes, escapes and pairs of surrogates are well-formed. */
  private Optional<Cut> characters(int start, int end) {
    if (end >= body.length) {
      return Optional.empty();
    }
    for (int at = start; at < end; at++) {
      if (body[at] >= 0 && body[at] < ' ') {
        return Optional.empty();
      }
      if (body[at] == '\\') {
        int length = lengthOfEscape(at, end);
        if (length == 0) {
          return Optional.empty();
        }
        at += length - 1;
      }
    }
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(body, start, end - start);
    CharBuffer out = CharBuffer.allocate(BUFFER);
    CoderResult result;
    do {
      result = decoder.decode(in, out.clear(), true);
    } while (result.isOverflow());
    int followers = 0;
    for (int at = start; at < end; at++) {
      followers += (body[at] & 0xC0) == 0x80 ? 1 : 0;
    }
    return result.isError()
        ? Optional.empty()
        : Optional.of(new Cut(start, end, 0, end - start - followers));
  }

  /** The length of the escape at a byte; 0 if there is none. A pair of surrogates is one escape. */
  private int lengthOfEscape(int at, int end) {
    if (at + 1 >= end || body[at + 1] != 'u') {
      return at + 1 < end && "\"\\/bfnrt".indexOf(body[at + 1]) >= 0 ? 2 : 0;
    }
    int unit = unit(at, end);
    if (unit < 0 || Character.isLowSurrogate((char) unit)) {
      return 0;
    }
    if (!Character.isHighSurrogate((char) unit)) {
      return 6;
    }
    int low = unit(at + 6, end);
    return low >= 0 && Character.isLowSurrogate((char) low) ? 12 : 0;
  }

  /** The number in {@code \}{@code u1234}, or -1. */
  private int unit(int at, int end) {
    if (at + 6 > end || body[at] != '\\' || body[at + 1] != 'u') {
      return -1;
    }
    int unit = 0;
    for (int i = at + 2; i < at + 6; i++) {
      int digit = body[i] < 0 ? -1 : Character.digit(body[i], 16);
      if (digit < 0) {
        return -1;
      }
      unit = unit * 16 + digit;
    }
    return unit;
  }

  private void decode(Cut text) {
    int to = text.start();
    int at = text.start();
    while (at < text.end()) {
      if (body[at] != '\\') {
        body[to++] = body[at++];
      } else if (body[at + 1] != 'u') {
        body[to++] = unescaped(body[at + 1]);
        at += 2;
      } else {
        char unit = (char) unit(at, text.end());
        boolean pair = Character.isHighSurrogate(unit);
        int point = pair ? Character.toCodePoint(unit, (char) unit(at + 6, text.end())) : unit;
        byte[] encoded = Character.toString(point).getBytes(StandardCharsets.UTF_8);
        System.arraycopy(encoded, 0, body, to, encoded.length);
        to += encoded.length;
        at += pair ? 12 : 6;
      }
    }
    cuts.add(new Cut(text.start(), text.end(), to - text.start(), text.characters()));
  }

  private static byte unescaped(byte letter) {
    return switch (letter) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> letter;
    };
  }

  /** The parsed body has at most this many values, keys and lists, and one more. */
  public long structure() {
    return structure;
  }

  /** The bytes of the long texts that stay in the body, because they are not well-formed. */
  public long left() {
    return left;
  }

  /** The number of bytes of the body without the long texts that were taken out. */
  public long restSize() {
    return body.length - cuts.stream().mapToLong(cut -> cut.end() - cut.start()).sum();
  }

  /** The body in which a short text stands for each long text that was taken out. */
  public byte[] rest() {
    if (cuts.isEmpty()) {
      return body;
    }
    ByteArrayOutputStream rest = new ByteArrayOutputStream((int) restSize() + 64 * cuts.size());
    int at = 0;
    for (int i = 0; i < cuts.size(); i++) {
      rest.write(body, at, cuts.get(i).start() - at);
      rest.writeBytes(placeholder(i));
      at = cuts.get(i).end();
    }
    rest.write(body, at, body.length - at);
    return rest.toByteArray();
  }

  private byte[] placeholder(int cut) {
    return (nonce + cut).getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * The number of characters before a place of the body, less those before the same place of {@link
   * #rest}.
   *
   * @param place the place in the rest, in bytes
   */
  public int charactersBefore(long place) {
    int more = 0;
    long start = 0;
    int last = 0;
    for (int i = 0; i < cuts.size(); i++) {
      Cut cut = cuts.get(i);
      int length = placeholder(i).length;
      start += cut.start() - last;
      if (place < start + length) {
        break;
      }
      more += cut.characters() - length;
      start += length;
      last = cut.end();
    }
    return more;
  }

  /** Puts the long texts back into the tree that was parsed from {@link #rest}. */
  public JsonNode restore(JsonNode parsed, Lease lease) {
    if (cuts.isEmpty()) {
      return parsed;
    }
    Map<String, JsonNode> texts = new HashMap<>();
    for (int i = 0; i < cuts.size(); i++) {
      Cut cut = cuts.get(i);
      texts.put(nonce + i, new LongTextNode(new Utf8Text(body, cut.start(), cut.decoded()), lease));
    }
    return restored(parsed, texts);
  }

  /** Puts the texts back, in a tree that is no deeper than {@code JsonBody} allows. */
  private static JsonNode restored(JsonNode node, Map<String, JsonNode> texts) {
    switch (node) {
      case ObjectNode object ->
          object.properties().forEach(field -> field.setValue(restored(field.getValue(), texts)));
      case ArrayNode array -> {
        for (int i = 0; i < array.size(); i++) {
          JsonNode restored = restored(array.get(i), texts);
          if (restored instanceof LongTextNode) {
            var unused = array.set(i, restored);
          }
        }
      }
      default -> {
        return node.isTextual() ? texts.getOrDefault(node.textValue(), node) : node;
      }
    }
    return node;
  }
}
