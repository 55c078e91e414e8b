package io.gatehouse.gateway.http;

import io.gatehouse.gateway.account.AccountName;
import io.gatehouse.gateway.account.Accounts;
import io.gatehouse.gateway.auth.Caller;
import io.gatehouse.gateway.auth.User;
import io.gatehouse.gateway.http.exchange.BrokenAnswerException;
import io.gatehouse.gateway.http.exchange.ClientGoneException;
import io.gatehouse.gateway.http.exchange.ErrorTable;
import io.gatehouse.gateway.http.exchange.RequestRest;
import io.javalin.http.Context;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests that fail, as {@link ErrorTable} says, and closes connections on which an answer
 * broke off.
 */
final class FailureAnswers {

  private static final Logger LOG = LoggerFactory.getLogger(FailureAnswers.class);

  private final ErrorTable errors;
  private final Accounts accounts;

  FailureAnswers(ErrorTable errors, Accounts accounts) {
    this.errors = errors;
    this.accounts = accounts;
  }

  void answer(Exception failure, Context context) {
    ErrorTable.Origin origin = origin(context);
    if (failure instanceof ClientGoneException) {
      LOG.debug("{}: {}", origin.route(), failure.toString());
      return;
    }
    if (failure instanceof BrokenAnswerException) {
      errors.logBrokenAnswer(failure, origin);
      // The client would take anything that is sent now for the rest of the answer.
      RequestService.connection(context).getEndPoint().close(failure);
      return;
    }
    if (!RequestRest.discard(context.req())) {
      context.header("Connection", "close");
    }
    ErrorTable.Answer answer = errors.answerTo(failure, origin);
    if (answer.status() == 401) {
      // RFC 9110, section 11.6.1; clients of MCP look for it.
      context.header("WWW-Authenticate", "Bearer");
    }
    context.status(answer.status()).contentType("application/json").result(answer.body());
  }

  private ErrorTable.Origin origin(Context context) {
    String route = context.attribute(RequestService.ROUTE);
    Caller caller = context.attribute(RequestService.CALLER);
    Optional<User> user = caller == null ? Optional.empty() : caller.user();
    return new ErrorTable.Origin(
        route == null ? context.method() + " on an unknown path" : route,
        nameOf(user).orElseGet(() -> context.req().getRemoteAddr()),
        context.header("Authorization") == null);
  }

  private Optional<String> nameOf(Optional<User> user) {
    return user.flatMap(accounts::nameOf)
        .map(AccountName::value)
        .or(() -> user.map(known -> "user " + known.id()));
  }

  /** Makes the answer to a failure within a request that is answered itself. */
  ErrorTable.Answer answerTo(Exception failure, String route, Optional<User> user) {
    return errors.answerTo(
        failure, new ErrorTable.Origin(route, nameOf(user).orElse("nobody"), false));
  }
}
