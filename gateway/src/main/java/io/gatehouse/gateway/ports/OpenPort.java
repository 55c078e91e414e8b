package io.gatehouse.gateway.ports;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * A port on which a program of an account listens.
 *
 * @param pid the program's process, where it is known
 * @param process the name of that process as the kernel has it, at most 15 characters
 */
public record OpenPort(int port, OptionalInt pid, Optional<String> process) {}
