package io.gatehouse.gateway.ports;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * A port on which a program of an account listens.
 *
 * @param pid the id of the program's process, if it is known
 * @param process the name of this process in the kernel, which has at most 15 characters
 */
public record OpenPort(int port, OptionalInt pid, Optional<String> process) {}
