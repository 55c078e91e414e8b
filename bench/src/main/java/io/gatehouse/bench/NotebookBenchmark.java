package io.gatehouse.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.bench.client.TerminalServer;
import java.util.List;
import java.util.Map;

/**
 * Compares notebooks: the start of a kernel, the first cell, and further cells.
 *
 * <p>Both servers start the same kernel program, from a kernelspec of the benchmark. Gatehouse also
 * starts the kernel of the system's Python, which it has without a kernelspec. Open Terminal cannot
 * start this one for another account if it is as old as Debian's.
 */
final class NotebookBenchmark {

  private static final String USER = "user0000";

  /** {@code bench/run} has a kernelspec of this name for Open Terminal. */
  private static final String SAME_KERNEL = "bench";

  private static final String SYSTEMS_KERNEL = "python3";
  private static final int CALLS_IN_ROUND = 50;

  /** A notebook that is open. */
  private record Book(TerminalServer server, String id) {

    private static Book open(TerminalServer server, String kernel) {
      JsonNode answer =
          server.ask(USER, "POST", "/notebooks", Map.of("path", path(server, kernel)));
      return new Book(server, answer.path("id").asText());
    }

    private static String path(TerminalServer server, String kernel) {
      return server.home(USER) + "/" + kernel + ".ipynb";
    }

    /** Runs a cell, and checks that it is the kernel that has answered. */
    private void add() {
      JsonNode answer =
          server.ask(
              USER,
              "POST",
              "/notebooks/" + id + "/execute",
              Map.of("cell_index", 0, "source", "1+1"));
      if (!answer.path("status").asText().equals("ok")
          || !answer.at("/outputs/0/data/text~1plain").asText().equals("2")) {
        throw new IllegalStateException("1+1 is not 2 in a notebook: " + answer);
      }
    }

    private void close() {
      JsonNode unused = server.ask(USER, "DELETE", "/notebooks/" + id, Map.of());
    }
  }

  private final Rounds<TerminalServer> servers;

  NotebookBenchmark(Rounds<TerminalServer> servers) {
    this.servers = servers;
  }

  /**
   * @param python the program of a Python that has ipykernel and that all accounts may run
   */
  void run(String python) {
    System.err.println("notebooks");
    for (TerminalServer server : servers.sides()) {
      server.run(USER, "mkdir -p .local/share/jupyter/kernels/" + SAME_KERNEL);
      server.write(
          USER,
          ".local/share/jupyter/kernels/" + SAME_KERNEL + "/kernel.json",
          "{\"argv\": [\""
              + python
              + "\", \"-m\", \"ipykernel_launcher\", \"-f\", \"{connection_file}\"],"
              + " \"display_name\": \"bench\", \"language\": \"python\"}");
      List.of(SAME_KERNEL, SYSTEMS_KERNEL)
          .forEach(kernel -> server.write(USER, kernel + ".ipynb", notebook(kernel)));
    }
    starts(servers, SAME_KERNEL, "start of a kernel, p50", "first cell of a kernel, 1+1, p50");
    cells();
    starts(
        new Rounds<>(servers.sides().subList(0, 1), servers.rounds(), servers.report()),
        SYSTEMS_KERNEL,
        "start of the system's kernel, p50",
        "its first cell, 1+1, p50");
  }

  private static String notebook(String kernel) {
    return "{\"nbformat\": 4, \"nbformat_minor\": 5, \"metadata\": {\"kernelspec\": {\"name\": \""
        + kernel
        + "\", \"display_name\": \"\"}}, \"cells\": [{\"id\": \"one\", \"cell_type\": \"code\","
        + " \"execution_count\": null, \"metadata\": {}, \"outputs\": [], \"source\": \"1+1\"}]}";
  }

  private static void starts(
      Rounds<TerminalServer> sides, String kernel, String start, String first) {
    List<Times> starts = sides.noTimes();
    List<Times> cells = sides.noTimes();
    for (int round = -1; round < sides.rounds(); round++) {
      for (int i = 0; i < sides.sides().size(); i++) {
        // The first round is not measured. It fills the cache of files.
        Times opening = round < 0 ? new Times() : starts.get(i);
        Times cell = round < 0 ? new Times() : cells.get(i);
        long begin = System.nanoTime();
        Book book = Book.open(sides.sides().get(i), kernel);
        opening.add(System.nanoTime() - begin);
        cell.measure(book::add);
        book.close();
      }
    }
    sides.report(start, starts);
    sides.report(first, cells);
  }

  private void cells() {
    Rounds<Book> books =
        new Rounds<>(
            servers.sides().stream().map(server -> Book.open(server, SAME_KERNEL)).toList(),
            servers.rounds(),
            servers.report());
    books.compare("cell 1+1, p50", CALLS_IN_ROUND, Book::add);
    books.sides().forEach(Book::close);
  }
}
