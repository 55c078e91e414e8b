package io.gatehouse.gateway.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.session.FakeCommand;
import io.gatehouse.gateway.session.Quota;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class InputWatchTest {

  private final FakeCommand command = new FakeCommand().begins();
  private final Quota places = new Quota(2, 8);
  private final InputWatch watch = new InputWatch(command, "alice", places);

  private void look() {
    watch.startLook();
    while (watch.isLooking()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void looksAtNothingThatWasNotSilentForASecond() {
    assertThat(watch.untilNextLook()).isBetween(Duration.ofMillis(500), InputWatch.SILENCE);
    assertThat(watch.isWaiting()).isFalse();
  }

  @Test
  void looksLessOftenTheLongerNothingIsFound() {
    look();
    assertThat(watch.untilNextLook()).isLessThanOrEqualTo(Duration.ofSeconds(1));
    for (int i = 0; i < 3; i++) {
      look();
    }
    assertThat(watch.untilNextLook()).isBetween(Duration.ofSeconds(7), Duration.ofSeconds(8));
    for (int i = 0; i < 100; i++) {
      look();
    }
    assertThat(watch.untilNextLook()).isBetween(Duration.ofSeconds(29), Duration.ofSeconds(30));
    watch.activity();
    assertThat(watch.untilNextLook()).isLessThanOrEqualTo(InputWatch.SILENCE);
  }

  @Test
  void forgetsWhatItFoundWhenSomethingHappens() {
    command.waitsForInput(true);
    look();
    assertThat(watch.isWaiting()).isTrue();
    assertThat(watch.untilNextLook()).isBetween(Duration.ofSeconds(4), Duration.ofSeconds(5));
    watch.activity();
    assertThat(watch.isWaiting()).isFalse();
    look();
    assertThat(watch.isWaiting()).isTrue();
    command.waitsForInput(false);
    look();
    assertThat(watch.isWaiting()).isFalse();
    assertThat(command.looks()).isEqualTo(3);
  }

  @Test
  void whoseLooksHangKeepsNobodyElseFromLooking() {
    assertThat(places.take("alice", "looks")).isEmpty();
    assertThat(places.take("alice", "looks")).isEmpty();
    command.waitsForInput(true);
    look();
    assertThat(command.looks()).isZero();
    InputWatch ofBob = new InputWatch(command, "bob", places);
    ofBob.startLook();
    while (ofBob.isLooking()) {
      Thread.onSpinWait();
    }
    assertThat(ofBob.isWaiting()).isTrue();
  }
}
