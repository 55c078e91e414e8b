package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import io.gatehouse.gateway.support.GatehouseImage;
import io.gatehouse.gateway.support.Networks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.testcontainers.containers.GenericContainer;

/**
 * Runs attacks by notebooks in the real image, on each tier of isolation. Alice attacks bob, the
 * server's memory, and its processes; every attack must fail on every tier. The image slim has no
 * Jupyter, so these tests run in the image full, and in slim with ipykernel added.
 */
@Tag("full")
@Tag("notebooks")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class NotebookAttackIT {

  private static final String KEY = "SECRET-key";
  private static final String SECRET = "SECRET-b0b";
  private static final String ALICE = "aliceid";
  private static final String BOB = "bobbyid";
  private static final String BOBS_HOME = "/home/bobbyid";
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Ends what was started, the last one first. */
  private final Deque<Runnable> ends = new ArrayDeque<>();

  private final Map<Tier, Scene> scenes = new HashMap<>();

  /** The attacks by name. */
  private static final Map<String, Consumer<Scene>> ATTACKS = attacks();

  private static Map<String, Consumer<Scene>> attacks() {
    Map<String, Consumer<Scene>> attacks = new LinkedHashMap<>();
    attacks.put("use the id of another's kernel", NotebookAttackIT::useAnothersId);
    attacks.put("open a link to another's notebook", NotebookAttackIT::openALink);
    attacks.put("start a kernel of another's kernelspec", NotebookAttackIT::startAnothersKernel);
    attacks.put("show another's file as a kernel's error", NotebookAttackIT::showAnothersFile);
    attacks.put("talk to another's kernel", NotebookAttackIT::talkToAnothersKernel);
    attacks.put("print 1 GB", NotebookAttackIT::printWithoutEnd);
    attacks.put("show a picture of 200 MB", NotebookAttackIT::showALargePicture);
    attacks.put("start more kernels than allowed", NotebookAttackIT::startManyKernels);
    attacks.put("keep a kernel after the account's end", NotebookAttackIT::outliveTheAccount);
    return attacks;
  }

  /** A container of a tier, with bob's notebook and his kernel, which has run a cell. */
  private static final class Scene {

    private final GenericContainer<?> container;
    private final GenericContainer<?> front;
    private final String bobs;

    private Scene(Tier tier, Deque<Runnable> ends) {
      String volume = "gatehouse-notebook-attack-it-" + UUID.randomUUID();
      GatehouseImage.createBoundedVolume(volume, "160m");
      ends.push(() -> GatehouseImage.removeVolume(volume));
      Optional<GenericContainer<?>> netguard = tier.networks().map(Networks::startNetguard);
      netguard.ifPresent(guard -> ends.push(guard::stop));
      container = tier.start(netguard, volume, tier.settings(KEY), host -> {});
      ends.push(container::stop);
      front = netguard.orElse(container);
      // Other tests run beside these.
      GatehouseImage.useUidsOfItsOwn(container, GatehouseImage.client(front, KEY));
      write(BOB, "open/book.ipynb", "1");
      write(BOB, "bob.ipynb", "1");
      user(BOB)
          .run(
              "mkdir -p open/kernels/bobs; echo '{\"argv\": [\"sleep\", \"9\"], \"x\": \""
                  + SECRET
                  + "\"}' >open/kernels/bobs/kernel.json; echo "
                  + SECRET
                  + " >open/file; chmod -R a+rwX open");
      assertThat(user(ALICE).run("true").exitCode()).isZero();
      bobs = open(BOB, "bob.ipynb");
      assertThat(status(execute(BOB, bobs, "secret = '" + SECRET + "'"))).isEqualTo("ok");
    }

    private Client user(String id) {
      return GatehouseImage.client(front, KEY).user(id);
    }

    private String run(String user, String command) {
      return user(user).run(command).output();
    }

    private String asRoot(String command) {
      var done = GatehouseImage.runAsRoot(container, "bash", "-c", command);
      return done.getStdout() + done.getStderr();
    }

    private void write(String user, String path, String cell) {
      write(user, path, cell, "python3");
    }

    private void write(String user, String path, String cell, String kernel) {
      try {
        String notebook =
            JSON.writeValueAsString(
                Map.of(
                    "nbformat",
                    4,
                    "nbformat_minor",
                    4,
                    "metadata",
                    Map.of("kernelspec", Map.of("name", kernel)),
                    "cells",
                    List.of(Map.of("cell_type", "code", "metadata", Map.of(), "source", cell))));
        Answer answer = user(user).post("/files/write", Map.of("path", path, "content", notebook));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }

    private Answer tryToOpen(String user, String path) {
      return user(user).post("/notebooks", Map.of("path", path));
    }

    private String open(String user, String path) {
      Answer answer = tryToOpen(user, path);
      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      return answer.json().path("id").asText();
    }

    private JsonNode execute(String user, String id, String source) {
      Answer answer =
          user(user)
              .post("/notebooks/" + id + "/execute", Map.of("cell_index", 0, "source", source));
      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      return answer.json();
    }

    /** Bob's kernel still has what bob gave it, and answers soon. */
    private void bobIsUnharmed() {
      long begin = System.nanoTime();
      assertThat(text(execute(BOB, bobs, "print(secret)"))).isEqualTo(SECRET + "\n");
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
    }

    private void endAllOfAlice() {
      assertThat(user(ALICE).delete("/processes").status()).isEqualTo(200);
    }
  }

  @AfterAll
  void stop() {
    while (!ends.isEmpty()) {
      ends.pop().run();
    }
  }

  @TestFactory
  Stream<DynamicTest> failsOnEveryTier() {
    return Tier.ALL.stream().flatMap(this::attacksOn);
  }

  /** The attacks on a tier, whose containers start with the first attack and end with the last. */
  private Stream<DynamicTest> attacksOn(Tier tier) {
    return Stream.concat(
        ATTACKS.entrySet().stream()
            .map(
                attack ->
                    dynamicTest(
                        tier.column() + ": " + attack.getKey(),
                        () -> {
                          Scene scene = scenes.computeIfAbsent(tier, each -> new Scene(each, ends));
                          attack.getValue().accept(scene);
                          scene.bobIsUnharmed();
                        })),
        Stream.of(dynamicTest(tier.column() + ": end of the containers", this::stop)));
  }

  @Test
  void tableHasEveryAttackOnceAndPromisesThatNoneSucceeds() {
    AttackTable.beginningWith("| attack by a notebook")
        .requireIsolated(List.copyOf(ATTACKS.keySet()));
  }

  private static String status(JsonNode answer) {
    return answer.path("status").asText();
  }

  private static String text(JsonNode answer) {
    StringBuilder text = new StringBuilder();
    answer.path("outputs").forEach(each -> text.append(each.path("text").asText()));
    return text.toString();
  }

  private static void useAnothersId(Scene scene) {
    Client alice = scene.user(ALICE);
    String path = "/notebooks/" + scene.bobs;
    for (Answer each :
        List.of(
            alice.get(path),
            alice.post(path + "/execute", Map.of("cell_index", 0, "source", "secret")),
            alice.post(path + "/interrupt", Map.of()),
            alice.post(path + "/restart", Map.of()),
            alice.delete(path))) {
      assertThat(each.status()).isEqualTo(404);
      assertThat(each.body()).isEqualTo(alice.get("/notebooks/0123456789ab").body());
    }
  }

  private static void openALink(Scene scene) {
    scene.run(
        ALICE,
        "ln -sfn " + BOBS_HOME + "/open/book.ipynb book.ipynb; ln -sfn " + BOBS_HOME + "/open to");
    for (String path : List.of("book.ipynb", "to/book.ipynb", BOBS_HOME + "/open/book.ipynb")) {
      Answer answer = scene.tryToOpen(ALICE, path);
      assertThat(answer.status()).as(answer.body()).isEqualTo(400);
      assertThat(answer.detail())
          .isEqualTo("Invalid notebook: it cannot be read: Permission denied");
    }
    // A notebook of alice's own becomes a link while its kernel runs: the outputs go nowhere.
    scene.write(ALICE, "mine.ipynb", "1");
    String id = scene.open(ALICE, "mine.ipynb");
    String before = scene.run(BOB, "sha256sum open/book.ipynb");
    scene.run(ALICE, "ln -sfn " + BOBS_HOME + "/open/book.ipynb mine.ipynb");
    assertThat(text(scene.execute(ALICE, id, "print('alice was here')")))
        .contains("The outputs are not saved: ");
    assertThat(scene.run(BOB, "sha256sum open/book.ipynb")).isEqualTo(before);
    scene.endAllOfAlice();
  }

  private static void startAnothersKernel(Scene scene) {
    scene.run(
        ALICE,
        "mkdir -p .local/share/jupyter; ln -sfn "
            + BOBS_HOME
            + "/open/kernels .local/share/jupyter/kernels");
    scene.write(ALICE, "theirs.ipynb", "1", "bobs");
    Answer answer = scene.tryToOpen(ALICE, "theirs.ipynb");
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.detail())
        .startsWith("Failed to start kernel 'bobs': there is no kernel of this name")
        .doesNotContain(SECRET);
    scene.run(
        ALICE,
        "cd .local/share/jupyter; rm kernels; mkdir -p kernels/x; ln -s "
            + BOBS_HOME
            + "/open/kernels/bobs/kernel.json kernels/x/kernel.json");
    scene.write(ALICE, "theirs.ipynb", "1", "x");
    assertThat(scene.tryToOpen(ALICE, "theirs.ipynb").detail())
        .contains("there is no kernel of this name")
        .doesNotContain(SECRET);
    scene.run(ALICE, "rm -r .local/share/jupyter/kernels");
  }

  /** What a kernel prints before it ends is a part of the error. */
  private static void showAnothersFile(Scene scene) {
    scene.run(
        ALICE,
        "mkdir -p .local/share/jupyter/kernels/cat; echo '{\"argv\": [\"cat\", \""
            + BOBS_HOME
            + "/open/file\", \"/home/.gatehouse/registry\","
            + " \"/run/gatehouse/provisioner_ed25519\"]}'"
            + " >.local/share/jupyter/kernels/cat/kernel.json");
    scene.write(ALICE, "cat.ipynb", "1", "cat");
    Answer answer = scene.tryToOpen(ALICE, "cat.ipynb");
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.detail())
        .startsWith("Failed to start kernel 'cat': it has ended: cat: ")
        .contains("Permission denied")
        .doesNotContain(SECRET, "PRIVATE KEY");
    scene.run(ALICE, "rm -r .local/share/jupyter/kernels");
  }

  private static void talkToAnothersKernel(Scene scene) {
    String folder =
        text(scene.execute(
                BOB,
                scene.bobs,
                "import ipykernel.connect, os;"
                    + " print(os.path.dirname(ipykernel.connect.get_connection_file()))"))
            .strip();
    assertThat(scene.run(BOB, "cat " + folder + "/c.json")).contains("hmac-sha256");
    assertThat(scene.run(ALICE, "cat " + folder + "/c.json; ls " + folder))
        .doesNotContain("hmac-sha256", "k-1");
    assertThat(
            scene.run(
                ALICE,
                "python3 -c 'import socket; socket.socket(socket.AF_UNIX).connect(\""
                    + folder
                    + "/k-1\"); print(\"connected\")'"))
        .doesNotContain("connected\n");
  }

  private static void printWithoutEnd(Scene scene) {
    scene.write(ALICE, "large.ipynb", "1");
    String id = scene.open(ALICE, "large.ipynb");
    CompletableFuture<JsonNode> printing =
        CompletableFuture.supplyAsync(
            () ->
                scene.execute(
                    ALICE, id, "for i in range(1024): print('x' * 1048575)\nprint('the end')"));
    scene.bobIsUnharmed();
    JsonNode printed = printing.join();
    String outcome = printed.toString();
    System.out.println(
        "print 1 GB: " + status(printed) + " " + outcome.replaceAll("x{100,}", "x...x"));
    assertThat(outcome)
        .containsAnyOf(
            "characters are left out", "Outputs are missing", "The kernel has died", "has ended");
    assertThat(outcome.length()).isLessThan((1 << 20) + 10_000);
    scene.endAllOfAlice();
  }

  private static void showALargePicture(Scene scene) {
    scene.write(ALICE, "large.ipynb", "1");
    String id = scene.open(ALICE, "large.ipynb");
    JsonNode shown =
        scene.execute(
            ALICE, id, "display({'image/png': 'A' * 200_000_000, 'text/plain': 'a'}, raw=True)");
    String outcome = shown.toString();
    System.out.println("a picture of 200 MB: " + outcome);
    assertThat(outcome)
        .containsAnyOf("An output of 190.7 MB is left out", "The kernel has died", "has ended")
        .hasSizeLessThan(10_000);
    scene.endAllOfAlice();
  }

  private static void startManyKernels(Scene scene) {
    List<String> ids = new ArrayList<>();
    for (int each = 0; each < 6; each++) {
      scene.write(ALICE, "many" + each + ".ipynb", "1");
      Answer answer = scene.tryToOpen(ALICE, "many" + each + ".ipynb");
      assertThat(answer.status()).as(answer.body()).isEqualTo(200);
      ids.add(answer.json().path("id").asText());
    }
    await()
        .atMost(LIMIT)
        .until(() -> scene.run(ALICE, "pgrep -c -u $UID -f '[i]pykernel'").equals("4\n"));
    List<CompletableFuture<JsonNode>> busy = new ArrayList<>();
    for (String id : ids.subList(2, 6)) {
      busy.add(
          CompletableFuture.supplyAsync(
              () -> scene.execute(ALICE, id, "import time; time.sleep(600)")));
      await()
          .atMost(LIMIT)
          .until(
              () ->
                  scene
                      .user(ALICE)
                      .get("/notebooks/" + id)
                      .json()
                      .path("status")
                      .asText()
                      .equals("busy"));
    }
    Answer refused = scene.tryToOpen(ALICE, "many0.ipynb");
    assertThat(refused.status()).as(refused.body()).isEqualTo(429);
    assertThat(refused.detail()).contains("kernels of notebooks").contains("4");
    scene.endAllOfAlice();
    busy.forEach(each -> assertThat(status(each.join())).isEqualTo("error"));
  }

  private static void outliveTheAccount(Scene scene) {
    String carol = "carolsid";
    scene.write(carol, "book.ipynb", "1");
    String id = scene.open(carol, "book.ipynb");
    String uid = scene.run(carol, "id -u").strip();
    assertThat(
            status(
                scene.execute(
                    carol,
                    id,
                    """
                    import os, signal, subprocess
                    for each in (1, 2, 15): signal.signal(each, signal.SIG_IGN)
                    for each in range(3):
                      subprocess.Popen(['setsid', '-f', 'sleep', '4713'])\
                    """)))
        .isEqualTo("ok");
    assertThat(scene.asRoot("pgrep -c -u " + uid).strip()).isNotEqualTo("0");
    assertThat(scene.asRoot("gatehouse users disable " + carol))
        .isEqualTo(carol + " is disabled\n");
    assertThat(scene.asRoot("pgrep -c -u " + uid)).isEqualTo("0\n");
    Answer refused =
        scene.user(carol).post("/notebooks/" + id + "/execute", Map.of("cell_index", 0));
    System.out.println("a cell of a disabled account: " + refused.status() + refused.body());
    assertThat(scene.asRoot("pgrep -c -u " + uid)).isEqualTo("0\n");
    assertThat(scene.tryToOpen(carol, "book.ipynb").status()).isEqualTo(403);
    assertThat(scene.asRoot("gatehouse users remove " + carol + " --delete"))
        .contains("no other account gets its uid " + uid);
    assertThat(scene.asRoot("pgrep -c -u " + uid)).isEqualTo("0\n");
  }
}
