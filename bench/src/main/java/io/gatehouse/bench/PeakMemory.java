package io.gatehouse.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The most memory that a process has had at once, as the kernel counts it (proc(5), VmHWM). */
final class PeakMemory {

  private static final double KIB_PER_MB = 1e6 / 1024;

  private final Path process;

  PeakMemory(String pid) {
    process = Path.of("/proc", pid);
  }

  /** Forgets what was before. */
  void reset() {
    try {
      Files.writeString(process.resolve("clear_refs"), "5");
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  double megabytes() {
    try {
      return Files.readAllLines(process.resolve("status")).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToDouble(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / KIB_PER_MB)
          .findFirst()
          .orElseThrow();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
