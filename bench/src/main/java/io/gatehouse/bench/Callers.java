package io.gatehouse.bench;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** Does the same for many, a few at a time. */
final class Callers {

  private Callers() {}

  /**
   * Returns when all are done.
   *
   * @param most how many at a time
   */
  static <T> void forEach(int most, List<T> all, Consumer<T> work) {
    try (ExecutorService callers = Executors.newFixedThreadPool(most)) {
      List<CompletableFuture<Void>> ends =
          all.stream()
              .map(each -> CompletableFuture.runAsync(() -> work.accept(each), callers))
              .toList();
      ends.forEach(CompletableFuture::join);
    }
  }
}
