package io.gatehouse.gateway.http.binding;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordReflectionTest {

  record Undescribed(String name) {}

  record Unreadable(@Described("a time") Duration time) {}

  record WrongMap(@Described("numbers") Map<String, Integer> numbers) {}

  record WrongDefault(@Described("a count") @Range(min = 1) @Default("0") int count) {}

  record AbsentPath(@Described("an id") @InPath @Default("x") String id) {}

  record UpsideDown(@Described("a count") @Range(min = 2, max = 1) int count) {}

  @Test
  void refusesRecordsThatCannotBeBoundOrDocumented() {
    for (Class<?> type :
        new Class<?>[] {
          Undescribed.class,
          Unreadable.class,
          WrongMap.class,
          WrongDefault.class,
          AbsentPath.class,
          UpsideDown.class,
          String.class
        }) {
      assertThatIllegalArgumentException()
          .as(type.getSimpleName())
          .isThrownBy(() -> RecordType.of(type));
    }
  }
}
