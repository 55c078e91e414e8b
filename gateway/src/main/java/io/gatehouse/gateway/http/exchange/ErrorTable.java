package io.gatehouse.gateway.http.exchange;

import io.gatehouse.gateway.account.AccountException;
import io.gatehouse.gateway.auth.AuthException;
import io.gatehouse.gateway.exec.ExecutionRefusedException;
import io.gatehouse.gateway.http.problem.ValidationException;
import io.gatehouse.gateway.isolation.IsolationException;
import io.gatehouse.gateway.notebooks.NotebookException;
import io.gatehouse.gateway.session.BudgetException;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.terminal.TerminalRefusedException;
import io.javalin.http.HttpResponseException;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Makes the answer to a failed request from its exception, and logs the failure. No other code logs
 * it.
 */
public final class ErrorTable {

  /** The status of a full disk (RFC 4918, section 11.5). */
  private static final int INSUFFICIENT_STORAGE = 507;

  private static final Logger LOG = LoggerFactory.getLogger(ErrorTable.class);

  private static final int REQUEST_ID_BYTES = 8;

  private final RefusalLog log;
  private final SecureRandom random = new SecureRandom();

  /** The status and the body that answer a failed request. */
  public static final class Answer {

    private final int status;
    private final byte[] body;

    private Answer(int status, byte[] body) {
      this.status = status;
      this.body = body;
    }

    private static Answer of(int status, String detail) {
      return new Answer(status, ErrorBody.detail(detail));
    }

    public int status() {
      return status;
    }

    public byte[] body() {
      return body;
    }
  }

  /**
   * The origin of a failed request, for the log.
   *
   * @param route the method and the path of the route table, and never the path of the request,
   *     which may name a user's file
   * @param who the account, the user or the address that asked
   * @param anonymous whether the request has no credential at all
   */
  public record Origin(String route, String who, boolean anonymous) {}

  /** Makes a table whose refusals are logged by this log. */
  public ErrorTable(RefusalLog log) {
    this.log = log;
  }

  public Answer answerTo(Throwable failure, Origin origin) {
    return switch (failure) {
      case AuthException refusal -> refused(origin, refusal);
      case AccountException refusal -> logged(origin, status(refusal.reason()), refusal, true);
      case SessionException refusal -> refused(origin, refusal);
      case FileException refusal -> refused(origin, refusal);
      case ExecutionRefusedException refusal ->
          logged(
              origin,
              status(refusal.reason()),
              refusal,
              refusal.reason() == ExecutionRefusedException.Reason.TOO_MANY);
      case TerminalRefusedException refusal -> refused(origin, refusal);
      case NotebookException refusal -> refused(origin, refusal);
      case IsolationException refusal -> logged(origin, status(refusal.reason()), refusal, true);
      case BudgetException refusal -> logged(origin, status(refusal.reason()), refusal, true);
      case RefusedException refusal -> refused(origin, refusal);
      case ValidationException problems -> new Answer(422, ErrorBody.problems(problems));
      case HttpResponseException answer ->
          Answer.of(answer.getStatus(), String.valueOf(answer.getMessage()));
      default -> unexpected(failure, origin);
    };
  }

  /**
   * A request without credentials is no attempt to get in, and is logged at DEBUG: Open WebUI
   * itself asks for {@code /system} without credentials whenever it reads a connection.
   */
  private Answer refused(Origin origin, AuthException refusal) {
    int status = status(refusal.reason());
    boolean concerns = status != 401 || !origin.anonymous();
    // The path is left out, so that a caller without credentials cannot fill the log with paths.
    Origin told = status == 401 ? new Origin("a request", origin.who(), false) : origin;
    return logged(told, status, refusal, concerns);
  }

  private Answer refused(Origin origin, SessionException refusal) {
    boolean concerns =
        switch (refusal.reason()) {
          case NO_DIRECTORY, ENDED -> false;
          default -> true;
        };
    return logged(origin, status(refusal.reason()), refusal, refusal.forLog(), concerns);
  }

  /**
   * Answers a failure with a file. The log has the reason only, because the message names the file.
   */
  private Answer refused(Origin origin, FileException refusal) {
    boolean concerns =
        switch (refusal.reason()) {
          case DENIED, NO_SPACE, FAILED -> true;
          case NOT_FOUND, EXISTS, CONFLICT, INVALID, TOO_LARGE, UNSUPPORTED_TYPE, UNREADABLE ->
              false;
        };
    return logged(origin, status(refusal.reason()), refusal, refusal.reason().name(), concerns);
  }

