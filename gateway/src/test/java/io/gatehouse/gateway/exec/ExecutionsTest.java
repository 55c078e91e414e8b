package io.gatehouse.gateway.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.account.AccountName;
import io.gatehouse.gateway.chat.ChatScope;
import io.gatehouse.gateway.session.BudgetException;
import io.gatehouse.gateway.session.Budgets;
import io.gatehouse.gateway.session.Command;
import io.gatehouse.gateway.session.CommandLine;
import io.gatehouse.gateway.session.ExitStatus;
import io.gatehouse.gateway.session.FakeCommand;
import io.gatehouse.gateway.session.FakeSessions;
import io.gatehouse.gateway.session.MemoryBudget;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.SessionException.Reason;
import io.gatehouse.gateway.session.Signal;
import io.gatehouse.gateway.support.MovableTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ExecutionsTest {

  private static final Account ACCOUNT =
      new Account(new AccountName("alice"), 20_000, Path.of("/home/alice"));
  private static final ChatScope ALICE = new ChatScope("alice", Optional.empty());
  private static final ChatScope BOB = new ChatScope("bob", Optional.empty());
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path logs;

  private final MovableTime time = new MovableTime();
  private final List<FakeCommand> commands = new ArrayList<>();

  /** Memory for three commands with short texts; one user may have two. */
  private final MemoryBudget small = new MemoryBudget(3 * 256 * 1024, 2 * 256 * 1024);

  private Executions executions;

  @BeforeEach
  void create() {
    executions =
        new Executions(
            new FakeSessions(this::run),
            new ExecutionLogs(logs, LogReader.limits(Duration.ofDays(7)), time),
            Budgets.large(),
            time);
  }

  @AfterEach
  void end() {
    executions.close();
  }

  private Command run(CommandLine commandLine) {
    return switch (commandLine.text()) {
      case "refused" -> throw new SessionException(Reason.LOGIN_REFUSED, "no login");
      case "nowhere" -> new FakeCommand().cannotEnterItsDirectory();
      default -> {
        FakeCommand command = new FakeCommand().begins();
        commands.add(command);
        yield command;
      }
    };
  }

  private Execution start(ChatScope scope) {
    return start(scope, "true");
  }

  private Execution start(ChatScope scope, String text) {
    CommandLine line = new CommandLine(text, "/somewhere", Map.of());
    return executions.start(scope, ACCOUNT, line, text.equals("nowhere") ? LIMIT : Duration.ZERO);
  }

  @Test
  void keepsAnEndedExecutionForFiveMinutes() {
    Execution execution = start(ALICE);
    commands.getFirst().prints("hello").ends(3);
    execution.awaitEnd(LIMIT);

    time.advance(Duration.ofMinutes(5));
    assertThat(executions.find(ALICE, execution.id())).contains(execution);
    assertThat(executions.list(ALICE)).containsExactly(execution);
    assertThat(output(execution)).isEqualTo("hello");

    time.advance(Duration.ofMillis(1));
    assertThat(executions.find(ALICE, execution.id())).isEmpty();
    assertThat(executions.list(ALICE)).isEmpty();
  }

  @Test
  void countsTheMemoryOfRunningCommands() {
    executions.close();
    executions =
        new Executions(
            new FakeSessions(this::run),
            new ExecutionLogs(logs, LogReader.limits(Duration.ofDays(7)), time),
            small,
            time);
    Execution first = start(ALICE);
    var unused = start(ALICE);
    assertThatThrownBy(() -> start(ALICE))
        .isInstanceOf(BudgetException.class)
        .hasMessageContaining("What you have under way");
    assertThatThrownBy(() -> start(BOB, "refused")).isInstanceOf(SessionException.class);
    var others = start(BOB);
    assertThat(others.status()).isEqualTo(Execution.Status.RUNNING);

    commands.getFirst().ends(0);
    first.awaitEnd(LIMIT);
    assertThat(start(ALICE).status()).isEqualTo(Execution.Status.RUNNING);
  }

  @Test
  void forgetsTheOldestOfMuchText() {
    List<Execution> all = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      Execution execution = start(ALICE, "#" + "x".repeat(99_999));
      all.add(execution);
      commands.getLast().ends(0);
      execution.awaitEnd(LIMIT);
    }
    assertThat(executions.list(ALICE)).containsExactlyElementsOf(all.subList(2, 12));
    time.advance(Duration.ofMinutes(6));
    assertThat(start(ALICE)).isNotNull();
    assertThat(executions.list(ALICE)).hasSize(1);
  }

  private static String output(Execution execution) {
    return LogReader.text(execution.output(0, OptionalInt.empty()));
  }

  @Test
  void keepsARunningExecutionForEver() {
    Execution execution = start(ALICE);
    time.advance(Duration.ofDays(365));
    assertThat(executions.find(ALICE, execution.id())).contains(execution);
    assertThat(execution.status()).isEqualTo(Execution.Status.RUNNING);
    assertThat(execution.exitCode()).isEmpty();
  }

  @Test
  void showsNobodyTheExecutionsOfAnotherUser() {
    Execution execution = start(ALICE);
    assertThat(executions.find(BOB, execution.id())).isEmpty();
    assertThat(executions.list(BOB)).isEmpty();
    assertThat(executions.find(new ChatScope("alice", Optional.of("chat")), execution.id()))
        .isEmpty();
  }

  @Test
  void listsExactlyWhatBelongsToTheChatOrToNone() {
    ChatScope one = new ChatScope("alice", Optional.of("one"));
    ChatScope two = new ChatScope("alice", Optional.of("two"));
    Execution ofOne = start(one);
    Execution ofNone = start(ALICE);
    assertThat(executions.list(one)).containsExactly(ofOne);
    assertThat(executions.list(ALICE)).containsExactly(ofNone);
    assertThat(executions.list(two)).isEmpty();
    assertThat(executions.list(new ChatScope("bob", Optional.of("one")))).isEmpty();
  }

  @Test
  void findsByItsIdWhatAnyChatOfTheUserStarted() {
    ChatScope one = new ChatScope("alice", Optional.of("one"));
    Execution ofOne = start(one);
    assertThat(executions.find(ALICE, ofOne.id())).contains(ofOne);
    assertThat(executions.find(one, ofOne.id())).contains(ofOne);
    assertThat(executions.find(new ChatScope("alice", Optional.of("two")), ofOne.id())).isEmpty();
    assertThat(executions.find(BOB, ofOne.id())).isEmpty();
    assertThat(executions.find(new ChatScope("bob", Optional.of("one")), ofOne.id())).isEmpty();
  }

  @Test
  void givesNoTwoExecutionsOneId() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      ids.add(start(ALICE).id());
    }
    assertThat(ids)
        .doesNotHaveDuplicates()
        .allMatch(id -> id.matches("\\d{8}-\\d{6}-[0-9a-f]{16}"));
  }

  @Test
  void runsNoMoreCommandsOfAUserThanItMay() {
    List<Execution> running = new ArrayList<>();
    for (int i = 0; i < ExecutionSettings.MOST_RUNNING_OF_USER; i++) {
      running.add(start(ALICE));
    }
    assertThatThrownBy(() -> start(ALICE))
        .isInstanceOf(ExecutionRefusedException.class)
        .hasMessageStartingWith("You have 64 running commands")
        .extracting(failure -> ((ExecutionRefusedException) failure).reason())
        .isEqualTo(ExecutionRefusedException.Reason.TOO_MANY);
    assertThat(start(BOB).status()).isEqualTo(Execution.Status.RUNNING);

    commands.getFirst().ends(0);
    running.getFirst().awaitEnd(LIMIT);
    assertThat(start(ALICE).status()).isEqualTo(Execution.Status.RUNNING);
  }

  @Test
  void runsNoMoreCommandsOfAllThanItMay() {
    int users = ExecutionSettings.MOST_RUNNING / ExecutionSettings.MOST_RUNNING_OF_USER;
    for (int user = 0; user < users; user++) {
      for (int i = 0; i < ExecutionSettings.MOST_RUNNING_OF_USER; i++) {
        start(new ChatScope("user" + user, Optional.empty()));
      }
    }
    assertThatThrownBy(() -> start(BOB)).hasMessageStartingWith("This server has 1024 running");
  }

  @Test
  void countsNoCommandThatNeverRan() {
    for (int i = 0; i < 2 * ExecutionSettings.MOST_RUNNING_OF_USER; i++) {
      assertThatThrownBy(() -> start(ALICE, "refused")).isInstanceOf(SessionException.class);
    }
    for (int i = 0; i < 2 * ExecutionSettings.MOST_RUNNING_OF_USER; i++) {
      assertThatThrownBy(() -> start(ALICE, "nowhere"))
          .isInstanceOf(SessionException.class)
          .hasMessageContaining("/somewhere");
    }
    assertThat(executions.list(ALICE)).isEmpty();
    for (int i = 0; i < ExecutionSettings.MOST_RUNNING_OF_USER; i++) {
      start(ALICE);
    }
  }

  @Test
  void dropsTheOldestEndedBeforeItKeepsTooMany() {
    Execution running = start(ALICE);
    List<Execution> ended = new ArrayList<>();
    int most = ExecutionSettings.MOST_ENDED_OF_USER + ExecutionSettings.MOST_RUNNING_OF_USER;
    for (int i = 0; i < most; i++) {
      Execution execution = start(ALICE);
      commands.getLast().ends(0);
      execution.awaitEnd(LIMIT);
      ended.add(execution);
    }
    assertThat(executions.list(ALICE))
        .hasSize(most)
        .contains(running, ended.getLast())
        .doesNotContain(ended.getFirst());
  }

  @Test
  void killsWithTermOrKillAndTellsTheStatus() {
    Execution asked = start(ALICE);
    asked.kill(false);
    assertThat(commands.getFirst().signals()).containsExactly(Signal.TERM);
    assertThat(asked.status()).isEqualTo(Execution.Status.KILLED);
    assertThat(asked.exitCode()).hasValue(143);

    Execution forced = start(ALICE);
    forced.kill(true);
    assertThat(commands.getLast().signals()).containsExactly(Signal.KILL);
    assertThat(forced.exitCode()).hasValue(137);

    asked.kill(true);
    assertThat(commands.getFirst().signals()).containsExactly(Signal.TERM);
  }

  @Test
  void killsAtTheFirstAskingWhatIgnoresTerm() {
    Execution stubborn = start(ALICE);
    commands.getFirst().ignoresSignals();
    stubborn.kill(false);
    assertThat(commands.getFirst().signals()).containsExactly(Signal.TERM, Signal.KILL);
    assertThat(stubborn.status()).isEqualTo(Execution.Status.KILLED);
    assertThat(stubborn.exitCode()).hasValue(137);
  }

  @Test
  void forgetsACommandWhoseDirectoryTurnsOutToBeMissing() {
    Execution lost =
        executions.start(
            ALICE, ACCOUNT, new CommandLine("nowhere", "/somewhere", Map.of()), Duration.ZERO);
    lost.awaitEnd(LIMIT);
    assertThatThrownBy(() -> executions.requireDirectory(lost))
        .isInstanceOf(SessionException.class)
        .hasMessage(
            "The working directory does not exist or cannot be entered: /somewhere. Create it, or"
                + " name another one in cwd.");
    assertThat(executions.list(ALICE)).isEmpty();

    Execution fine = start(ALICE);
    executions.requireDirectory(fine);
    assertThat(executions.list(ALICE)).containsExactly(fine);
  }

  @Test
  void typesUnescapedAndRefusesAfterTheEnd() {
    Execution execution = start(ALICE);
    execution.type("yes\\n\\x03");
    assertThat(commands.getFirst().typed()).containsExactly("yes\n\u0003");

    commands.getFirst().ends(0);
    execution.awaitEnd(LIMIT);
    assertThatThrownBy(() -> execution.type("more"))
        .isInstanceOf(ExecutionRefusedException.class)
        .hasMessage("Process has already exited");
  }

  @Test
  void saysInTheOutputThatTheLoginWasLost() {
    Execution execution = start(ALICE);
    commands.getFirst().prints("half").ends(ExitStatus.ofLostLogin());
    execution.awaitEnd(LIMIT);
    assertThat(execution.exitCode()).hasValue(255);
    assertThat(output(execution))
        .isEqualTo("half\r\n[the command has no status: its login was lost]\r\n");
  }

  @Test
  void endsEverythingWhenItCloses() {
    Execution gentle = start(ALICE);
    Execution stubborn = start(BOB);
    commands.get(1).ignoresSignals();

    executions.close();

    assertThat(commands.get(0).signals()).containsExactly(Signal.TERM);
    assertThat(commands.get(1).signals()).containsExactly(Signal.TERM, Signal.KILL);
    gentle.awaitEnd(LIMIT);
    stubborn.awaitEnd(LIMIT);
    assertThat(List.of(gentle, stubborn))
        .allSatisfy(each -> assertThat(each.status()).isEqualTo(Execution.Status.KILLED));
  }
}
