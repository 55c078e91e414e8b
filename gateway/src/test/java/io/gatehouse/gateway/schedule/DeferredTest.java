package io.gatehouse.gateway.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DeferredTest {

  private final AtomicInteger made = new AtomicInteger();

  @Test
  void makesTheValueOnceAndNotBeforeItIsAskedFor() {
    Deferred<Integer> deferred = new Deferred<>(made::incrementAndGet);

    assertThat(made).hasValue(0);
    assertThat(deferred.value()).isEqualTo(1);
    assertThat(deferred.value()).isEqualTo(1);
  }

  @Test
  void triesAgainAfterAFailure() {
    Deferred<Integer> deferred =
        new Deferred<>(
            () -> {
              if (made.incrementAndGet() == 1) {
                throw new IllegalStateException("not yet");
              }
              return made.get();
            });

    assertThatIllegalStateException().isThrownBy(deferred::value).withMessage("not yet");
    assertThat(deferred.value()).isEqualTo(2);
  }
}
