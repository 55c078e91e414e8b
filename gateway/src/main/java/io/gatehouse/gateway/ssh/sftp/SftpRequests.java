package io.gatehouse.gateway.ssh.sftp;

import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.session.SessionException;
import java.io.IOException;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;

/** Sends requests to an SFTP channel, and turns its refusals into {@code FileException}s. */
final class SftpRequests {

  private final String where;
  private volatile boolean lost;

  SftpRequests(String where) {
    this.where = where;
  }

  /**
   * Whether the channel did not answer in time. Such a channel must not be used again, because it
   * may still answer a request for which nobody waits any more.
   */
  boolean areLost() {
    return lost;
  }

  /** A request with a result. */
  @FunctionalInterface
  interface Request<T> {
    T send() throws IOException;
  }

  /** A request without a result. */
  @FunctionalInterface
  interface Order {
    void send() throws IOException;
  }

  <T> T ask(String path, Request<T> request) {
    try {
      return request.send();
    } catch (SftpException refusal) {
      throw refused(path, refusal);
    } catch (IOException failure) {
      throw lost(failure);
    }
  }

  void tell(String path, Order order) {
    this.<Boolean>ask(
        path,
        () -> {
          order.send();
          return true;
        });
  }

  private static FileException refused(String path, SftpException refusal) {
    return switch (refusal.getStatus()) {
      case SftpConstants.SSH_FX_NO_SUCH_FILE ->
          new FileException(Reason.NOT_FOUND, "There is nothing at " + path, refusal);
      case SftpConstants.SSH_FX_PERMISSION_DENIED ->
          new FileException(Reason.DENIED, "Permission denied: " + path, refusal);
      // OpenSSH sends this for EINVAL and ENAMETOOLONG.
      case SftpConstants.SSH_FX_BAD_MESSAGE ->
          new FileException(Reason.INVALID, "This path is not valid: " + path, refusal);
      default ->
          new FileException(
              Reason.FAILED, "The file system refuses the operation: " + path, refusal);
    };
  }

  private SessionException lost(IOException failure) {
    lost = true;
    return new SessionException(
        SessionException.Reason.TIMED_OUT,
        "the SFTP server does not answer for " + where + "; try again",
        failure);
  }
}
