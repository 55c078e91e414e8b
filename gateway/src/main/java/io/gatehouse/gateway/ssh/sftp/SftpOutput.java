package io.gatehouse.gateway.ssh.sftp;

import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import java.io.OutputStream;

/**
 * Writes a file over SFTP. A failure that SFTP does not explain is reported as a full disk, because
 * nothing else prevents writing to a file that is open.
 */
final class SftpOutput extends OutputStream {

  private final SftpRequests requests;
  private final String path;
  private final OutputStream out;

  SftpOutput(SftpRequests requests, String path, OutputStream out) {
    super();
    this.requests = requests;
    this.path = path;
    this.out = out;
  }

  @Override
  public void write(int value) {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    tellWriting(() -> out.write(bytes, offset, length));
  }

  @Override
  public void flush() {
    tellWriting(out::flush);
  }

  @Override
  public void close() {
    tellWriting(out::close);
  }

  private void tellWriting(SftpRequests.Order order) {
    try {
      requests.tell(path, order);
    } catch (FileException failure) {
      throw failure.reason() == Reason.FAILED
          ? new FileException(
              Reason.NO_SPACE,
              "The disk or the quota is full; delete files, then try again",
              failure)
          : failure;
    }
  }
}
