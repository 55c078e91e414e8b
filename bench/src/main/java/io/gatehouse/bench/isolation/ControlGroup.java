package io.gatehouse.bench.isolation;

import io.gatehouse.bench.Memory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads from the kernel what a container uses, in its control group (cgroups(7)). It reads outside
 * of the container, because inside a full process table would prevent it.
 */
final class ControlGroup {

  private static final Path ROOT = Path.of("/sys/fs/cgroup");
  private static final Path PROC = Path.of("/proc");
  private static final Pattern SPACE = Pattern.compile("\\s+");
  private static final long NANOS_PER_MICRO = 1000;

  private final String container;
  private final List<String> groups;

  private ControlGroup(String container, List<String> groups) {
    this.container = container;
    this.groups = groups;
  }

  /**
   * What was in use at one moment.
   *
   * @param memory bytes, with what the kernel holds for the container
   * @param cache bytes of files, which are part of the memory
   * @param cpuNanos time of all processors since the start
   */
  record Use(long processes, long memory, long cache, long cpuNanos) {}

  /**
   * The group of a running container.
   *
   * @param container its whole id, which is in the path of its group
   */
  static ControlGroup of(String container, String pid) {
    return new ControlGroup(container, lines(PROC.resolve(pid).resolve("cgroup")));
  }

  Use use() {
    Optional<Path> unified = Optional.of(folder("")).filter(path -> exists(path, "memory.current"));
    return unified.map(ControlGroup::ofVersion2).orElseGet(this::ofVersion1);
  }

  private static boolean exists(Path folder, String file) {
    return Files.exists(folder.resolve(file));
  }

  private static Use ofVersion2(Path folder) {
    return new Use(
        number(folder.resolve("pids.current")),
        number(folder.resolve("memory.current")),
        field(folder.resolve("memory.stat"), "file"),
        field(folder.resolve("cpu.stat"), "usage_usec") * NANOS_PER_MICRO);
  }

  private Use ofVersion1() {
    Path memory = folder("memory");
    return new Use(
        number(folder("pids").resolve("pids.current")),
        number(memory.resolve("memory.usage_in_bytes")),
        field(memory.resolve("memory.stat"), "total_cache"),
        number(folder("cpuacct").resolve("cpuacct.usage")));
  }

  /**
   * The container's own folder, not one that it has made below.
   *
   * @param controller empty for the one hierarchy of version 2
   */
  private Path folder(String controller) {
    String group =
        groups.stream()
            .map(line -> line.split(":", 3))
            .filter(fields -> List.of(fields[1].split(",", -1)).contains(controller))
            .map(fields -> fields[2])
            .findFirst()
            .orElse("");
    int end = group.indexOf('/', Math.max(group.indexOf(container), 0));
    return Path.of(ROOT + "/" + controller + (end > 0 ? group.substring(0, end) : group))
        .normalize();
  }

  /** The container's processes whose names begin with one of these. */
  List<Memory> processes(String... names) {
    try (Stream<Path> processes = Files.list(PROC)) {
      return processes
          .filter(process -> Stream.of(names).anyMatch(Memory.name(process)::startsWith))
          .filter(this::contains)
          .map(process -> new Memory(process.getFileName().toString()))
          .toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private boolean contains(Path process) {
    try {
      return Files.readString(process.resolve("cgroup")).contains(container);
    } catch (IOException ended) {
      return false;
    }
  }

  private static long number(Path file) {
    return Long.parseLong(lines(file).getFirst());
  }

  private static long field(Path file, String name) {
    return lines(file).stream()
        .map(line -> SPACE.split(line))
        .filter(words -> words[0].equals(name))
        .mapToLong(words -> Long.parseLong(words[1]))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(file + " has no line of " + name));
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
