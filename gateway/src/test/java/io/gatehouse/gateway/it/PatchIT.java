package io.gatehouse.gateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.gateway.RunningGateway;
import io.gatehouse.gateway.support.Client;
import io.gatehouse.gateway.support.Client.Answer;
import io.gatehouse.gateway.support.Closing;
import io.gatehouse.gateway.support.RealSshd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Patches over HTTP, through a real sshd, of two users with real accounts. */
final class PatchIT {

  private static final String KEY = "patch-test-key";
  private static final String HOME = "/home/ghitalice";
  private static final String SECRET = "SECRET-b0b";

  private static RealSshd sshd;
  private static RunningGateway gateway;
  private static Client alice;
  private static Client bob;

  @BeforeAll
  static void start() {
    sshd = RealSshd.start();
    gateway = sshd.startGateway(KEY, Map.of());
    Client anybody =
        new Client("http://127.0.0.1:" + gateway.port(), Map.of("Authorization", "Bearer " + KEY));
    alice = anybody.user("alice");
    bob = anybody.user("bobby");
    shell(bob, "mkdir -m 777 open; echo " + SECRET + " >open/file; chmod 666 open/file");
  }

  @AfterAll
  static void stop() {
    Closing.inOrder(gateway, sshd);
  }

  @BeforeEach
  void begin() {
    shell(alice, "chmod -R u+rwX p 2>/dev/null; rm -rf p; mkdir p");
  }

  private static String shell(Client client, String command) {
    Answer answer = client.run(command);
    assertThat(answer.exitCode()).as(answer.output()).isZero();
    return answer.output();
  }

  private static Answer patch(String changes) {
    return patch(changes, false);
  }

  private static Answer patch(String changes, boolean dryRun) {
    return alice.post(
        "/files/patch",
        Map.of("patch", "*** Begin Patch\n" + changes + "*** End Patch\n", "dry_run", dryRun));
  }

  private static void assertPatched(String changes) {
    Answer answer = patch(changes);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  /** All names and contents in the folder, so that anything that a patch leaves behind is seen. */
  private static String tree() {
    return shell(
        alice,
        "cd ~/p && find . -printf '%y %m %p %l\\n"
            + "' | sort; find . -type f -perm -400 | sort | xargs -r -d '\\n"
            + "' cksum");
  }

  @Test
  void appliesEachFormOfAPatch() {
    shell(
        alice,
        "cd p; seq 9 >numbers; printf 'old\\n' >moved; chmod 750 moved; echo x >gone; ln -s nowhere"
            + " link; printf 'a\\n' >renamed");
    String changes =
        """
        *** Add File: p/new/folder/it's ünï
        +one
        +
        +  three
        *** Update File: p/numbers
        @@ 1
        -2
        +two
         3
        @@
         7
        +seven and a half
        @@
        -9
        +nine
        *** End of File
        *** Update File: p/moved
        *** Move to: p/to/here
        @@
        -old
        +new
        *** Update File: p/renamed
        *** Move to: /home/user/p/renamed.txt
        *** Delete File: p/gone
        *** Delete File: /home/user/p/link
        """;
    String before = tree();
    Answer dry = patch(changes, true);
    assertThat(dry.status()).as(dry.body()).isEqualTo(200);
    assertThat(dry.json().path("dry_run").asBoolean()).isTrue();
    assertThat(tree()).isEqualTo(before);

    Answer answer = patch(changes);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.json().path("dry_run").asBoolean()).isFalse();
    assertThat(answer.json().path("files")).isEqualTo(dry.json().path("files"));
    List<String> files = new ArrayList<>();
    for (JsonNode file : answer.json().path("files")) {
      files.add(file.path("change").asText() + " " + file.path("path").asText());
    }
    assertThat(files)
        .containsExactly(
            "added " + HOME + "/p/new/folder/it's ünï",
            "updated " + HOME + "/p/numbers",
            "updated " + HOME + "/p/moved",
            "updated " + HOME + "/p/renamed",
            "deleted " + HOME + "/p/gone",
            "deleted " + HOME + "/p/link");
    assertThat(answer.json().at("/files/2/moved_to").asText()).isEqualTo(HOME + "/p/to/here");
    assertThat(
            shell(
                alice,
                "cd p && cat new/folder/* numbers to/here renamed.txt; find . -mindepth 1 | sort;"
                    + " stat -c '%U %a' to/here new/folder/* new"))
        .isEqualTo(
            """
            one

              three
            1
            two
            3
            4
            5
            6
            7
            seven and a half
            8
            nine
            new
            a
            ./new
            ./new/folder
            ./new/folder/it's ünï
            ./numbers
            ./renamed.txt
            ./to
            ./to/here
            ghitalice 750
            ghitalice 600
            ghitalice 700
            """);
  }

