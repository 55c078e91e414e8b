package io.gatehouse.gateway.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.terminal.Floods.Flood;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class FloodsTest {

  private static final int FRAME = 16 * 1024;

  private final AtomicLong now = new AtomicLong();
  private final Floods floods = new Floods(2, now::get);

  private List<Flood> of(String user, int count) {
    return Stream.generate(() -> floods.of(user)).limit(count).toList();
  }

  /** Lets each terminal print all that is not held back. */
  private static void begin(List<Flood> some) {
    some.forEach(flood -> flood.restAfter(Floods.FREE));
  }

  private static Duration timeOf(int bytes, int bytesPerSecond) {
    return Duration.ofNanos(bytes * TimeUnit.SECONDS.toNanos(1) / bytesPerSecond);
  }

  @Test
  void asManyFloodsAsProcessorsAreNotHeldBack() {
    List<Flood> two = of("alice", 2);
    begin(two);
    assertThat(two.getFirst().restAfter(FRAME)).isZero();
  }

  @Test
  void moreFloodsShareTheRate() {
    List<Flood> four = of("alice", 4);
    begin(four);
    assertThat(four.getFirst().restAfter(FRAME)).isEqualTo(timeOf(FRAME, Floods.SHARED_RATE / 2));
  }

  @Test
  void usersShareTheRateEquallyHoweverManyFloodsEachHas() {
    List<Flood> many = of("alice", 7);
    Flood one = floods.of("bob");
    begin(many);
    begin(List.of(one));
    assertThat(one.restAfter(FRAME)).isEqualTo(timeOf(FRAME, Floods.SHARED_RATE));
    assertThat(many.getFirst().restAfter(FRAME)).isEqualTo(timeOf(FRAME, Floods.SHARED_RATE / 7));
  }

  @Test
  void aTerminalThatPrintsLittleIsNeverHeldBack() {
    begin(of("alice", 16));
    Flood quiet = floods.of("bob");
    for (int line = 0; line < 10_000; line++) {
      assertThat(quiet.restAfter(80)).isZero();
    }
  }

  @Test
  void theBeginningOfAFloodIsNotHeldBack() {
    begin(of("alice", 16));
    Flood brief = floods.of("bob");
    assertThat(brief.restAfter(Floods.FREE)).isZero();
    assertThat(brief.restAfter(FRAME)).isPositive();
    now.addAndGet(Duration.ofSeconds(2).toNanos());
    begin(of("alice", 16));
    assertThat(brief.restAfter(Floods.FREE)).isZero();
  }

  @Test
  void aFloodThatHasEndedNoLongerCounts() {
    List<Flood> ended = of("alice", 16);
    begin(ended);
    now.addAndGet(Duration.ofSeconds(2).toNanos());
    Flood one = floods.of("bob");
    begin(List.of(one));
    assertThat(one.restAfter(FRAME)).isZero();
  }

  @Test
  void whatFollowsATypedKeyIsNotHeldBack() {
    List<Flood> many = of("alice", 16);
    begin(many);
    assertThat(many.getFirst().restAfter(FRAME)).isPositive();
    many.getFirst().type();
    assertThat(many.getFirst().restAfter(Floods.FREE)).isZero();
    assertThat(many.getFirst().restAfter(FRAME)).isPositive();
  }

  @Test
  void aRestIsShortHoweverManyTerminalsFlood() {
    List<Flood> crowd = of("alice", 500);
    begin(crowd);
    assertThat(crowd.getFirst().restAfter(64 * 1024)).isEqualTo(Duration.ofMillis(500));
  }

  @Test
  @Timeout(10)
  void aTypedKeyEndsARest() throws IOException, InterruptedException {
    List<Flood> crowd = of("alice", 500);
    begin(crowd);
    Flood held = crowd.getFirst();
    assertThat(held.read(new ByteArrayInputStream(new byte[FRAME]), new byte[FRAME]))
        .isEqualTo(FRAME);
    // Each rest would take half a second, and none may be left out.
    Thread resting =
        Thread.startVirtualThread(
            () -> {
              for (int frame = 0; frame < 1000; frame++) {
                held.rest();
              }
            });
    held.type();
    resting.join();
  }

  @Test
  void aFrameIsReadWholeAndInOrder() throws IOException {
    byte[] output = new byte[100_000];
    for (int i = 0; i < output.length; i++) {
      output[i] = (byte) i;
    }
    ByteArrayInputStream in = new ByteArrayInputStream(output);
    List<Flood> crowd = of("alice", 16);
    begin(crowd);
    byte[] frame = new byte[64 * 1024];
    int read = 0;
    for (int count = crowd.getFirst().read(in, frame);
        count >= 0;
        count = crowd.getFirst().read(in, frame)) {
      for (int i = 0; i < count; i++) {
        assertThat(frame[i]).isEqualTo(output[read + i]);
      }
      read += count;
    }
    assertThat(read).isEqualTo(output.length);
  }
}
