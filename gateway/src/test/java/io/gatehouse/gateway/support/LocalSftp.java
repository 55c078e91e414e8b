package io.gatehouse.gateway.support;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;
import org.apache.sshd.sftp.server.SftpSubsystem;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;

/**
 * Serves the local files over SFTP, with OpenSSH's request statvfs@openssh.com, which MINA's server
 * does not have.
 */
public final class LocalSftp extends SftpSubsystemFactory {

  private static final String STATVFS = "statvfs@openssh.com";

  private static final long BLOCK = 4096;

  /** The SFTP status codes that every request for a path gets, by the path. */
  private final Map<Path, Integer> refused = new ConcurrentHashMap<>();

  private final Set<Path> closedFolders = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean refusesRenames = new AtomicBoolean();
  private final Set<Path> refusedTargets = ConcurrentHashMap.newKeySet();
  private final AtomicReference<Event> created = new AtomicReference<>(() -> {});
  private final AtomicInteger channels = new AtomicInteger();
  private final AtomicBoolean readOnly = new AtomicBoolean();
  private final AtomicBoolean isFull = new AtomicBoolean();

  LocalSftp() {
    super();
  }

  /**
   * Answers each request for the path, or for a path below it, with a status, as a file system does
   * that root has closed.
   *
   * @param status one of {@link SftpConstants}
   */
  public void refuse(Path path, int status) {
    refused.put(path, status);
  }

  /** Answers that permission is denied. */
  public void deny(Path path) {
    refuse(path, SftpConstants.SSH_FX_PERMISSION_DENIED);
  }

  /** Denies everything new in a folder, as the kernel does where an account may not write in it. */
  public void denyNew(Path folder) {
    closedFolders.add(folder);
  }

  /** Whether names cannot be changed, as between two file systems. */
  public void refuseRenames(boolean refuse) {
    refusesRenames.set(refuse);
  }

  /** Refuses to give a file this name, as where it is on another file system. */
  public void refuseRenamesTo(Path path) {
    refusedTargets.add(path);
  }

  /** What another program does at some time. */
  @FunctionalInterface
  public interface Event {
    void happen() throws IOException;
  }

  /** Lets something happen whenever a new file has been made. */
  public void whenCreated(Event event) {
    created.set(event);
  }

  /** Whether statvfs says that the file system is read-only. */
  public void readOnly(boolean closed) {
    readOnly.set(closed);
  }

  /** Whether files that are open cannot be written, as on a full disk. */
  public void refuseWriting(boolean full) {
    isFull.set(full);
  }

  /** How many SFTP channels were opened. */
  public int channels() {
    return channels.get();
  }

  @Override
  public Command createSubsystem(ChannelSession channel) throws IOException {
    channels.incrementAndGet();
    return new Subsystem(channel);
  }

  private final class Subsystem extends SftpSubsystem {

    private Subsystem(ChannelSession channel) {
      super(channel, LocalSftp.this);
    }

    @Override
    protected Path resolveFile(String remotePath) throws IOException {
      Path path = super.resolveFile(remotePath);
      for (Map.Entry<Path, Integer> each : refused.entrySet()) {
        if (path.startsWith(each.getKey())) {
          throw new SftpException(each.getValue(), "refused by the test");
        }
      }
      return path;
    }

    @Override
    protected String doOpen(
        int id, String path, int pflags, int access, Map<String, Object> attributes)
        throws IOException {
      Path file = resolveFile(path);
      Path folder = file.getParent();
      if (folder != null && closedFolders.contains(folder) && !Files.exists(file)) {
        throw new SftpException(SftpConstants.SSH_FX_PERMISSION_DENIED, "refused by the test");
      }
      boolean isNew = !Files.exists(file);
      String handle = super.doOpen(id, path, pflags, access, attributes);
      if (isNew) {
        created.get().happen();
      }
      return handle;
    }

    @Override
    protected void doRename(int id, String from, String to, int flags) throws IOException {
      if (refusesRenames.get() || refusedTargets.contains(resolveFile(to))) {
        throw new SftpException(SftpConstants.SSH_FX_FAILURE, "refused by the test");
      }
      super.doRename(id, from, to, flags);
    }

    @Override
    protected void doWrite(Buffer buffer, int id) throws IOException {
      if (isFull.get()) {
        sendStatus(
            prepareReply(buffer), id, SftpConstants.SSH_FX_FAILURE, "No space left on device");
        return;
      }
      super.doWrite(buffer, id);
    }

    @Override
    protected void executeExtendedCommand(Buffer buffer, int id, String extension)
        throws IOException {
      if (!extension.equals(STATVFS)) {
        super.executeExtendedCommand(buffer, id, extension);
        return;
      }
      Path path = resolveFile(buffer.getString());
      if (!Files.exists(path)) {
        sendStatus(prepareReply(buffer), id, SftpConstants.SSH_FX_NO_SUCH_FILE, "");
        return;
      }
      FileStore store = Files.getFileStore(path);
      Buffer reply = prepareReply(buffer);
      reply.putByte((byte) SftpConstants.SSH_FXP_EXTENDED_REPLY);
      reply.putInt(id);
      reply.putLong(BLOCK); // f_bsize
      reply.putLong(BLOCK); // f_frsize
      reply.putLong(store.getTotalSpace() / BLOCK);
      reply.putLong(store.getUnallocatedSpace() / BLOCK);
      reply.putLong(store.getUsableSpace() / BLOCK);
      reply.putLong(1000); // f_files
      reply.putLong(500); // f_ffree
      reply.putLong(400); // f_favail
      reply.putLong(0); // f_fsid
      reply.putLong(readOnly.get() ? 1 : 0);
      reply.putLong(255); // f_namemax
      send(reply);
    }
  }
}
