package io.gatehouse.gateway.http.json;

import com.fasterxml.jackson.databind.node.TextNode;
import io.gatehouse.gateway.files.Utf8Text;
import io.gatehouse.gateway.session.Lease;
import org.jspecify.annotations.Nullable;

/** A long text of a body, which becomes a {@code String} only when it is asked for as one. */
public final class LongTextNode extends TextNode {

  private static final long serialVersionUID = 1L;

  /**
   * Bytes of heap for each byte of the text: for the {@code String} with two bytes for each
   * character, the copy while it is made, and the copies of the code that types or replaces the
   * text.
   */
  private static final long WEIGHT = 8;

  private final transient Utf8Text utf8;
  private final transient Lease lease;
  private transient @Nullable String text;

  LongTextNode(Utf8Text utf8, Lease lease) {
    super("");
    this.utf8 = utf8;
    this.lease = lease;
  }

  public Utf8Text utf8() {
    return utf8;
  }

  @Override
  public String textValue() {
    String known = text;
    if (known == null) {
      lease.take(WEIGHT * utf8.length());
      known = utf8.text();
      text = known;
    }
    return known;
  }

  @Override
  public String asText() {
    return textValue();
  }

  @Override
  public String asText(String unused) {
    return textValue();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