  @Test
  void keepsLineEndsAndWhatIsMissingAtTheEnd() {
    shell(
        alice,
        "cd p; printf '1\\r"
            + "\\n"
            + "2\\r"
            + "\\n"
            + "3\\r"
            + "\\n"
            + "' >dos; printf '1\\n"
            + "2' >open; printf '1\\r"
            + "\\n"
            + "2' >both; printf '\\357\\273\\2771\\n"
            + "2\\n"
            + "' >bom; printf '1\\n"
            + "x\\377\\n"
            + "2\\n"
            + "' >bytes; : >empty");
    assertPatched(
        """
        *** Update File: p/dos
        @@
         1
        -2
        +two
        +more
        *** Update File: p/open
        @@
        -2
        +two
        +more
        *** Update File: p/both
        @@
        -1
        +one
         2
        +3
        *** Update File: p/bom
        @@
        -1
        +one
        *** Update File: p/bytes
        @@
        -2
        +two
        *** Update File: p/empty
        @@
        +first
        """);
    assertThat(shell(alice, "cd p; cat -A dos open both bom bytes empty"))
        .isEqualTo(
            "1^M$\ntwo^M$\nmore^M$\n3^M$\n1$\ntwo$\nmoreone^M$\n2^M$\n3"
                + "M-oM-;M-?one$\n2$\n1$\nxM-^?$\ntwo$\nfirst$\n");
    // A patch may have the line ends of its file.
    assertPatched("*** Update File: p/dos\r\n@@\r\n-two\r\n+2\r\n");
    assertThat(shell(alice, "cat -A p/dos")).isEqualTo("1^M$\n2^M$\nmore^M$\n3^M$\n");
  }

