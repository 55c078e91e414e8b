package io.gatehouse.gateway.ssh.sftp;

import io.gatehouse.gateway.session.FileAttributes;
import io.gatehouse.gateway.session.FileAttributes.Kind;
import io.gatehouse.gateway.session.FileEntry;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.RemoteFiles;
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

/** An account's files over one SFTP channel, which {@link #close} gives back to its pool. */
public final class SshFiles implements RemoteFiles {

  /**
   * The most bytes of content in one request. OpenSSH takes messages of 256 KiB at most. Reads and
   * writes are fastest with 128 KiB (see bench).
   */
  private static final int REQUEST = 128 * 1024;

  private static final int PERMISSION_BITS = 07777;

  private final SftpChannel channel;
  private final Consumer<SftpChannel> pool;
  private final SftpRequests requests;

  /**
   * @param pool takes the channel back, open or not
   */
  public SshFiles(SftpChannel channel, Consumer<SftpChannel> pool, String where) {
    this.channel = channel;
    this.pool = pool;
    this.requests = new SftpRequests(where);
  }

  @Override
  public FileAttributes stat(String path) {
    return requests.ask(path, () -> attributes(channel.stat(path)));
  }

  @Override
  public FileAttributes lstat(String path) {
    return requests.ask(path, () -> attributes(channel.lstat(path)));
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
    return requests.ask(
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
    return requests.ask(path, () -> channel.canonicalPath(path));
  }

  @Override
  public String readLink(String path) {
    return requests.ask(path, () -> channel.readLink(path));
  }

  @Override
  public InputStream read(String path, long offset, long length) {
    return requests.ask(
        path,
        () ->
            new SftpInput(
                requests,
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
    return requests.ask(
        path,
        () ->
            new SftpOutput(
                requests,
                path,
                new SftpOutputStreamAsync(channel, REQUEST, path, channel.open(path, modes))));
  }

  @Override
  public void makeDirectory(String path) {
    requests.tell(path, () -> channel.mkdir(path));
  }

  @Override
  public void remove(String path) {
    requests.tell(path, () -> channel.remove(path));
  }

  @Override
  public void rename(String from, String to) {
    requests.tell(from, () -> channel.rename(from, to, Set.<CopyMode>of()));
  }

  @Override
  public void replace(String from, String to) {
    requests.tell(to, () -> channel.posixRename(from, to));
  }

  @Override
  public void setPermissions(String path, int permissions) {
    requests.tell(path, () -> channel.setStat(path, new Attributes().perms(permissions)));
  }

  @Override
  public void setOwner(String path, int owner, int group) {
    requests.tell(path, () -> channel.setStat(path, new Attributes().owner(owner, group)));
  }

  @Override
  public Space space(String path) {
    return requests.ask(
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
    if (requests.areLost()) {
      SftpPool.end(channel);
    } else {
      pool.accept(channel);
    }
  }
}
