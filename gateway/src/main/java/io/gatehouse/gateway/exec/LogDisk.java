package io.gatehouse.gateway.exec;

import java.nio.file.Path;

/**
 * Where the logs of an account are, and what each may have there.
 *
 * @param directory the account's own
 * @param maxSize bytes of one log, beside a start record larger than that
 * @param largestSegment bytes of each of its parts, which are dropped as a whole
 * @param files creates the parts
 * @param space counts what all logs have
 */
record LogDisk(
    Path directory, long maxSize, long largestSegment, SegmentFiles files, LogSpace space) {}
