package io.gatehouse.gateway.exec;

import java.nio.file.Path;

/**
 * The place of an account's logs on disk, and the space that each log may take there.
 *
 * @param directory the account's own directory
 * @param maxSize the most bytes of one log; only a start record that is larger may exceed it
 * @param largestSegment the most bytes of one segment; only whole segments are dropped
 * @param files creates the segments' files
 * @param space counts the space of all logs
 */
record LogDisk(
    Path directory, long maxSize, long largestSegment, SegmentFiles files, LogSpace space) {}