  private Answer refused(Origin origin, RefusedException refusal) {
    boolean concerns = refusal.concern().isPresent() || refusal.status() == 429;
    return logged(
        origin,
        refusal.status(),
        refusal,
        refusal.concern().orElseGet(() -> String.valueOf(refusal.getMessage())),
        concerns);
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
      case DISABLED -> 403;
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
      case EXISTS, CONFLICT -> 409;
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

  private static int status(BudgetException.Reason reason) {
    return switch (reason) {
      case TOO_LARGE -> 413;
      case TOO_MUCH_OF_USER, TOO_MUCH_OF_ALL -> 429;
    };
  }

  /** Answers a refused terminal, in Open Terminal's own shape for terminals. */
  private Answer refused(Origin origin, TerminalRefusedException refusal) {
    int status =
        switch (refusal.reason()) {
          case TOO_MANY -> 429;
          case NOT_FOUND, OF_ANOTHER_USER -> 404;
          case ATTACHED -> 409;
        };
    boolean concerns =
        switch (refusal.reason()) {
          case TOO_MANY, OF_ANOTHER_USER -> true;
          case NOT_FOUND, ATTACHED -> false;
        };
    String rule =
        refusal.reason() == TerminalRefusedException.Reason.OF_ANOTHER_USER
            ? "asks for another user's terminal"
            : String.valueOf(refusal.getMessage());
    var unused = logged(origin, status, refusal, rule, concerns);
    return new Answer(status, ErrorBody.error(String.valueOf(refusal.getMessage())));
  }

  /** Logs only the reason, because the message may name the user's file. */
  private Answer refused(Origin origin, NotebookException refusal) {
    int status =
        switch (refusal.reason()) {
          case FILE_NOT_FOUND, NO_SESSION, OF_ANOTHER_USER -> 404;
          case INVALID, OUT_OF_RANGE -> 400;
          case BUSY -> 409;
          case TOO_MANY -> 429;
          case NOT_STARTED -> 500;
          case NOT_INSTALLED -> 501;
          case BROKEN -> 502;
        };
    boolean concerns =
        switch (refusal.reason()) {
          case OF_ANOTHER_USER, TOO_MANY, BROKEN -> true;
          default -> false;
        };
    return logged(origin, status, refusal, refusal.reason().name(), concerns);
  }

  private Answer logged(Origin origin, int status, RuntimeException refusal, boolean concerns) {
    return logged(origin, status, refusal, String.valueOf(refusal.getMessage()), concerns);
  }

  /**
   * @param rule why the request is refused, without any name or path of a user's file
   * @param concerns whether an admin should know of the refusal: an attack, a limit, a wrong
   *     setting, a fault. Refusals that come from a user's own files and commands concern the user
   *     only, and may come every second.
   */
  private Answer logged(
      Origin origin, int status, RuntimeException refusal, String rule, boolean concerns) {
    String line = origin.route() + " -> " + status + " for " + origin.who() + ": " + rule;
    if (!concerns) {
      log.write(Level.DEBUG, line, Optional.empty());
      // A full disk needs no stack trace to be understood.
    } else if (status >= 500 && status != INSUFFICIENT_STORAGE) {
      log.write(Level.WARN, line, Optional.ofNullable(refusal.getCause()));
    } else {
      log.write(Level.INFO, line, Optional.empty());
    }
    return Answer.of(status, String.valueOf(refusal.getMessage()));
  }

  /** Logs an answer that failed half-way. The client learns of it by the broken connection only. */
  public void logBrokenAnswer(Throwable failure, Origin origin) {
    String line = "the answer of " + origin.route() + " to " + origin.who() + " broke off: ";
    switch (failure.getCause()) {
      case FileException known -> log.write(Level.WARN, line + known.reason(), Optional.empty());
      case SessionException known -> log.write(Level.WARN, line + known.reason(), Optional.empty());
      case BudgetException known -> log.write(Level.INFO, line + known.reason(), Optional.empty());
      // The message may name the user's file, so only the class is logged.
      case IOException known ->
          log.write(Level.WARN, line + known.getClass().getSimpleName(), Optional.empty());
      case null, default ->
          LOG.error("the answer of {} to {} broke off", origin.route(), origin.who(), failure);
    }
  }

  private Answer unexpected(Throwable failure, Origin origin) {
    byte[] bytes = new byte[REQUEST_ID_BYTES];
    random.nextBytes(bytes);
    String requestId = HexFormat.of().formatHex(bytes);
    LOG.error("{} -> 500 for {}, request id {}", origin.route(), origin.who(), requestId, failure);
    return Answer.of(
        500,
        "Internal error; an administrator finds the cause in the server's log under request id "
            + requestId);
  }
}
