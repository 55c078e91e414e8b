package io.gatehouse.gateway.notebooks;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.notebooks.Notebook.NotebookFile;
import io.gatehouse.gateway.notebooks.NotebookException.Reason;
import io.gatehouse.gateway.schedule.RepeatedTask;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.Quota;
import io.gatehouse.gateway.session.Sessions;
import io.gatehouse.gateway.session.ShellWord;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Opens notebooks and finds them again, each only for the user who opened it. */
public final class Notebooks implements AutoCloseable {

  /** As in Open Terminal. */
  private static final int ID_BYTES = 6;

  private static final Duration LONGEST_SWEEP = Duration.ofSeconds(30);

  private final NotebookSettings settings;
  private final boolean installed;
  private final String start;
  private final Sessions sessions;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final ConcurrentMap<String, Notebook> notebooks = new ConcurrentHashMap<>();
  private final Quota kernels = new Quota(NotebookSettings.MOST_OF_USER, NotebookSettings.MOST);
  private final RepeatedTask sweeps = new RepeatedTask("notebook-sweeper");

  /**
   * @param installed whether the server has the packages that notebooks need
   * @param program the program {@code sshd-config/notebook}
   */
  public Notebooks(
      NotebookSettings settings,
      boolean installed,
      Path program,
      Sessions sessions,
      InstantSource clock) {
    this.settings = settings;
    this.installed = installed;
    // Isolated, Python takes no module from the home and no variable of the environment.
    this.start = "exec /usr/bin/python3 -I " + ShellWord.quote(program.toString());
    this.sessions = sessions;
    this.clock = clock;
    Duration half = settings.idleEnd().dividedBy(2);
    Duration pause = half.compareTo(LONGEST_SWEEP) < 0 ? half : LONGEST_SWEEP;
    sweeps.begin(pause, pause, this::endIdle);
  }

  /** Whether the server has what notebooks need. */
  public boolean installed() {
    return installed;
  }

  /**
   * Starts a kernel for a notebook.
   *
   * @param path the absolute path of the notebook's file
   * @param held counts the memory that is needed meanwhile
   * @throws NotebookException if the file is no notebook, or the kernel does not start
   */
  public Notebook open(String userId, Account account, String path, Lease held) {
    if (!installed) {
      throw new NotebookException(
          Reason.NOT_INSTALLED,
          "This server cannot run notebooks, because the Python packages zmq and ipykernel are not"
              + " installed. Ask an admin to install python3-zmq and python3-ipykernel with apt, or"
              + " to use the image \"full\".");
    }
    reserve(userId);
    Optional<Notebook> opened = Optional.empty();
    try {
      opened = Optional.of(start(new NotebookFile(userId, path), account, held));
      return opened.get();
    } finally {
      if (opened.isEmpty()) {
        kernels.giveBack(userId);
      }
    }
  }

  private Notebook start(NotebookFile file, Account account, Lease held) {
    Dialogue dialogue = new Dialogue(sessions.of(account).converse(start));
    boolean ready = false;
    try {
      DriverAnswer answer =
          Notebook.required(dialogue.ask(Map.of("path", file.path()), Notebook.START_LIMIT, held));
      Notebook notebook =
          new Notebook(newId(), file, answer.kernel(), dialogue, clock, settings.cellLimit());
      notebooks.put(notebook.id(), notebook);
      ready = true;
      return notebook;
    } finally {
      if (!ready) {
        dialogue.close();
      }
    }
  }

  /**
   * Takes a place for a kernel. Where the user has none left, the kernel that was used longest ago
   * makes room: Open WebUI leaves a kernel behind with each tab that is closed, and shows no list
   * of them.
   */
  private void reserve(String userId) {
    Optional<String> limit = kernels.take(userId, "kernels of notebooks");
    if (limit.isPresent() && endOldest(userId)) {
      limit = kernels.take(userId, "kernels of notebooks");
    }
    limit.ifPresent(
        reached -> {
          throw new NotebookException(
              Reason.TOO_MANY,
              reached
                  + ", the most there may be, and each of yours runs a cell. Wait for one to end,"
                  + " or stop one.");
        });
  }

  private boolean endOldest(String userId) {
    return notebooks.values().stream()
        .filter(each -> each.userId().equals(userId) && !each.isBusy())
        .min(Comparator.comparing(Notebook::lastUse))
        .map(this::end)
        .orElse(false);
  }

  private String newId() {
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /**
   * The user's open notebook with this id.
   *
   * @throws NotebookException NO_SESSION or OF_ANOTHER_USER, with the same words
   */
  public Notebook require(String userId, String id) {
    Notebook found = notebooks.get(id);
    if (found == null || !found.userId().equals(userId)) {
      throw new NotebookException(
          found == null ? Reason.NO_SESSION : Reason.OF_ANOTHER_USER, "Session not found");
    }
    return found;
  }

  /** Ends a notebook's kernel. Returns whether it was this call that ended it. */
  public boolean end(Notebook notebook) {
    if (!notebooks.remove(notebook.id(), notebook)) {
      return false;
    }
    kernels.giveBack(notebook.userId());
    notebook.close();
    return true;
  }

  private void endIdle() {
    Instant since = clock.instant().minus(settings.idleEnd());
    notebooks.values().stream().filter(each -> each.isIdleSince(since)).forEach(this::end);
  }

  @Override
  public void close() {
    sweeps.close();
    notebooks.values().forEach(this::end);
  }
}
