package io.gatehouse.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Catches refusals, and holds every one of them to the rule that it tells no secret. */
final class Refusals {

  /** Every token of these tests has this in it, so that one look finds them all. */
  static final String SECRET = "s3cr3t";

  private Refusals() {}

  static AuthException refusal(ThrowingCallable call) {
    AuthException refusal = catchThrowableOfType(AuthException.class, call);
    assertThat(refusal).as("a refusal").isNotNull();
    assertThat(everythingLogged(refusal)).doesNotContainIgnoringCase(SECRET);
    return refusal;
  }

  /** What a log would show: the text, the stack and every cause and suppressed exception. */
  private static String everythingLogged(AuthException refusal) {
    StringWriter text = new StringWriter();
    refusal.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
