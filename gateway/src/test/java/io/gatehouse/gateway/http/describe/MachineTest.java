package io.gatehouse.gateway.http.describe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {

  private static final String RUNTIME = "run/other";

  @TempDir private Path root;

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private void install(String program) throws IOException {
    write(program, "");
    Files.setPosixFilePermissions(
        root.resolve(program), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void readsTheKernelTheSystemAndTheTools() throws IOException {
    write("proc/sys/kernel/ostype", "Linux\n");
    write("proc/sys/kernel/osrelease", "6.12.1\n");
    write("proc/sys/kernel/arch", "riscv64\n");
    write("proc/sys/kernel/hostname", "gate\n");
    write("etc/os-release", "NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\n");
    install("usr/bin/python3.13");
    Files.createSymbolicLink(root.resolve("usr/bin/python3"), Path.of("python3.13"));
    install("usr/local/bin/jq");
    write("usr/bin/git", "not executable");
    Files.createDirectories(root.resolve("usr/bin/curl"));

    Machine machine = Machine.read(root, root.resolve(RUNTIME));

    assertThat(machine.system().os()).isEqualTo("Linux");
    assertThat(machine.system().kernel()).isEqualTo("6.12.1");
    assertThat(machine.system().arch()).isEqualTo("riscv64");
    assertThat(machine.system().hostname()).isEqualTo("gate");
    assertThat(machine.system().distribution()).hasValue("Debian GNU/Linux 13 (trixie)");
    assertThat(machine.software().pythonVersion()).hasValue("3.13");
    assertThat(machine.software().tools()).containsExactly("jq", "python3");
    assertThat(machine.software().installsIntoHomes()).isFalse();
    assertThat(machine.mostProcesses()).isEmpty();
  }

  @Test
  void readsWhatTheImageSaysOfItself() throws IOException {
    write("usr/lib/gatehouse/tools", "python 3.13, git 2.47\nnumpy 2.2, pandas 2.2\n");
    write(
        RUNTIME + "/limits.conf",
        "@admin - nproc 9999\n@gatehouse - nproc 256\n@gatehouse - nofile 4096\n");

    Machine machine = Machine.read(root, root.resolve(RUNTIME));

    assertThat(machine.software().tools()).containsExactly("python 3.13", "git 2.47");
    assertThat(machine.software().pythonPackages()).containsExactly("numpy 2.2", "pandas 2.2");
    assertThat(machine.software().installsIntoHomes()).isTrue();
    assertThat(machine.mostProcesses()).hasValue("256");
    assertThat(machine.software().has("git")).isTrue();
    assertThat(machine.software().has("gi")).isFalse();

    write("usr/lib/gatehouse/tools", "git 2.47\n\n");
    assertThat(Machine.read(root, root.resolve(RUNTIME)).software().pythonPackages()).isEmpty();
  }

  @Test
  void readsSystemNamesWithAndWithoutQuotes() throws IOException {
    write("etc/os-release", "PRETTY_NAME=Tiny\n");
    assertThat(Machine.read(root, root.resolve(RUNTIME)).system().distribution()).hasValue("Tiny");
    write("etc/os-release", "PRETTY_NAME='Tiny Linux'\n");
    assertThat(Machine.read(root, root.resolve(RUNTIME)).system().distribution())
        .hasValue("Tiny Linux");
  }

  @Test
  void doesWithoutWhatItCannotRead() {
    Machine machine = Machine.read(root, root.resolve(RUNTIME));

    assertThat(machine.system().os()).isEqualTo("Linux");
    assertThat(machine.system().distribution()).isEqualTo(Optional.empty());
    assertThat(machine.software().pythonVersion()).isEmpty();
    assertThat(machine.software().tools()).isEmpty();
  }

  @Test
  void readsThisMachine() {
    assertThat(Machine.read(root).system().kernel()).isNotEqualTo("unknown");
  }
}
