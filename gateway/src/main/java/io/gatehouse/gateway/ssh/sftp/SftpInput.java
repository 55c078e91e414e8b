package io.gatehouse.gateway.ssh.sftp;

import java.io.InputStream;

/** Reads a part of a file over SFTP. */
final class SftpInput extends InputStream {

  private final SftpRequests requests;
  private final String path;
  private final InputStream in;
  private long left;

  SftpInput(SftpRequests requests, String path, InputStream in, long length) {
    super();
    this.requests = requests;
    this.path = path;
    this.in = in;
    this.left = length;
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    if (left == 0) {
      return -1;
    }
    int count = requests.ask(path, () -> in.read(target, offset, (int) Math.min(length, left)));
    left -= Math.max(count, 0);
    return count;
  }

  @Override
  public void close() {
    requests.tell(path, in::close);
  }
}
