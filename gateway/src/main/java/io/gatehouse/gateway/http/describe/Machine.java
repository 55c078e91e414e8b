package io.gatehouse.gateway.http.describe;

import io.gatehouse.gateway.account.Boundary.RuntimeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The machine that commands run on, as the system prompt describes it.
 *
 * @param timeZone the name of the time zone
 * @param mostProcesses processes and threads that an account may have, when that is known
 */
public record Machine(
    OperatingSystem system, Software software, String timeZone, Optional<String> mostProcesses) {

  /**
   * The operating system of the machine.
   *
   * @param os the kernel's name, such as {@code Linux}
   * @param distribution the operating system's full name, when it has one
   * @param kernel the kernel's release
   * @param arch the processor's architecture
   * @param hostname the machine's own name
   */
  record OperatingSystem(
      String os, Optional<String> distribution, String kernel, String arch, String hostname) {}

  /**
   * The software that is installed for the users.
   *
   * @param pythonVersion the version of {@code python3}, when there is one
   * @param tools the everyday programs, in the image with their versions
   * @param pythonPackages Python's packages for data and documents with their versions; known in
   *     the image only
   * @param installsIntoHomes whether package tools put what they install into the account's home,
   *     as they are set up in the image
   */
  record Software(
      Optional<String> pythonVersion,
      List<String> tools,
      List<String> pythonPackages,
      boolean installsIntoHomes) {

    Software {
      tools = List.copyOf(tools);
      pythonPackages = List.copyOf(pythonPackages);
    }

    /** Says how to install programs. Models try sudo and apt first, which do not work here. */
    Optional<String> howToInstall() {
      if (!installsIntoHomes) {
        return Optional.empty();
      }
      String ways =
          Stream.of("pip install", "pipx install", "npm install -g", "gem install", "go install")
              .filter(way -> has(way.substring(0, way.indexOf(' '))))
              .collect(Collectors.joining(", "));
      return Optional.of(
          "You are not root, and there is no sudo; apt installs nothing here. What is missing you"
              + " install into the home, where it stays: "
              + ways
              + ", or a program in ~/.local/bin; all are on the PATH at once. Files outside of the"
              + " home, in /tmp too, are gone when the machine is made anew.");
    }

    /** Whether one of the tools has this name, with or without its version. */
    boolean has(String tool) {
      return tools.stream().anyMatch(each -> each.equals(tool) || each.startsWith(tool + " "));
    }
  }

  /**
   * A file that image/describe makes. Its first line lists programs, its second line Python
   * packages.
   */
  private static final String DESCRIPTION = "usr/lib/gatehouse/tools";

  private static final List<String> PROGRAM_FOLDERS =
      List.of("usr/local/bin", "usr/bin", "bin", "usr/local/sbin", "usr/sbin");

  /** The programs whose presence changes how a model solves a task. */
  private static final List<String> EVERYDAY_TOOLS =
      List.of(
          "git", "curl", "wget", "jq", "rg", "python3", "pip", "uv", "node", "npm", "gcc", "make",
          "cargo", "go", "java", "sqlite3", "psql", "ffmpeg", "pandoc", "tmux", "zip", "unzip",
          "rsync", "tree", "nano", "vim");

  private static final Pattern PRETTY_NAME =
      Pattern.compile("PRETTY_NAME=([\"']?)(.*)\\1", Pattern.UNIX_LINES);
  private static final Pattern PYTHON = Pattern.compile("python([0-9]+\\.[0-9]+)");

  private static final Pattern MOST_PROCESSES = Pattern.compile("@gatehouse - nproc ([0-9]+)");

  /**
   * Looks at this machine. It runs no program, because a program that is found may be hostile.
   *
   * @param runtimeDirectory the directory that {@code sshd-config/prepare} made for this start
   */
  public static Machine read(Path runtimeDirectory) {
    return read(Path.of("/"), runtimeDirectory);
  }

  static Machine read(Path root, Path runtimeDirectory) {
    return new Machine(
        system(root),
        software(root),
        ZoneId.systemDefault().getId(),
        lines(RuntimeFile.LIMITS.in(runtimeDirectory))
            .map(MOST_PROCESSES::matcher)
            .filter(Matcher::matches)
            .map(matcher -> matcher.group(1))
            .findFirst());
  }

  private static OperatingSystem system(Path root) {
    return new OperatingSystem(
        kernelFact(root, "ostype").orElse("Linux"),
        distribution(root),
        kernelFact(root, "osrelease").orElse("unknown"),
        kernelFact(root, "arch").orElseGet(Machine::archOfJava),
        kernelFact(root, "hostname").orElse("localhost"));
  }

  private static Software software(Path root) {
    List<String> description = lines(root.resolve(DESCRIPTION)).toList();
    return new Software(
        pythonVersion(root),
        description.isEmpty()
            ? EVERYDAY_TOOLS.stream().filter(tool -> findProgram(root, tool).isPresent()).toList()
            : list(description.get(0)),
        description.size() < 2 ? List.of() : list(description.get(1)),
        !description.isEmpty());
  }

  private static List<String> list(String line) {
    return line.isBlank() ? List.of() : List.of(line.split(", "));
  }

  private static Optional<String> kernelFact(Path root, String name) {
    return lines(root.resolve("proc/sys/kernel").resolve(name)).findFirst().map(String::strip);
  }

  /**
   * The processor's name from Java, for kernels that do not tell it (before Linux 6.1). Java calls
   * x86_64 amd64.
   */
  private static String archOfJava() {
    String arch = System.getProperty("os.arch", "unknown");
    return arch.equals("amd64") ? "x86_64" : arch;
  }

  private static Optional<String> distribution(Path root) {
    return lines(root.resolve("etc/os-release"))
        .map(PRETTY_NAME::matcher)
        .filter(Matcher::matches)
        .map(matcher -> matcher.group(2))
        .findFirst();
  }

  /** The version of Python, from the name of the file to which the link {@code python3} leads. */
  private static Optional<String> pythonVersion(Path root) {
    return findProgram(root, "python3")
        .flatMap(Machine::target)
        .map(program -> PYTHON.matcher(program.getFileName().toString()))
        .filter(Matcher::matches)
        .map(matcher -> matcher.group(1));
  }

  private static Optional<Path> findProgram(Path root, String name) {
    return PROGRAM_FOLDERS.stream()
        .map(folder -> root.resolve(folder).resolve(name))
        .filter(program -> Files.isRegularFile(program) && Files.isExecutable(program))
        .findFirst();
  }

  private static Optional<Path> target(Path program) {
    try {
      return Optional.of(program.toRealPath());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readString(file).lines();
    } catch (IOException e) {
      return Stream.empty();
    }
  }
}
