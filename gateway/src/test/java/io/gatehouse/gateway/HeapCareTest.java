package io.gatehouse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class HeapCareTest {

  private static final long LIVE = 20L << 20;

  private final FakeHeap heap = new FakeHeap();
  private final HeapCare care = new HeapCare(heap);

  @Test
  void collectsOnceWhenTheGatewayRests() {
    heap.used = LIVE + HeapCare.WORTHWHILE + 1;
    care.look();
    assertThat(heap.collections).isZero();
    care.look();
    assertThat(heap.collections).isEqualTo(1);
    care.look();
    care.look();
    assertThat(heap.collections).isEqualTo(1);
  }

  @Test
  void collectsNothingAgainForTheLittleThatARestingGatewayAllocates() {
    rest();
    for (long gathered = 0; gathered <= HeapCare.WORTHWHILE; gathered += HeapCare.RESTING / 2) {
      heap.used = LIVE + gathered;
      care.look();
    }
    assertThat(heap.collections).isEqualTo(1);
    heap.used = LIVE + HeapCare.WORTHWHILE + 1;
    care.look();
    assertThat(heap.collections).isEqualTo(2);
  }

  @Test
  void doesNotDisturbAWorkingGatewayForLittle() {
    rest();
    heap.used = LIVE + HeapCare.MUCH;
    care.look();
    heap.used = LIVE + HeapCare.MUCH / 2;
    care.look();
    assertThat(heap.collections).isEqualTo(1);
  }

  @Test
  void collectsWhileTheGatewayWorksWhenMuchHasComeTogether() {
    rest();
    heap.used = LIVE + HeapCare.MUCH + 1;
    care.look();
    assertThat(heap.collections).isEqualTo(2);
  }

  @Test
  void waitsForAsMuchAsIsKeptIfMuchIsKept() {
    heap.live = 4 * HeapCare.MUCH;
    rest();
    heap.used = heap.live + 2 * HeapCare.MUCH;
    care.look();
    assertThat(heap.collections).isEqualTo(1);
    heap.used = 2 * heap.live + 1;
    care.look();
    assertThat(heap.collections).isEqualTo(2);
  }

  /** Two looks at a heap that does not change, of which the second one collects. */
  private void rest() {
    heap.used = heap.live + HeapCare.WORTHWHILE + 1;
    care.look();
    care.look();
    assertThat(heap.collections).isEqualTo(1);
  }

  private static final class FakeHeap implements HeapCare.Heap {

    private long live = LIVE;
    private long used;
    private int collections;

    @Override
    public long used() {
      return used;
    }

    @Override
    public void collect() {
      collections++;
      used = live;
    }
  }
}
