package io.gatehouse.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Compares operations on files, in rounds that alternate between the servers. */
final class FileBenchmark {

  private static final String USER = "user0000";
  private static final int TEXT = 1_000_000;
  private static final long LARGE = 100_000_000;
  private static final int TREE = 20_000;
  private static final int FILES_IN_FOLDER = 100;

  private final TerminalServer gatehouse;
  private final Optional<TerminalServer> openTerminal;
  private final BareChannels bare;
  private final Optional<Memory> ourMemory;
  private final Optional<Memory> theirMemory;
  private final int rounds;
  private final Report report;

  FileBenchmark(
      TerminalServer gatehouse,
      Optional<TerminalServer> openTerminal,
      BareChannels bare,
      List<Memory> memories,
      int rounds,
      Report report) {
    this.gatehouse = gatehouse;
    this.openTerminal = openTerminal;
    this.bare = bare;
    this.ourMemory = memories.stream().findFirst();
    this.theirMemory = memories.stream().skip(1).findFirst();
    this.rounds = rounds;
    this.report = report;
  }

  void run() {
    System.err.println("files");
    servers().forEach(server -> server.run(USER, content()));
    String text = ("x".repeat(75) + "\n").repeat(TEXT / 76);
    compare("list of 1,000 entries", 1, server -> server.get(USER, "/files/list?directory=many"));
    compare("read of 1 MB", 1, server -> server.get(USER, "/files/read?path=text"));
    compare("write of 1 MB", 1, server -> server.write(USER, "written", text));
    compare(
        "grep over 20,000 files",
        1,
        server -> server.get(USER, "/files/grep?path=tree&query=needle"));
    large();
  }

  /** Fills a home with many entries, a text, a large file, and a tree to search. */
  private static String content() {
    return String.join(
        " && ",
        "mkdir -p many tree",
        "(cd many && seq -f entry-%05g 1000 | xargs touch)",
        "base64 -w 75 /dev/zero | head -c " + TEXT + " > text",
        "head -c " + LARGE + " /dev/urandom > large",
        "mkdir -p $(seq -f tree/%g 0 " + (TREE / FILES_IN_FOLDER - 1) + ")",
        "text=$(yes some words here | head -n 40)",
        "for ((i = 0; i < "
            + TREE
            + "; i++)); do echo \"$text\" > tree/$((i / "
            + FILES_IN_FOLDER
            + "))/$i; done",
        "echo needle >> tree/0/0");
  }

  private List<TerminalServer> servers() {
    List<TerminalServer> servers = new ArrayList<>(List.of(gatehouse));
    openTerminal.ifPresent(servers::add);
    return servers;
  }

  private Times compare(String what, double goal, Consumer<TerminalServer> work) {
    List<TerminalServer> servers = servers();
    List<Times> times = servers.stream().map(each -> new Times()).toList();
    servers.forEach(work);
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < servers.size(); i++) {
        TerminalServer server = servers.get(i);
        times.get(i).measure(() -> work.accept(server));
      }
    }
    if (times.size() > 1) {
      report.atMost(what, times.get(0).median(), times.get(1).median(), "ms", goal);
    } else {
      report.value(what, times.getFirst().median(), "ms");
    }
    return times.getFirst();
  }

  private void large() {
    ourMemory.ifPresent(Memory::reset);
    theirMemory.ifPresent(Memory::reset);
    double before = ourMemory.map(Memory::peakMegabytes).orElse(0.0);
    compare("upload of 100 MB", 1, server -> server.upload(USER, "up", "large", LARGE));
    Times views = compare("view of 100 MB", 2, server -> view(server));
    Times cat = new Times();
    for (int round = 0; round <= rounds; round++) {
      cat.add(bare.read(USER, "cat large", LARGE));
    }
    report.atLeast("view of 100 MB, against cat in a channel", rate(views), rate(cat), "MB/s", 0.6);
    if (ourMemory.isPresent()) {
      report.value("memory before the transfers", before, "MB");
      report.value("peak memory during the transfers", ourMemory.get().peakMegabytes(), "MB");
    }
    theirMemory.ifPresent(
        theirs -> report.value("Open Terminal's peak memory", theirs.peakMegabytes(), "MB"));
  }

  private static void view(TerminalServer server) {
    if (server.get(USER, "/files/view?path=large") != LARGE) {
      throw new IllegalStateException("a view is not whole");
    }
  }

  /** The rate in megabytes per second, by the median time. */
  private static double rate(Times times) {
    return LARGE / 1e6 / (times.median() / 1e3);
  }
}
