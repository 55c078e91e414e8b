package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.session.FileAttributes;
import io.gatehouse.gateway.session.FileAttributes.Kind;
import io.gatehouse.gateway.session.FileEntry;
import io.gatehouse.gateway.session.FileException;
import io.gatehouse.gateway.session.FileException.Reason;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.RemoteFiles;
import io.gatehouse.gateway.session.SessionException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.sshd.sftp.client.SftpClient.Attributes;
import org.apache.sshd.sftp.client.SftpClient.CloseableHandle;
import org.apache.sshd.sftp.client.SftpClient.CopyMode;
import org.apache.sshd.sftp.client.SftpClient.DirEntry;
import org.apache.sshd.sftp.client.SftpClient.OpenMode;
import org.apache.sshd.sftp.client.impl.SftpInputStreamAsync;
import org.apache.sshd.sftp.client.impl.SftpOutputStreamAsync;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;

/** An account's files over one SFTP channel, which goes back to its pool afterwards. */
final class SshFiles implements RemoteFiles {

  /**
   * Bytes of one request. OpenSSH takes messages of 256 KiB at most; with 128 KiB reads and writes
   * are fastest, see bench.
   */
  private static final int REQUEST = 128 * 1024;

  private static final int PERMISSION_BITS = 07777;

  private final SftpChannel channel;
  private final Consumer<SftpChannel> pool;
  private final String where;
  private boolean lost;

  /**
   * @param pool takes the channel back, open or not
   */
  SshFiles(SftpChannel channel, Consumer<SftpChannel> pool, String where) {
    this.channel = channel;
    this.pool = pool;
    this.where = where;
  }

  /** Something that is asked of SFTP. */
  @FunctionalInterface
  private interface Request<T> {
    T send() throws IOException;
  }

  /** Something that is told to SFTP. */
  @FunctionalInterface
  private interface Order {
    void send() throws IOException;
  }

  private <T> T ask(String path, Request<T> request) {
    try {
      return request.send();
    } catch (SftpException refusal) {
      throw refused(path, refusal);
    } catch (IOException failure) {
      throw lost(failure);
    }
  }

  private void tell(String path, Order order) {
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
      // OpenSSH's word for EINVAL and ENAMETOOLONG.
      case SftpConstants.SSH_FX_BAD_MESSAGE ->
          new FileException(Reason.INVALID, "This cannot be a path: " + path, refusal);
      default -> new FileException(Reason.FAILED, "The file system refuses: " + path, refusal);
    };
  }

  private SessionException lost(IOException failure) {
    lost = true;
    return new SessionException(
        SessionException.Reason.TIMED_OUT, "the login's files do not answer: " + where, failure);
  }

  @Override
  public FileAttributes stat(String path) {
    return ask(path, () -> attributes(channel.stat(path)));
  }

  @Override
  public FileAttributes lstat(String path) {
    return ask(path, () -> attributes(channel.lstat(path)));
  }

  private static FileAttributes attributes(Attributes sent) {
    Kind kind =
        sent.isDirectory()
            ? Kind.DIRECTORY
            : sent.isRegularFile() ? Kind.FILE : sent.isSymbolicLink() ? Kind.LINK : Kind.OTHER;
    FileTime modified = sent.getModifyTime();
    return new FileAttributes(
        kind,
        sent.getSize(),
        modified == null ? Instant.EPOCH : SftpTimes.alone(modified.toInstant()),
        sent.getPermissions() & PERMISSION_BITS,
        sent.getUserId(),
        sent.getGroupId());
  }

  @Override
  public List<FileEntry> list(String directory, int most, Lease lease) {
    return ask(
        directory,
        () -> {
          List<FileEntry> entries = new ArrayList<>();
          try (CloseableHandle handle = channel.openDir(directory)) {
            for (DirEntry entry : channel.listDir(handle)) {
              String name = entry.getFilename();
              if (!name.equals(".") && !name.equals("..")) {
                FileAttributes attributes = attributes(entry.getAttributes());
                lease.take(FileEntry.WEIGHT + 2L * name.length());
                Instant modified =
                    SftpTimes.listed(attributes.modified(), entry.getLongFilename(), name);
                entries.add(new FileEntry(name, attributes.modified(modified)));
              }
              if (entries.size() == most) {
                break;
              }
            }
          }
          return entries;
        });
  }

  @Override
  public String realPath(String path) {
    return ask(path, () -> channel.canonicalPath(path));
  }

  @Override
  public String readLink(String path) {
    return ask(path, () -> channel.readLink(path));
  }

  @Override
  public InputStream read(String path, long offset, long length) {
    return ask(
        path,
        () ->
            new FileInput(
                path,
                new SftpInputStreamAsync(
                    channel,
                    REQUEST,
                    offset,
                    offset + length,
                    path,
                    channel.open(path, Set.of(OpenMode.Read))),
                length));
  }

  @Override
  public OutputStream create(String path) {
    return write(path, Set.of(OpenMode.Write, OpenMode.Create, OpenMode.Exclusive));
  }

  @Override
  public OutputStream overwrite(String path) {
    return write(path, Set.of(OpenMode.Write, OpenMode.Truncate));
  }

  private OutputStream write(String path, Set<OpenMode> modes) {
    return ask(
        path,
        () ->
            new FileOutput(
                path,
                new SftpOutputStreamAsync(channel, REQUEST, path, channel.open(path, modes))));
  }

  /** Ends after its length, and tells failures as those of everything else here. */
  private final class FileInput extends InputStream {

    private final String path;
    private final InputStream in;
    private long left;

    private FileInput(String path, InputStream in, long length) {
      super();
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
      int count = ask(path, () -> in.read(target, offset, (int) Math.min(length, left)));
      left -= Math.max(count, 0);
      return count;
    }

    @Override
    public void close() {
      tell(path, in::close);
    }
  }

  /** Tells failures of writing; what else could keep a file that is open from being written? */
  private final class FileOutput extends OutputStream {

    private final String path;
    private final OutputStream out;

    private FileOutput(String path, OutputStream out) {
      super();
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

    private void tellWriting(Order order) {
      try {
        tell(path, order);
      } catch (FileException failure) {
        throw failure.reason() == Reason.FAILED
            ? new FileException(Reason.NO_SPACE, "The disk or the quota is full", failure)
            : failure;
      }
    }
  }

  @Override
  public void makeDirectory(String path) {
    tell(path, () -> channel.mkdir(path));
  }

  @Override
  public void remove(String path) {
    tell(path, () -> channel.remove(path));
  }

  @Override
  public void rename(String from, String to) {
    tell(from, () -> channel.rename(from, to, Set.<CopyMode>of()));
  }

  @Override
  public void replace(String from, String to) {
    tell(to, () -> channel.posixRename(from, to));
  }

  @Override
  public void setPermissions(String path, int permissions) {
    tell(path, () -> channel.setStat(path, new Attributes().perms(permissions)));
  }

  @Override
  public void setOwner(String path, int owner, int group) {
    tell(path, () -> channel.setStat(path, new Attributes().owner(owner, group)));
  }

  @Override
  public Space space(String path) {
    return ask(
        path,
        () -> {
          SftpChannel.FileSystem system = channel.statvfs(path);
          return new Space(
              system.availableBlocks() * system.fragmentSize(),
              system.availableFiles(),
              system.readOnly());
        });
  }

  @Override
  public void close() {
    if (lost) {
      // It may still answer what nobody waits for any more.
      channel.getClientChannel().close(true);
    }
    pool.accept(channel);
  }
}
