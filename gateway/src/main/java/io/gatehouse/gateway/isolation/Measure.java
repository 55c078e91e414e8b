package io.gatehouse.gateway.isolation;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Something that keeps accounts apart; {@code sshd-config/probe} tries each, by its word. */
public enum Measure {
  /** Homes, and folders for temporary files, cannot be looked into. */
  HOMES,
  /** Files of others in /tmp, /var/tmp and /dev/shm are not listed. */
  SHARED_FOLDERS,
  /**
   * Files of others there are not found by name either: each account has these folders for itself.
   */
  PRIVATE_FOLDERS,
  /** Shared memory and message queues of System V are not found. */
  IPC,
  /** TCP servers of others on this machine, sshd and the gateway cannot be reached. */
  LOOPBACK,
  /** Nor can their UDP and abstract sockets. */
  SOCKETS,
  /** Others' processes are not seen. */
  PROCESSES,
  /** Processes and open files are bounded, and there are no core dumps. */
  LIMITS,
  /** Memory is bounded for each account. */
  MEMORY,
  /** Each account has its own part of busy processors. */
  CPU,
  /** The disk space of each account is bounded, where its home is. */
  DISK,
  /** No program gives more rights than its caller has. */
  NO_NEW_PRIVILEGES,
  /** Nobody can be root in a namespace of their own. */
  USER_NAMESPACES,
  /** Not every address outside can be reached. */
  EGRESS;

  /** The words of all measures, as a sentence lists them. */
  public static final String WORDS =
      Arrays.stream(values()).map(Measure::word).collect(Collectors.joining(", "));

  /** The name of the measure in settings and answers: lower case, with hyphens. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public static Optional<Measure> find(String word) {
    return Arrays.stream(values()).filter(measure -> measure.word().equals(word)).findFirst();
  }
}
