package io.gatehouse.gateway.http.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.gateway.session.Budgets;
import io.gatehouse.gateway.session.Lease;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HeldOutputTest {

  private final Lease held = Budgets.lease();
  private final HeldOutput output = new HeldOutput(held);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4095, 4096, 4097, 12_288, 12_289, 126_976, 1_000_000})
  void keepsWhatIsWrittenInPartsOfAnyLength(int size) throws IOException {
    Random random = new Random(size);
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    int at = 0;
    while (at < size) {
      int count = Math.min(size - at, 1 + random.nextInt(200_000));
      if (count == 1) {
        output.write(bytes[at]);
      } else {
        output.write(bytes, at, count);
      }
      at += count;
    }

    assertThat(output.stream().readAllBytes()).isEqualTo(bytes);
    assertThat(output.stream().readAllBytes()).isEqualTo(bytes);
    assertThat(output.size()).isEqualTo(size);
    assertThat(output.first()).isEqualTo(size == 0 ? (char) 0 : (char) (bytes[0] & 0xFF));
    assertThat(held.held()).isBetween((long) size, size + 64L * 1024);
  }

  @Test
  void givesBackWhatItForgets() throws IOException {
    output.write(new byte[300_000], 0, 300_000);

    output.reset();

    assertThat(held.held()).isZero();
    assertThat(output.size()).isZero();
    assertThat(output.stream().readAllBytes()).isEmpty();
    output.write('x');
    assertThat(output.stream().readAllBytes()).containsExactly('x');
  }
}
