package io.gatehouse.gateway.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.gateway.account.Account;
import io.gatehouse.gateway.account.AccountName;
import io.gatehouse.gateway.auth.AuthException;
import io.gatehouse.gateway.auth.Authenticator;
import io.gatehouse.gateway.auth.BearerToken;
import io.gatehouse.gateway.auth.Caller;
import io.gatehouse.gateway.auth.Role;
import io.gatehouse.gateway.auth.User;
import io.gatehouse.gateway.auth.ValidatedUser;
import io.gatehouse.gateway.chat.ChatScope;
import io.gatehouse.gateway.session.Budgets;
import io.gatehouse.gateway.session.ExitStatus;
import io.gatehouse.gateway.session.FakeSessions;
import io.gatehouse.gateway.session.FakeShell;
import io.gatehouse.gateway.session.MemoryBudget;
import io.gatehouse.gateway.session.SessionException;
import io.gatehouse.gateway.session.Shell;
import io.gatehouse.gateway.session.WindowSize;
import io.gatehouse.gateway.support.MovableTime;
import io.gatehouse.gateway.terminal.TerminalRefusedException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class TerminalsTest {

  private static final Account ACCOUNT =
      new Account(new AccountName("alice"), 20_000, Path.of("/home/alice"));
  private static final ChatScope CHAT = new ChatScope("alice", Optional.of("chat"));
  private static final ChatScope BOB = new ChatScope("bob", Optional.empty());
  private static final Duration TTL = Duration.ofMinutes(15);

  private final MovableTime time = new MovableTime();
  private final List<FakeShell> shells = new ArrayList<>();
  private boolean refusesLogins;
  private volatile @Nullable AuthException refusal;
  private volatile String tokenOf = "alice";

  private final Terminals terminals =
      new Terminals(
          new TerminalSettings(true, 3, 4, TTL, Duration.ofMinutes(5)),
          FakeSessions.ofShells(this::newShell),
          new Authenticator(Optional.empty(), Optional.of(this::validate)),
          Budgets.large(),
          time);

  private Shell newShell() {
    if (refusesLogins) {
      throw new SessionException(SessionException.Reason.LOGIN_REFUSED, "no login today");
    }
    FakeShell shell = new FakeShell();
    shells.add(shell);
    return shell;
  }

  private ValidatedUser validate(BearerToken token) {
    AuthException refused = refusal;
    if (refused != null) {
      throw refused;
    }
    return new ValidatedUser(new User(tokenOf, Optional.empty(), Role.USER), Optional.empty());
  }

  @AfterEach
  void close() {
    terminals.close();
  }

  private static Caller byToken(String user) {
    return new Caller(
        Optional.of(new User(user, Optional.empty(), Role.USER)),
        Optional.of(new BearerToken("token")));
  }

  private static Caller byKey(String user) {
    return new Caller(Optional.of(new User(user, Optional.empty(), Role.USER)), Optional.empty());
  }

  @Test
  void countsTheMemoryOfTerminals() {
    MemoryBudget budget = new MemoryBudget(2 << 20, 1 << 20);
    try (Terminals bounded =
        new Terminals(
            new TerminalSettings(true, 3, 4, TTL, Duration.ofMinutes(5)),
            FakeSessions.ofShells(this::newShell),
            new Authenticator(Optional.empty(), Optional.of(this::validate)),
            budget,
            time)) {
      Terminal first = bounded.open(byToken("alice"), CHAT, ACCOUNT, "/home/alice");
      assertThatThrownBy(() -> bounded.open(byToken("alice"), CHAT, ACCOUNT, "/home/alice"))
          .isInstanceOf(TerminalRefusedException.class)
          .hasMessageContaining("What you have under way");
      bounded.end(CHAT, first.id());
      assertThat(budget.taken()).isZero();
      assertThat(bounded.open(byToken("alice"), CHAT, ACCOUNT, "/home/alice")).isNotNull();
    }
  }

  private Terminal open(ChatScope scope) {
    return terminals.open(byToken(scope.userId()), scope, ACCOUNT, "/home/alice");
  }

  /** A viewer that remembers what it was shown. A deaf one never returns from {@code show}. */
  private static final class Eyes implements Viewer {

    private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final CountDownLatch reading;

    private Eyes(boolean reads) {
      reading = new CountDownLatch(reads ? 0 : 1);
    }

    @Override
    public void show(byte[] output, int offset, int length) throws IOException {
      try {
        reading.await();
      } catch (InterruptedException interruption) {
        throw new IOException(interruption);
      }
      if (end.isDone()) {
        throw new IOException("gone");
      }
      seen.write(output, offset, length);
    }

    String seen() {
      return seen.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void end() {
      end.complete(null);
    }

    @Override
    public void drop() {
      end.complete(null);
      reading.countDown();
    }
  }

  private Eyes attach(Terminal terminal) {
    Eyes eyes = new Eyes(true);
    assertThat(terminals.attach(terminal, terminal.id(), eyes)).isTrue();
    return eyes;
  }

  private static void eventually(BooleanSupplier holds) {
    for (int i = 0; !holds.getAsBoolean(); i++) {
      assertThat(i).as("10 s have not been enough").isLessThan(1000);
      try {
        TimeUnit.MILLISECONDS.sleep(10);
      } catch (InterruptedException failure) {
        throw new IllegalStateException(failure);
      }
    }
  }

  private void advance(Duration duration) {
    time.advance(duration);
    terminals.sweep();
  }

  private static void assertRefused(
      Reason reason, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            TerminalRefusedException.class,
            refused -> assertThat(refused.reason()).isEqualTo(reason));
  }

  @Test
  void endsWhatNobodyAttachesToForAMinute() {
    Terminal terminal = open(CHAT);
    advance(Duration.ofSeconds(59));
    assertThat(terminals.list(CHAT)).containsExactly(terminal);
    advance(Duration.ofSeconds(1));
    eventually(() -> shells.getFirst().exit().isDone());
    assertThat(terminals.find(terminal.id())).isEmpty();
    assertThat(terminals.attach(terminal, terminal.id(), new Eyes(true))).isFalse();
  }

  @Test
  void keepsADetachedOneForItsTime() {
    Terminal terminal = open(CHAT);
    Eyes eyes = attach(terminal);
    advance(Duration.ofHours(10));
    assertThat(shells.getFirst().exit()).isNotDone();
    terminals.detach(terminal, eyes);
    advance(TTL.minusSeconds(1));
    assertThat(terminals.list(CHAT)).containsExactly(terminal);
    advance(Duration.ofSeconds(1));
    eventually(() -> shells.getFirst().exit().isDone());
    assertThat(terminals.list(CHAT)).isEmpty();
    assertThat(terminals.reopen(byToken("alice"), CHAT)).isEmpty();
  }

  @Test
  void offersItOnceAtATimeAndEachTimeUnderANewId() {
    Terminal terminal = open(CHAT);
    String first = terminal.id();
    Eyes eyes = attach(terminal);
    assertThat(terminals.attach(terminal, first, new Eyes(true))).as("used").isFalse();
    assertThat(terminals.reopen(byToken("alice"), CHAT)).as("in use").isEmpty();
    assertRefused(Reason.ATTACHED, () -> terminals.reopen(byToken("alice"), CHAT, first));

    terminals.detach(terminal, eyes);
    assertThat(terminals.attach(terminal, first, new Eyes(true))).as("used").isFalse();
    assertThat(terminals.reopen(byToken("alice"), new ChatScope("alice", Optional.of("other"))))
        .isEmpty();
    assertThat(terminals.reopen(byToken("bob"), new ChatScope("bob", Optional.of("chat"))))
        .isEmpty();
    assertRefused(Reason.OF_ANOTHER_USER, () -> terminals.reopen(byToken("bob"), BOB, first));
    assertThat(terminals.reopen(byToken("alice"), CHAT)).contains(terminal);
    assertThat(terminal.id()).isNotEqualTo(first);
    assertThat(terminals.find(first)).isEmpty();
    assertThat(terminals.reopen(byToken("alice"), CHAT)).as("offered to a tab").isEmpty();

    // A tab that never came leaves it to the next one.
    advance(Duration.ofSeconds(60));
    String unused = terminal.id();
    assertThat(terminals.attach(terminal, unused, new Eyes(true))).as("expired").isFalse();
    assertThat(terminals.reopen(byToken("alice"), CHAT)).contains(terminal);
    attach(terminal);
  }

  @Test
  void showsWhatWasBeforeAndWhatComes() {
    Terminal terminal = open(CHAT);
    shells.getFirst().prints("before ");
    Eyes first = attach(terminal);
    eventually(() -> first.seen().equals("before "));
    terminals.detach(terminal, first);
    shells.getFirst().prints("meanwhile ");
    terminals.reopen(byToken("alice"), CHAT);
    Eyes second = attach(terminal);
    shells.getFirst().prints("after");
    eventually(() -> second.seen().equals("before meanwhile after"));
    assertThat(first.seen()).isEqualTo("before ");
    assertThat(terminal.recentOutput(5)).isEqualTo("after");
  }

  @Test
  void tellsProgramsToDrawAgainForWhoComesBack() {
    Terminal terminal = open(CHAT);
    WindowSize size = new WindowSize(100, 30);
    Eyes first = attach(terminal);
    terminal.resize(size);
    terminal.resize(size);
    terminals.detach(terminal, first);
    terminals.reopen(byToken("alice"), CHAT);
    attach(terminal);
    terminal.resize(size);
    terminal.resize(size);
    assertThat(shells.getFirst().sizes())
        .containsExactly(size, size, new WindowSize(100, 29), size, size);
  }

  @Test
  void asksAgainAboutTokensEveryFiveMinutes() {
    Eyes eyes = attach(open(CHAT));
    refusal = new AuthException(AuthException.Reason.UNAVAILABLE, "it does not answer");
    advance(Duration.ofMinutes(5));
    refusal = null;
    advance(Duration.ofMinutes(5));
    assertThat(shells.getFirst().exit()).isNotDone();

    refusal = new AuthException(AuthException.Reason.UNAUTHENTICATED, "Your sign-in has ended");
    advance(Duration.ofMinutes(4));
    assertThat(shells.getFirst().exit()).isNotDone();
    advance(Duration.ofMinutes(1));
    eventually(eyes.end::isDone);
    assertThat(eyes.seen()).contains("[This terminal ends: Your sign-in has ended]");
    assertThat(shells.getFirst().exit()).isDone();
  }

  @Test
  void endsWhenTheTokenHasBecomeAnothers() {
    Eyes eyes = attach(open(CHAT));
    tokenOf = "bob";
    advance(Duration.ofMinutes(5));
    eventually(eyes.end::isDone);
    assertThat(eyes.seen()).contains("belongs to another user");
  }

  /** The token of the caller that came back last counts. */
  @Test
  void asksAboutDetachedOnesToo() {
    Terminal terminal = open(CHAT);
    terminals.detach(terminal, attach(terminal));
    refusal = new AuthException(AuthException.Reason.FORBIDDEN, "no longer");
    advance(Duration.ofMinutes(5));
    eventually(() -> shells.getFirst().exit().isDone());
    eventually(() -> terminals.list(CHAT).isEmpty());
  }

  @Test
  void neverAsksAboutTheKeyOfTheServer() {
    Terminal terminal = terminals.open(byKey("alice"), CHAT, ACCOUNT, "/home/alice");
    attach(terminal);
    refusal = new AuthException(AuthException.Reason.UNAUTHENTICATED, "no");
    advance(Duration.ofHours(1));
    assertThat(terminal.openedByToken()).isFalse();
    assertThat(shells.getFirst().exit()).isNotDone();
  }

  /** A client that does not read cannot keep a shell from ending. */
  @Test
  void endsThoseToWhomNobodyListens() {
    Terminal terminal = open(CHAT);
    Eyes deaf = new Eyes(false);
    shells.getFirst().prints("much");
    var attaching =
        CompletableFuture.runAsync(() -> terminals.attach(terminal, terminal.id(), deaf));
    eventually(terminal::isAttached);
    refusal = new AuthException(AuthException.Reason.UNAUTHENTICATED, "no");
    advance(Duration.ofMinutes(5));
    eventually(() -> shells.getFirst().exit().isDone());
    eventually(deaf.end::isDone);
    attaching.join();
    eventually(() -> terminal.ended().isDone());
  }

  @Test
  void countsTheTerminalsOfEachUserAndOfAll() {
    for (int i = 0; i < 3; i++) {
      open(CHAT);
    }
    assertRefused(Reason.TOO_MANY, () -> open(CHAT));
    Terminal fourth = open(BOB);
    assertThatThrownBy(() -> open(new ChatScope("carol", Optional.empty())))
        .hasMessageContaining("This server has 4 terminals");
    terminals.end(BOB, fourth.id());
    eventually(() -> fourth.ended().isDone());
    shells.getFirst().exits(ExitStatus.ofCode(0));
    eventually(() -> terminals.list(CHAT).size() == 2);
    eventually(
        () -> {
          try {
            open(CHAT);
            return true;
          } catch (TerminalRefusedException full) {
            return false;
          }
        });
  }

  @Test
  void isOnlyItsOwners() {
    Terminal terminal = open(CHAT);
    assertThat(terminals.list(BOB)).isEmpty();
    assertThat(terminals.list(CHAT)).containsExactly(terminal);
    assertRefused(Reason.OF_ANOTHER_USER, () -> terminals.require(BOB, terminal.id()));
    assertRefused(Reason.OF_ANOTHER_USER, () -> terminals.end(BOB, terminal.id()));
    assertThat(terminals.inUse(CHAT)).isEmpty();
    attach(terminal);
    assertThat(terminals.inUse(CHAT)).contains(terminal);
    assertThat(terminals.inUse(BOB)).isEmpty();
    assertThat(shells.getFirst().exit()).isNotDone();
  }

  @Test
  void isOfItsChatOrOfNone() {
    ChatScope none = new ChatScope("alice", Optional.empty());
    ChatScope other = new ChatScope("alice", Optional.of("other"));
    Terminal ofChat = open(CHAT);
    Terminal ofNone = open(none);
    Eyes eyes = attach(ofChat);
    assertThat(terminals.list(none)).containsExactly(ofNone);
    assertThat(terminals.list(other)).isEmpty();
    assertThat(terminals.inUse(none)).as("nobody looks at that of no chat").isEmpty();
    attach(ofNone);
    assertThat(terminals.inUse(none)).contains(ofNone);
    assertThat(terminals.inUse(CHAT)).contains(ofChat);
    assertThat(terminals.inUse(other)).isEmpty();

    assertThat(terminals.require(none, ofChat.id())).as("by its id").isEqualTo(ofChat);
    assertRefused(Reason.NOT_FOUND, () -> terminals.require(other, ofChat.id()));
    assertRefused(Reason.NOT_FOUND, () -> terminals.require(CHAT, ofNone.id()));
    terminals.detach(ofChat, eyes);
    assertThat(terminals.reopen(byToken("alice"), none)).as("never that of a chat").isEmpty();
    assertThat(terminals.reopen(byToken("alice"), CHAT)).contains(ofChat);
  }

  @Test
  void showsWhyThereIsNoShell() {
    refusesLogins = true;
    Terminal terminal = open(CHAT);
    assertThat(terminal.processId()).isEmpty();
    eventually(() -> terminal.ended().isDone());
    Eyes eyes = attach(terminal);
    assertThat(eyes.seen()).isEqualTo("\r\n[No shell could be started: no login today]\r\n");
    assertThat(eyes.end).isDone();
    terminals.detach(terminal, eyes);
    assertThat(terminals.find(terminal.id())).isEmpty();
  }

  @Test
  void saysThatTheLoginWasLost() {
    Eyes eyes = attach(open(CHAT));
    shells.getFirst().prints("half").exits(ExitStatus.ofLostLogin());
    eventually(eyes.end::isDone);
    assertThat(eyes.seen()).isEqualTo("half\r\n[This terminal has ended: its login was lost.]\r\n");
  }

  @Test
  void typesForItsViewerOnly() {
    Terminal terminal = open(CHAT);
    Eyes eyes = attach(terminal);
    terminal.type(eyes, ByteBuffer.wrap(new byte[] {'o', 'n', 'e'}));
    terminal.type(new Eyes(true), ByteBuffer.wrap(new byte[] {'x'}));
    terminal.type(" two");
    terminals.detach(terminal, eyes);
    terminal.type(eyes, ByteBuffer.wrap(new byte[] {'x'}));
    assertThat(shells.getFirst().typed()).isEqualTo("one two");

    shells.getFirst().takesNoInput();
    assertThatThrownBy(() -> terminal.type("three")).hasMessageContaining("reads no input");
  }

  @Test
  void endsAllWithTheGateway() {
    open(CHAT);
    Eyes eyes = attach(open(BOB));
    terminals.close();
    assertThat(shells).allMatch(shell -> shell.exit().isDone());
    assertThat(eyes.seen()).contains("[Gatehouse stops.]");
  }
}
