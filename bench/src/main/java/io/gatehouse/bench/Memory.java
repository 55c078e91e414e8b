package io.gatehouse.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The memory of a process, as the kernel counts it (proc(5)). */
public final class Memory {

  private static final double KIB_PER_MB = 1e6 / 1024;
  private static final Pattern USED = Pattern.compile("\\bused (\\d+)K");
  private static final Path PROC = Path.of("/proc");

  private final Path process;

  public Memory(String pid) {
    this(PROC.resolve(pid));
  }

  private Memory(Path process) {
    this.process = process;
  }

  /** Resets the kernel's record of the peak. */
  public void reset() {
    try {
      Files.writeString(process.resolve("clear_refs"), "5");
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** The peak since the reset (VmHWM). */
  public double peakMegabytes() {
    return megabytes("status", "VmHWM:");
  }

  /** The memory that a process has now, with the pages of files (VmRSS). */
  public double residentMegabytes() {
    return megabytes("status", "VmRSS:");
  }

  /** The memory of all of sshd's processes. */
  public static double ofSshd() {
    // Before OpenSSH 9.8, sshd's processes have the name of the link that bench/run starts.
    return ofAll("sshd", "gatehouse");
  }

  /** The memory of this machine that programs can still have (MemAvailable). */
  public static double availableMegabytes() {
    return new Memory(PROC).megabytes("meminfo", "MemAvailable:");
  }

  /** The memory that a process has now. Shared pages count for each process in part (Pss). */
  public double megabytes() {
    return megabytes("smaps_rollup", "Pss:");
  }

  /** The memory of the objects of a JVM that are in use (jcmd: GC.heap_info after GC.run). */
  public double liveHeapMegabytes() {
    jcmd("GC.run");
    String heap = jcmd("GC.heap_info").split("Metaspace", 2)[0];
    return USED.matcher(heap).results().mapToLong(used -> Long.parseLong(used.group(1))).sum()
        / KIB_PER_MB;
  }

  private String jcmd(String command) {
    String program = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    String pid = process.getFileName().toString();
    try {
      Process jcmd = new ProcessBuilder(program, pid, command).redirectErrorStream(true).start();
      try (BufferedReader output = jcmd.inputReader()) {
        return output.lines().collect(Collectors.joining("\n"));
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** The memory of all programs whose names begin with one of these, together. */
  public static double ofAll(String... programs) {
    try (Stream<Path> processes = Files.list(PROC)) {
      return processes
          .filter(process -> Stream.of(programs).anyMatch(name(process)::startsWith))
          .mapToDouble(process -> new Memory(process).megabytesOrNone())
          .sum();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** The name of the process's program; empty if the process has ended. */
  public static String name(Path process) {
    try {
      return Files.readString(process.resolve("comm"));
    } catch (IOException noProcess) {
      return "";
    }
  }

  /** The memory that belongs to a process alone and to no file, such as a heap (RssAnon). */
  public double anonymousMegabytes() {
    return megabytes("status", "RssAnon:");
  }

  private double megabytesOrNone() {
    try {
      return megabytes();
    } catch (UncheckedIOException ended) {
      return 0;
    }
  }

  private double megabytes(String file, String key) {
    return lines(file).stream()
        .filter(line -> line.startsWith(key))
        .mapToDouble(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / KIB_PER_MB)
        .findFirst()
        .orElse(0);
  }

  private List<String> lines(String file) {
    try {
      return Files.readAllLines(process.resolve(file));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
