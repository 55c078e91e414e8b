package io.gatehouse.gateway.http;

import io.gatehouse.gateway.account.AccountException;
import io.gatehouse.gateway.auth.AuthException;
import io.gatehouse.gateway.exec.ExecutionRefusedException;
import io.gatehouse.gateway.isolation.IsolationException;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.terminal.TerminalRefusedException;
import io.javalin.http.HttpResponseException;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns whatever a request failed with into its one answer, and logs it, once, here. */
final class ErrorTable {

  /** RFC 4918, 11.5. */
  private static final int INSUFFICIENT_STORAGE = 507;

  private static final Logger LOG = LoggerFactory.getLogger(ErrorTable.class);

  private static final int REQUEST_ID_BYTES = 8;

  private final SecureRandom random = new SecureRandom();

  /** What a failed request is answered with. */
  static final class Answer {

    private final int status;
    private final byte[] body;

    private Answer(int status, byte[] body) {
      this.status = status;
      this.body = body;
    }

    private static Answer of(int status, String detail) {
      return new Answer(status, ErrorBody.detail(detail));
    }

    int status() {
      return status;
    }

    byte[] body() {
      return body;
    }
  }

  /**
   * @param request method and path, for the log
   */
  Answer answerTo(Throwable failure, String request) {
    return switch (failure) {
      case AuthException refusal -> logged(request, status(refusal.reason()), refusal);
      case AccountException refusal -> logged(request, status(refusal.reason()), refusal);
      case SessionException refusal -> logged(request, status(refusal.reason()), refusal);
      case FileException refusal -> logged(request, status(refusal.reason()), refusal);
      case ExecutionRefusedException refusal -> logged(request, status(refusal.reason()), refusal);
      case TerminalRefusedException refusal -> refused(request, refusal);
      case IsolationException refusal -> logged(request, status(refusal.reason()), refusal);
      case RefusedException refusal -> logged(request, refusal.status(), refusal);
      case ValidationException problems -> new Answer(422, ErrorBody.problems(problems));
      case HttpResponseException answer ->
          Answer.of(answer.getStatus(), String.valueOf(answer.getMessage()));
      default -> unexpected(failure, request);
    };
  }

  private static int status(AuthException.Reason reason) {
    return switch (reason) {
      case UNAUTHENTICATED -> 401;
      case FORBIDDEN -> 403;
      case BAD_REQUEST -> 400;
      case UNAVAILABLE -> 502;
    };
  }

  private static int status(AccountException.Reason reason) {
    return switch (reason) {
      case CONFLICT -> 409;
      case NO_SPACE -> INSUFFICIENT_STORAGE;
      case REGISTRY, UNAVAILABLE -> 503;
    };
  }

  private static int status(SessionException.Reason reason) {
    return switch (reason) {
      case NO_DIRECTORY, ENDED -> 400;
      case CHANNEL_REFUSED -> 429;
      case UNREACHABLE, LOGIN_REFUSED, NOT_ISOLATED, NOT_STARTED -> 503;
      case TIMED_OUT -> 504;
    };
  }

  private static int status(FileException.Reason reason) {
    return switch (reason) {
      case NOT_FOUND -> 404;
      case DENIED -> 403;
      case EXISTS -> 409;
      case INVALID, FAILED -> 400;
      case TOO_LARGE -> 413;
      case UNSUPPORTED_TYPE -> 415;
      case UNREADABLE -> 422;
      case NO_SPACE -> INSUFFICIENT_STORAGE;
    };
  }

  private static int status(ExecutionRefusedException.Reason reason) {
    return switch (reason) {
      case TOO_MANY -> 429;
      case ENDED -> 400;
    };
  }

  private static int status(IsolationException.Reason reason) {
    return switch (reason) {
      case BUSY -> 429;
      case FAILED, NOT_IN_FORCE -> 503;
    };
  }

  /** Open Terminal's own shape for terminals. */
  private static Answer refused(String request, TerminalRefusedException refusal) {
    int status =
        switch (refusal.reason()) {
          case TOO_MANY -> 429;
          case NOT_FOUND -> 404;
          case ATTACHED -> 409;
        };
    LOG.info("{} -> {}: {}", request, status, refusal.getMessage());
    return new Answer(status, ErrorBody.error(String.valueOf(refusal.getMessage())));
  }

  private static Answer logged(String request, int status, RuntimeException refusal) {
    // Whose disk is full is no riddle, and whoever fills it could fill the log too.
    if (status >= 500 && status != INSUFFICIENT_STORAGE) {
      LOG.warn("{} -> {}: {}", request, status, refusal.getMessage(), refusal.getCause());
    } else {
      LOG.info("{} -> {}: {}", request, status, refusal.getMessage());
    }
    return Answer.of(status, String.valueOf(refusal.getMessage()));
  }

  private Answer unexpected(Throwable failure, String request) {
    byte[] bytes = new byte[REQUEST_ID_BYTES];
    random.nextBytes(bytes);
    String requestId = HexFormat.of().formatHex(bytes);
    LOG.error("{} -> 500, request id {}", request, requestId, failure);
    return Answer.of(500, "Internal error; the server's log has it under request id " + requestId);
  }
}