  @Test
  void findsContextWhoseBlanksDiffer() {
    shell(alice, "cd p; printf 'def f():  \\n\\tif x:\\n        return 1\\n    end\\n' >a; cp a b");
    assertPatched(
        "*** Update File: p/a\n@@ def f():\n if x:\n-    return 1\n+\treturn 2\n     end\n");
    // The lines around the change stay as they are in the file.
    assertThat(shell(alice, "cat p/a")).isEqualTo("def f():  \n\tif x:\n\treturn 2\n    end\n");
    Answer refused = patch("*** Update File: p/b\n@@\n if y:\n-    return 1\n+    return 2\n");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.detail())
        .contains("p/b, hunk 1", "if y:", "read_file", "Nothing was changed");
  }

  /** The kernel refuses the last change, after all others have been made. */
  @Test
  void putsEverythingBackIfTheKernelRefusesTheLastFile() {
    shell(
        alice,
        "cd p; seq 9 >a; chmod 640 a; echo b >b; echo c >c; ln -s c link; mkdir closed; echo d"
            + " >closed/d; chmod 500 closed");
    String before = tree();
    Answer answer =
        patch(
            """
            *** Add File: p/new/file
            +x
            *** Update File: p/a
            @@
            -5
            +five
            *** Update File: p/b
            *** Move to: p/moved/b
            @@
            -b
            +B
            *** Delete File: p/c
            *** Delete File: p/closed/d
            """);
    assertThat(answer.status()).as(answer.body()).isEqualTo(403);
    assertThat(answer.detail()).contains("p/closed/d");
    assertThat(tree()).isEqualTo(before);
  }

  @Test
  void changesNothingIfOneHunkDoesNotFit() {
    shell(alice, "cd p; seq 9 >a; seq 9 >b");
    String before = tree();
    for (String bad :
        List.of(
            "*** Update File: p/b\n@@\n-1\n+one\n@@\n-none\n+x\n",
            "*** Update File: p/b\n@@\n-9\n+nine\n@@\n-1\n+one\n",
            "*** Update File: p/b\n@@\n-8\n+x\n*** End of File\n",
            "*** Update File: p/none\n@@\n-1\n+one\n",
            "*** Add File: p/b\n+x\n",
            "*** Delete File: p/none\n",
            "*** Update File: p/b\n*** Move to: p/a\n@@\n-1\n+one\n")) {
      Answer answer = patch("*** Add File: p/new\n+x\n*** Update File: p/a\n@@\n-1\n+one\n" + bad);
      assertThat(answer.status()).as(bad + answer.body()).isIn(404, 409, 400);
      assertThat(tree()).as(bad).isEqualTo(before);
    }
  }

  /** Paths of others, in every spelling and through links that alice makes. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/home/ghitbobby/open/file",
        "../ghitbobby/open/file",
        "/home/user/../ghitbobby/open/file",
        "p/link",
        "p/folder/file",
        "p/root/home/ghitbobby/open/file",
        "/proc/self/root/home/ghitbobby/open/file",
        "~ghitbobby/open/file",
        "%2e%2e/ghitbobby/open/file"
      })
  void changesNothingOfBobs(String path) {
    shell(
        alice,
        "cd p; echo mine >mine; ln -s /home/ghitbobby/open/file link; ln -s /home/ghitbobby/open"
            + " folder; ln -s /proc/self/root root");
    String before = tree();
    for (String change :
        List.of(
            "*** Update File: " + path + "\n@@\n-" + SECRET + "\n+taken\n",
            "*** Update File: " + path + "\n*** Move to: p/taken\n",
            "*** Update File: p/mine\n*** Move to: " + path.replace("link", "folder/x") + ".new\n",
            "*** Delete File: " + path.replace("p/link", "p/folder/file") + "\n")) {
      Answer answer = patch(change);
      // A name in her own home that only looks like bob's is no secret and no harm.
      boolean isOwn = path.startsWith("~g") || path.startsWith("%");
      if (!isOwn || !change.contains("p/mine")) {
        assertThat(answer.status()).as(change + answer.body()).isIn(400, 403, 404);
      }
      assertThat(answer.body()).doesNotContain(SECRET);
      if (!isOwn) {
        assertThat(tree()).as(change).isEqualTo(before);
      }
    }
    assertThat(shell(bob, "cat ~/open/*; ls -A ~/open")).isEqualTo(SECRET + "\nfile\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*** Add File: /etc/gatehouse-patch\n+x\n",
        "*** Add File: /home/ghitbobby/.ssh/authorized_keys2\n+x\n",
        "*** Add File: /root/.bashrc2\n+x\n",
        "*** Update File: /etc/passwd\n@@\n-root:x:0:0:root:/root:/bin/bash\n+root::0:0:::\n",
        "*** Update File: /etc/shadow\n*** Move to: p/shadow\n",
        "*** Delete File: /etc/hostname\n",
        "*** Update File: p/mine\n*** Move to: /etc/gatehouse-patch\n"
      })
  void leavesToTheKernelWhatAliceMayNot(String change) {
    shell(alice, "echo mine >p/mine");
    String before = tree();
    Answer answer = patch("*** Add File: p/first\n+x\n" + change);
    assertThat(answer.status()).as(answer.body()).isIn(403, 404, 409);
    assertThat(answer.detail()).doesNotContain("could not be put back");
    assertThat(tree()).isEqualTo(before);
  }

  /** Another program writes the file all the time: the patch says so, or it has come in between. */
  @Test
  void losesNoFileToAProgramThatWritesItMeanwhile() {
    shell(alice, "cd p; seq 9 >a; echo other >b");
    alice.post(
        "/execute",
        Map.of(
            "command",
            "cd p; for i in {1..400}; do (echo 1; echo $i) >w && mv w a; sleep 0.005; done"));
    int refused = 0;
    for (int i = 0; i < 40; i++) {
      Answer answer = patch("*** Add File: p/n" + i + "\n+x\n*** Update File: p/a\n@@\n-1\n+one\n");
      assertThat(answer.status()).as(answer.body()).isIn(200, 409);
      assertThat(alice.run("test -e p/n" + i).exitCode() == 0).isEqualTo(answer.status() == 200);
      refused += answer.status() == 409 ? 1 : 0;
    }
    System.out.printf("patches refused because of a program that writes: %d of 40%n", refused);
    shell(alice, "pkill -u ghitalice -f 'sleep 0[.]005'; true");
    assertThat(shell(alice, "ls -A p | grep gatehouse; cat p/b")).isEqualTo("other\n");
  }

  /** Patches that would take memory or a processor from others are refused, and soon. */
  @Test
  void refusesBombs() {
    shell(
        alice,
        "cd p; yes ' x' | head -n 400000 >lines; truncate -s 20M large; printf 'a\\000b\\n"
            + "' >binary; mkfifo pipe; ln -s /dev/zero zero");
    String before = tree();
    Map<String, List<Integer>> bombs =
        Map.of(
            "*** Update File: p/lines\n@@\n" + "@@ x\n".repeat(100_000) + "- x\n+y\n",
            List.of(413, 409, 200),
            "*** Update File: p/lines\n" + "@@ x\n- x\n+y\n".repeat(1_001),
            List.of(413),
            "*** Update File: p/large\n@@\n-x\n+y\n",
            List.of(413, 400, 409),
            "*** Update File: p/binary\n@@\n-a\n+y\n",
            List.of(400, 409),
            "*** Update File: p/pipe\n@@\n-a\n+y\n",
            List.of(400),
            "*** Update File: p/zero\n@@\n-a\n+y\n",
            List.of(400),
            IntStream.range(0, 101)
                .mapToObj(i -> "*** Add File: p/many/" + i + "\n+x\n")
                .collect(Collectors.joining()),
            List.of(413),
            "*** Add File: p/deep" + "/d".repeat(3000) + "\n+x\n",
            List.of(400, 403, 404, 500),
            "*** Add File: p/" + "n".repeat(300) + "\n+x\n",
            List.of(400, 403, 404, 500),
            "*** Add File: p/a\0b\n+x\n",
            List.of(400));
    bombs.forEach(
        (bomb, statuses) -> {
          long begin = System.nanoTime();
          Answer answer = patch(bomb);
          String name = bomb.substring(0, Math.min(60, bomb.length()));
          System.out.printf(
              "bomb %s: %d in %d ms%n",
              name.replace('\n', ' '), answer.status(), (System.nanoTime() - begin) / 1_000_000);
          assertThat(answer.status()).as(name + answer.body()).isIn(statuses);
          assertThat(Duration.ofNanos(System.nanoTime() - begin))
              .as(name)
              .isLessThan(Duration.ofSeconds(20));
          if (answer.status() != 200) {
            assertThat(tree()).as(name).isEqualTo(before);
          }
          assertThat(shell(bob, "echo works")).isEqualTo("works\n");
        });
  }

  @Test
  void readsBlankLinesInTimeInProportion() {
    long begin = System.nanoTime();
    assertPatched("*** Add File: p/blank\n" + "\n".repeat(500_000) + "+x\n");
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
    assertThat(shell(alice, "wc -l <p/blank")).isEqualTo("500001\n");
  }

  @Test
  void saysWhatIsWrongWithAPatch() {
    Stream.of("", "hello", "*** Begin Patch\n*** End Patch", "*** Begin Patch\n*** Add File: x\n+y")
        .forEach(
            text -> {
              Answer answer = alice.post("/files/patch", Map.of("patch", text));
              assertThat(answer.status()).as(answer.body()).isEqualTo(400);
              assertThat(answer.detail()).contains("patch");
            });
    assertThat(alice.post("/files/patch", Map.of()).status()).isEqualTo(422);
    assertThat(
            new Client("http://127.0.0.1:" + gateway.port(), Map.of("X-User-Id", "alice"))
                .post("/files/patch", Map.of("patch", "x"))
                .status())
        .isEqualTo(401);
  }
}
