package io.gatehouse.gateway.notebooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.gateway.notebooks.NotebookException.Reason;
import io.gatehouse.gateway.session.BudgetException;
import io.gatehouse.gateway.session.Budgets;
import io.gatehouse.gateway.session.Lease;
import io.gatehouse.gateway.session.MemoryBudget;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests what a program that lies, or talks without end, can do to the gateway: nothing. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class DialogueTest {

  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Map<String, String> QUESTION = Map.of("do", "execute");

  private static FakeConversation saying(String text) {
    return new FakeConversation(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static DriverAnswer ask(FakeConversation conversation) {
    return new Dialogue(conversation).ask(QUESTION, LONG, Budgets.lease());
  }

  private static String outputs(DriverAnswer answer) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    answer.writeOutputs(out);
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void passesTheOutputsOnAsTheyAre() throws IOException {
    String outputs = "[ {\"data\": {\"text/plain\": \"\\u001b[31mé😀\", \"n\": 1e400}}, {} ]";
    FakeConversation conversation =
        saying("{\"status\":\"error\",\"outputs\": " + outputs + ",\"execution_count\":7}\n");
    DriverAnswer answer = ask(conversation);
    assertThat(answer.status()).isEqualTo("error");
    assertThat(answer.executionCount()).hasValue(7);
    assertThat(outputs(answer)).isEqualTo(outputs);
    assertThat(conversation.asked()).isEqualTo("{\"do\":\"execute\"}\n");
  }

  @Test
  void answersInTheOrderOfTheQuestions() {
    FakeConversation conversation = saying("{\"kernel\":\"one\"}\n{\"kernel\":\"two\"}\n");
    Dialogue dialogue = new Dialogue(conversation);
    assertThat(dialogue.ask(QUESTION, LONG, Budgets.lease()).kernel()).isEqualTo("one");
    assertThat(dialogue.ask(QUESTION, LONG, Budgets.lease()).kernel()).isEqualTo("two");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "{\"kernel\":\"x\"}",
        "[]\n",
        "null\n",
        "{\n",
        "{}{}\n",
        "{\"kernel\":\"x\"} x\n",
        "{\"kernel\":1}\n",
        "{\"kernel\":{}}\n",
        "{\"status\":\"fine\"}\n",
        "{\"status\":null}\n",
        "{\"execution_count\":99999999999}\n",
        "{\"execution_count\":1.5}\n",
        "{\"execution_count\":\"1\"}\n",
        "{\"outputs\":{}}\n",
        "{\"outputs\":[1]}\n",
        "{\"outputs\":[[]]}\n",
        "{\"outputs\":[{]}\n",
        "{\"outputs\":[{\"a\":NaN}]}\n",
        "{\"outputs\":[{\"a\":01}]}\n",
        "{\"outputs\":[{\"a\":\"\t\"}]}\n",
        "{\"other\":1}\n",
        "HTTP/1.1 200 OK\r\n",
      })
  void endsAProgramThatDoesNotSpeakTheProtocol(String line) {
    FakeConversation conversation = saying(line);
    assertBroken(conversation);
  }

  private static void assertBroken(FakeConversation conversation) {
    assertThatThrownBy(() -> ask(conversation))
        .isInstanceOfSatisfying(
            NotebookException.class,
            refusal -> {
              assertThat(refusal.reason()).isEqualTo(Reason.BROKEN);
              assertThat(refusal)
                  .hasMessageStartingWith("The program that runs the kernel has ended: ");
              assertThat(refusal.getMessage()).hasSizeLessThan(300);
            });
    assertThat(conversation.isClosed()).isTrue();
  }

  @Test
  void endsAProgramWhoseAnswerIsTooDeepOrHasTooLongTexts() {
    assertBroken(
        saying("{\"outputs\":[{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}]}\n"));
    assertBroken(saying("{\"kernel\":\"" + "x".repeat(301) + "\"}\n"));
    assertBroken(saying("{\"detail\":\"" + "x".repeat(4001) + "\"}\n"));
    assertBroken(saying("{\"execution_count\":" + "9".repeat(1_000_000) + "}\n"));
  }

  /** A stream without end and without a line break. */
  private static final class Endless extends InputStream {
    private long count;

    @Override
    public int read() {
      count++;
      return 'x';
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      Arrays.fill(bytes, offset, offset + length, (byte) 'x');
      count += length;
      return length;
    }
  }

  /** A stream that has nothing until it is closed. */
  private static final class Silent extends InputStream {
    private final CountDownLatch closed = new CountDownLatch(1);

    @Override
    public int read() throws IOException {
      try {
        closed.await();
      } catch (InterruptedException interruption) {
        throw new IOException(interruption);
      }
      return -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return read();
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }

  @Test
  void readsNoMoreOfALineWithoutEndThanItsBound() {
    Endless endless = new Endless();
    FakeConversation conversation = new FakeConversation(endless);
    assertBroken(conversation);
    assertThat(endless.count).isLessThan(Dialogue.LONGEST + 100_000L);
  }

  @Test
  void givesTheMemoryOfAnAnswerBackAndGoesOnWhenItIsTooLarge() {
    MemoryBudget budget = new MemoryBudget(4 << 20, 1 << 20);
    String large = "{\"outputs\":[{\"a\":\"" + "x".repeat(2 << 20) + "\"}]}\n";
    Dialogue dialogue = new Dialogue(saying(large + "{\"kernel\":\"two\"}\n"));
    try (Lease held = budget.lease("alice")) {
      assertThatThrownBy(() -> dialogue.ask(QUESTION, LONG, held))
          .isInstanceOf(BudgetException.class);
    }
    assertThat(budget.taken()).isZero();
    try (Lease held = budget.lease("alice")) {
      assertThat(dialogue.ask(QUESTION, LONG, held).kernel()).isEqualTo("two");
    }
    assertThat(budget.taken()).isZero();
  }

  @Test
  void endsAProgramThatDoesNotAnswerInTime() {
    Silent silent = new Silent();
    FakeConversation conversation = new FakeConversation(silent);
    Dialogue dialogue = new Dialogue(conversation);
    assertThatThrownBy(() -> dialogue.ask(QUESTION, Duration.ofMillis(50), Budgets.lease()))
        .isInstanceOf(NotebookException.class)
        .hasMessageContaining("has ended");
    assertThat(conversation.isClosed()).isTrue();
    assertThatThrownBy(() -> dialogue.ask(QUESTION, LONG, Budgets.lease()))
        .isInstanceOf(NotebookException.class);
  }

  @Test
  void survivesWhateverAProgramSays() {
    Random random = new Random(20);
    String alphabet = "{}[]\",:\\u0019eE+-.ntf \nstatusoutputskernel\u0000é";
    for (int each = 0; each < 20_000; each++) {
      StringBuilder text = new StringBuilder("{\"outputs\":[{\"a\":");
      text.setLength(random.nextInt(text.length() + 1));
      for (int length = random.nextInt(60); length > 0; length--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      FakeConversation conversation = saying(text.toString());
      try {
        assertThat(ask(conversation)).isNotNull();
      } catch (NotebookException refusal) {
        assertThat(refusal.reason()).as(text.toString()).isEqualTo(Reason.BROKEN);
      }
    }
  }
}
