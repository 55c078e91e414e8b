package io.gatehouse.bench;

import io.gatehouse.bench.client.BareChannels;
import io.gatehouse.bench.client.Checksum;
import io.gatehouse.bench.client.TerminalServer;
import io.gatehouse.bench.client.Zeros;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Compares operations on files, in rounds that alternate between the servers. */
final class FileBenchmark {

  private static final String USER = Users.name(0);
  private static final long LARGE = 100_000_000;
  private static final int SMALL_READS = 20;
  private static final Map<String, ?> TREE = Map.of("paths", List.of(FileContents.ARCHIVED));

  private final Rounds<TerminalServer> servers;
  private final BareChannels bare;
  private final Memory ourMemory;
  private final Optional<Memory> theirMemory;

  FileBenchmark(
      Rounds<TerminalServer> servers,
      BareChannels bare,
      Memory ourMemory,
      Optional<Memory> theirMemory) {
    this.servers = servers;
    this.bare = bare;
    this.ourMemory = ourMemory;
    this.theirMemory = theirMemory;
  }

  void run() {
    System.err.println("files");
    servers.sides().forEach(server -> new FileContents(server, USER).make());
    compare("list of 1,000 entries", "/files/list?directory=" + FileContents.FOLDER);
    compare("list of 20,000 entries", "/files/list?directory=" + FileContents.LARGE_FOLDER);
    servers.compareDownload(
        "read of 1 KB",
        SMALL_READS,
        1,
        server -> server.get(USER, "/files/read?path=" + FileContents.SMALL_TEXT));
    compare("read of 1 MB", "/files/read?path=" + FileContents.TEXT);
    servers.compare(
        "write of 1 MB", 1, server -> server.write(USER, "written", FileContents.text()));
    servers.sides().forEach(server -> new FileContents(server, USER).requireWritten("written"));
    compare(
        "grep over 20,000 files",
        "/files/grep?path=" + FileContents.TREE + "&query=" + FileContents.NEEDLE);
    // Each takes seconds.
    new Rounds<>(servers.sides(), Math.max(servers.rounds() / 3, 2), servers.report())
        .compareDownload(
            "archive of 10,000 small files",
            1,
            1,
            server -> server.post(USER, "/files/archive", TREE, OutputStream.nullOutputStream()));
    large();
  }

  private void compare(String what, String path) {
    servers.compareDownload(what, 1, 1, server -> server.get(USER, path));
  }

  private void large() {
    ourMemory.reset();
    theirMemory.ifPresent(Memory::reset);
    double before = ourMemory.peakMegabytes();
    servers.compare("upload of 100 MB", 1, 0.7, FileBenchmark::upload);
    servers
        .sides()
        .forEach(server -> Checksum.requireFile(server, USER, "up/large", new Zeros(LARGE)));
    List<Times> views =
        servers.compareDownload(
            "view of 100 MB", 1, 1.2, server -> server.get(USER, "/files/view?path=large"));
    Times cat = new Times();
    for (int round = 0; round <= servers.rounds(); round++) {
      cat.add(bare.read(USER, "cat large", LARGE));
    }
    Report report = servers.report();
    report.atLeast(
        "view of 100 MB, against cat in a channel", rate(views.getFirst()), rate(cat), "MB/s", 0.6);
    report.value("memory before the transfers", before, "MB");
    report.value("peak memory during the transfers", ourMemory.peakMegabytes(), "MB");
    theirMemory.ifPresent(
        theirs -> report.value("Open Terminal's peak memory", theirs.peakMegabytes(), "MB"));
  }

  private static void upload(TerminalServer server) {
    server.upload(USER, "up", "large", new Zeros(LARGE));
  }

  /** The rate in megabytes per second, by the median time. */
  private static double rate(Times times) {
    return LARGE / 1e6 / (times.median() / 1e3);
  }
}
