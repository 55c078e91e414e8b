package io.gatehouse.gateway.exec;

import java.nio.file.Path;

/**
 * Where the logs of an account are on disk, and how much space each may have there.
 *
 * @param directory the account's own directory
 * @param maxSize the most bytes of one log; only a start record that is larger may exceed it
 * @param largestSegment the most bytes of one segment; only whole segments are dropped
 * @param files creates the segments' files
 * @param space counts the space of all logs
 */
record LogDisk(
    Path directory, long maxSize, long largestSegment, SegmentFiles files, LogSpace space) {}
