package io.gatehouse.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.gateway.session.BudgetException.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryBudgetTest {

  private static final long MB = 1024 * 1024;

  private final MemoryBudget budget = new MemoryBudget(16 * MB, 8 * MB);

  private static void assertRefused(Lease lease, long bytes, Reason reason, String words) {
    long before = lease.held();
    assertThatThrownBy(() -> lease.take(bytes))
        .asInstanceOf(InstanceOfAssertFactories.type(BudgetException.class))
        .satisfies(refusal -> assertThat(refusal.reason()).isEqualTo(reason))
        .satisfies(refusal -> assertThat(refusal).hasMessageContaining(words));
    assertThat(lease.held()).isEqualTo(before);
  }

  @Test
  void countsNothingUpToTheAllowance() {
    Lease lease = budget.lease("alice");
    lease.take(Lease.ALLOWANCE);
    assertThat(budget.taken()).isZero();
    lease.take(1);
    assertThat(budget.taken()).isEqualTo(2 * Lease.ALLOWANCE);
    lease.giveBack(1);
    assertThat(budget.taken()).isZero();
  }

  @Test
  void refusesWhatIsTooMuchForOneUserAndLeavesTheRestToOthers() {
    budget.lease("alice").take(5 * MB);
    Lease second = budget.lease("alice");
    second.take(3 * MB);
    assertRefused(second, 1 * MB, Reason.TOO_MUCH_OF_USER, "take 8 MB of this server's memory");
    budget.lease("bob").take(8 * MB);
  }

  @Test
  void refusesWhatIsTooMuchForAll() {
    budget.lease("alice").take(8 * MB);
    budget.lease("bob").take(8 * MB);
    assertRefused(budget.lease("carol"), 1 * MB, Reason.TOO_MUCH_OF_ALL, "Try again in a moment");
  }

  @Test
  void tellsWhatCanNeverBeHadFromWhatHasToWait() {
    budget.lease("alice").take(5 * MB);
    assertRefused(budget.lease("alice"), 9 * MB, Reason.TOO_LARGE, "more than the 8 MB");
    Lease growing = budget.lease("bob");
    growing.take(8 * MB);
    assertRefused(growing, 1, Reason.TOO_LARGE, "Ask for less at once");
  }

  @Test
  void takesNoNumberThatOverflows() {
    Lease lease = budget.lease("alice");
    lease.take(1 * MB);
    assertRefused(lease, Long.MAX_VALUE / 2, Reason.TOO_LARGE, "more than the 8 MB");
  }

  @Test
  void givesEverythingBackOnce() {
    Lease lease = budget.lease("alice");
    lease.take(7 * MB);
    lease.giveBack(2 * MB);
    assertThat(budget.taken()).isEqualTo(5 * MB);
    lease.close();
    lease.close();
    assertThat(budget.taken()).isZero();
    budget.lease("alice").take(8 * MB);
  }

  @Test
  void losesNothingWhenManyTakeAndGiveBack() throws Exception {
    List<Future<?>> all = new ArrayList<>();
    try (ExecutorService users = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 200; i++) {
        String user = "user " + i % 5;
        all.add(
            users.submit(
                () -> {
                  for (int round = 0; round < 200; round++) {
                    try (Lease lease = budget.lease(user)) {
                      lease.take(round * 1000L);
                      lease.take(round * 10_000L);
                    } catch (BudgetException full) {
                      assertThat(full.reason()).isNotEqualTo(Reason.TOO_LARGE);
                    }
                  }
                }));
      }
    }
    for (Future<?> each : all) {
      each.get();
    }
    assertThat(budget.taken()).isZero();
  }

  @Test
  void givesOneUserHalfOfAQuarterOfTheHeapAndAllOfItIfThereIsOnlyOne() {
    long heap = Runtime.getRuntime().maxMemory();
    assertThat(MemoryBudget.ofHeap(false).mostOfUser()).isEqualTo(heap / 4 / 2);
    assertThat(MemoryBudget.ofHeap(true).mostOfUser()).isEqualTo(heap / 4);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 131_072, 1_000_000})
  void keepsBytesAsTheyWere(int length) throws IOException {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    Lease lease = budget.lease("alice");

    HeldBytes held = HeldBytes.read(new ByteArrayInputStream(bytes), 2 * MB, lease);

    assertThat(held.size()).isEqualTo(length);
    assertThat(held.toArray()).isEqualTo(bytes);
    assertThat(held.stream().readAllBytes()).isEqualTo(bytes);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    held.writeTo(out);
    assertThat(out.toByteArray()).isEqualTo(bytes);
    assertThat(lease.held()).isBetween((long) length, length + 65_536L);
  }

  @Test
  void readsNoMoreThanItMay() throws IOException {
    HeldBytes held =
        HeldBytes.read(new ByteArrayInputStream(new byte[200_000]), 100_000, budget.lease("alice"));
    assertThat(held.size()).isEqualTo(100_000);
    assertThat(held.stream().readAllBytes()).hasSize(100_000);
  }
}
