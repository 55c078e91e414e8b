package io.gatehouse.gateway.ssh.sftp;

import io.gatehouse.gateway.session.FileNames;
import java.io.IOException;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.sftp.client.SftpErrorDataHandler;
import org.apache.sshd.sftp.client.SftpVersionSelector;
import org.apache.sshd.sftp.client.impl.DefaultSftpClient;
import org.apache.sshd.sftp.client.impl.SftpResponse;
import org.apache.sshd.sftp.common.SftpConstants;

/**
 * An SFTP client for OpenSSH that takes names of any bytes and OpenSSH's extensions of version 3.
 */
public final class SftpChannel extends DefaultSftpClient {

  /** The names of two extensions of OpenSSH (see its PROTOCOL file, sections 4.3 and 4.4). */
  private static final String POSIX_RENAME = "posix-rename@openssh.com";

  private static final String STATVFS = "statvfs@openssh.com";

  /** The flag of a read-only file system: SSH2_FXE_STATVFS_ST_RDONLY. */
  private static final long READ_ONLY = 1;

  public SftpChannel(ClientSession session) throws IOException {
    super(
        session,
        SftpVersionSelector.fixedVersionSelector(SftpConstants.SFTP_V3),
        SftpErrorDataHandler.EMPTY);
  }

  @Override
  protected String getReferencedName(int command, Buffer buffer, int index) {
    return FileNames.decode(buffer.getBytes());
  }

  @Override
  protected <B extends Buffer> B putReferencedName(int command, B buffer, String name, int index) {
    buffer.putBytes(FileNames.encode(name));
    return buffer;
  }

  /** Renames in one step, also over a file that exists. */
  void posixRename(String from, String to) throws IOException {
    Buffer request = extended(POSIX_RENAME);
    putReferencedName(SftpConstants.SSH_FXP_EXTENDED, request, from, 0);
    putReferencedName(SftpConstants.SSH_FXP_EXTENDED, request, to, 1);
    checkCommandStatus(SftpConstants.SSH_FXP_EXTENDED, request);
  }

  /**
   * The numbers in the answer to {@code statvfs@openssh.com}, in the order of statvfs(3) as OpenSSH
   * sends them.
   */
  record FileSystem(long fragmentSize, long availableBlocks, long availableFiles, long flags) {

    boolean readOnly() {
      return (flags & READ_ONLY) != 0;
    }
  }

  FileSystem statvfs(String path) throws IOException {
    Buffer request = extended(STATVFS);
    putReferencedName(SftpConstants.SSH_FXP_EXTENDED, request, path, 0);
    SftpResponse response = rpc(SftpConstants.SSH_FXP_EXTENDED, request);
    if (response.getType() != SftpConstants.SSH_FXP_EXTENDED_REPLY) {
      checkResponseStatus(response);
      throw new IOException(
          "the answer to " + STATVFS + " has the unexpected type " + response.getType());
    }
    Buffer reply = response.getBuffer();
    reply.getLong(); // f_bsize
    long fragmentSize = reply.getLong();
    reply.getLong(); // f_blocks
    reply.getLong(); // f_bfree
    long availableBlocks = reply.getLong();
    reply.getLong(); // f_files
    reply.getLong(); // f_ffree
    long availableFiles = reply.getLong();
    reply.getLong(); // f_fsid
    return new FileSystem(fragmentSize, availableBlocks, availableFiles, reply.getLong());
  }

  private static Buffer extended(String request) {
    Buffer buffer = new ByteArrayBuffer();
    buffer.putString(request);
    return buffer;
  }
}
