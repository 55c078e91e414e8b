package io.gatehouse.gateway.isolation;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The measures that keep accounts apart. The program {@code sshd-config/probe} tests each of them
 * under its {@link #word}.
 */
public enum Measure {
  /** The homes of other accounts, and their folders for temporary files, cannot be read. */
  HOMES,
  /** The files of other accounts in /tmp, /var/tmp and /dev/shm are not listed. */
  SHARED_FOLDERS,
  /**
   * The files of other accounts in /tmp, /var/tmp and /dev/shm are not found by name either: each
   * account has these folders for itself.
   */
  PRIVATE_FOLDERS,
  /** Other accounts' shared memory and message queues of System V are not found. */
  IPC,
  /** TCP servers of other accounts on this machine, sshd and the gateway cannot be reached. */
  LOOPBACK,
  /** UDP and abstract sockets of other accounts cannot be reached. */
  SOCKETS,
  /** Processes of other accounts are not seen. */
  PROCESSES,
  /** Processes and open files are bounded, and there are no core dumps. */
  LIMITS,
  /** Memory is bounded for each account. */
  MEMORY,
  /** Each account gets its own share of busy processors. */
  CPU,
  /** The disk space of each account is bounded, where its home is. */
  DISK,
  /** No program gives more rights than its caller has. */
  NO_NEW_PRIVILEGES,
  /** No account can be root in a user namespace of its own. */
  USER_NAMESPACES,
  /** Not all addresses outside of this machine can be reached. */
  EGRESS;

  /** The words of all measures, separated by commas. */
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
