package io.gatehouse.gateway.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.Signal;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.jspecify.annotations.Nullable;

/**
 * A shell text that the local bash runs for a channel, as sshd would. It reads {@code ~/.bashrc} if
 * bash would do so in the first shell of a login, and runs on a terminal if the channel has one.
 */
final class LocalProgram implements Command {

  /** Gives the text a terminal of the right size, and tells it which, as sshd does. */
  private static final String ON_TERMINAL =
      "stty rows \"$LINES\" cols \"$COLUMNS\"; SSH_TTY=$(tty) SHELL=/bin/bash; export SSH_TTY"
          + " SHELL; exec env -u IN_PROCESS_TEXT -u LINES -u COLUMNS /bin/bash -c"
          + " \"$IN_PROCESS_TEXT\"";

  /** A login has none of the variables of the user who runs the tests, except PATH. */
  private static final String PATH = "PATH";

  private final String text;
  private final Optional<String> argument;
  private final Path home;
  private final boolean terminal;

  private @Nullable InputStream in;
  private @Nullable OutputStream out;
  private @Nullable OutputStream err;
  private @Nullable ExitCallback exit;
  private @Nullable Process process;

  LocalProgram(String text, Optional<String> argument, Path home, boolean terminal) {
    this.text = text;
    this.argument = argument;
    this.home = home;
    this.terminal = terminal;
  }

  @Override
  public void setInputStream(InputStream stream) {
    in = stream;
  }

  @Override
  public void setOutputStream(OutputStream stream) {
    out = stream;
  }

  @Override
  public void setErrorStream(OutputStream stream) {
    err = stream;
  }

  @Override
  public void setExitCallback(ExitCallback callback) {
    exit = callback;
  }

  @Override
  public void start(ChannelSession channel, Environment environment) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(words());
    builder.directory(home.toFile());
    String path = Objects.requireNonNullElse(System.getenv(PATH), "/usr/bin:/bin");
    builder.environment().clear();
    environment.getEnv().forEach((name, value) -> builder.environment().put(name, value));
    builder
        .environment()
        .putAll(
            Map.of(
                "HOME",
                home.toString(),
                "SHELL",
                terminal ? "/bin/sh" : "/bin/bash",
                "LANG",
                "C.UTF-8",
                "SSH_CLIENT",
                "127.0.0.1 1 1",
                PATH,
                path));
    if (terminal) {
      builder.environment().put("IN_PROCESS_TEXT", text);
      builder.environment().putIfAbsent("LINES", "24");
      builder.environment().putIfAbsent("COLUMNS", "80");
    }
    Process started = builder.start();
    process = started;
    environment.addSignalListener((on, signal) -> signal(started, signal, environment));
    Thread output = copy(started.getInputStream(), out);
    Thread errors = copy(started.getErrorStream(), err);
    copy(Objects.requireNonNull(in), started.getOutputStream());
    inBackground(() -> awaitEnd(started, output, errors));
  }

  private List<String> words() {
    if (terminal) {
      return List.of("script", "-qfe", "-c", ON_TERMINAL, "/dev/null");
    }
    List<String> words = new ArrayList<>(List.of("/bin/bash", "-c", text, "bash"));
    argument.ifPresent(words::add);
    return words;
  }

  private void awaitEnd(Process started, Thread output, Thread errors) {
    try {
      int status = started.waitFor();
      output.join();
      errors.join();
      Objects.requireNonNull(exit).onExit(status);
    } catch (InterruptedException impossible) {
      Thread.currentThread().interrupt();
    }
  }

  private static Thread copy(InputStream from, @Nullable OutputStream to) {
    OutputStream target = Objects.requireNonNull(to);
    return inBackground(
        () -> {
          byte[] buffer = new byte[32 * 1024];
          try (target) {
            for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
              target.write(buffer, 0, count);
              target.flush();
            }
          } catch (IOException ended) {
            // The channel, or the program, has ended.
          }
        });
  }

  private static Thread inBackground(Runnable task) {
    return Thread.ofPlatform().daemon().name("local program").start(task);
  }

  /** To all processes of the program: with a terminal, its shell is a grandchild. */
  private void signal(Process started, Signal signal, Environment environment) {
    if (signal == Signal.WINCH) {
      resize(started, environment);
      return;
    }
    List<String> words = new ArrayList<>(List.of("kill", "-s", signal.name()));
    Stream<ProcessHandle> all = started.descendants();
    (terminal ? all : Stream.concat(Stream.of(started.toHandle()), all))
        .forEach(each -> words.add(Long.toString(each.pid())));
    if (words.size() > 3) {
      run(words);
    }
  }

  /** The kernel tells the programs of it. */
  private static void resize(Process started, Environment environment) {
    started
        .descendants()
        .map(each -> Path.of("/proc", Long.toString(each.pid()), "fd/0"))
        .flatMap(LocalProgram::terminalOf)
        .findFirst()
        .ifPresent(
            tty ->
                run(
                    List.of(
                        "stty",
                        "-F",
                        tty.toString(),
                        "rows",
                        environment.getEnv().getOrDefault("LINES", "24"),
                        "cols",
                        environment.getEnv().getOrDefault("COLUMNS", "80"))));
  }

  private static Stream<Path> terminalOf(Path link) {
    try {
      Path target = Files.readSymbolicLink(link);
      return target.startsWith("/dev/pts") ? Stream.of(target) : Stream.empty();
    } catch (IOException gone) {
      return Stream.empty();
    }
  }

  private static void run(List<String> words) {
    try {
      new ProcessBuilder(words)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException failure) {
      throw new IllegalStateException(failure);
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
    }
  }

  /** Here, no process outlives its channel. */
  @Override
  public void destroy(ChannelSession channel) {
    Process last = process;
    if (last != null) {
      last.descendants().forEach(ProcessHandle::destroyForcibly);
      last.destroyForcibly();
    }
  }
}
