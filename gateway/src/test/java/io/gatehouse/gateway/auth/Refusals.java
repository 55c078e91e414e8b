package io.gatehouse.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Catches refusals, and checks that none of them shows a secret. */
final class Refusals {

  /** Every token of these tests contains this text, so that one search finds them all. */
  static final String SECRET = "s3cr3t";

  private Refusals() {}

  static AuthException refusal(ThrowingCallable call) {
    AuthException refusal = catchThrowableOfType(AuthException.class, call);
    assertThat(refusal).as("a refusal").isNotNull();
    assertThat(everythingLogged(refusal)).doesNotContainIgnoringCase(SECRET);
    return refusal;
  }

  /**
   * Everything that a log would show: the text, the stack, and every cause and suppressed
   * exception.
   */
  private static String everythingLogged(AuthException refusal) {
    StringWriter text = new StringWriter();
    refusal.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
