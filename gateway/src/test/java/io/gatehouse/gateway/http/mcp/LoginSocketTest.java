package io.gatehouse.gateway.http.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests the socket for logins with a process that is no user's: this one. */
@Timeout(60)
final class LoginSocketTest {

  @TempDir private Path directory;

  private McpFixture start() throws IOException {
    return new McpFixture(
        directory,
        List.of(),
        command -> {
          throw new IllegalStateException("no command is run here");
        });
  }

  private static String said(Path socket) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      ByteBuffer line = ByteBuffer.allocate(1000);
      while (channel.read(line) > 0) {
        // Until it is closed.
      }
      return new String(line.array(), 0, line.position(), UTF_8);
    }
  }

  @Test
  void refusesTheGatewaysOwnAccountWithASentence() throws IOException {
    Path socket = McpFixture.socket(directory);
    Files.createDirectories(socket.getParent());
    // What a gateway that was killed has left.
    Files.createFile(socket);

    try (McpFixture gateway = start()) {
      assertThat(gateway.url()).startsWith("http");
      assertThat(Files.getPosixFilePermissions(socket))
          .isEqualTo(PosixFilePermissions.fromString("rw-rw-rw-"));
      // More often than one account may have connections, so refused ones are given back.
      for (int i = 0; i < 3 * LoginSocket.MOST_OF_ACCOUNT; i++) {
        assertThat(said(socket))
            .isEqualTo(
                "-The account "
                    + System.getProperty("user.name")
                    + " is not that of a user of Gatehouse. Log in as one: ssh ACCOUNT@HOST"
                    + " gatehouse mcp\n");
      }
    }
    assertThat(Files.exists(socket)).isFalse();
  }

  @Test
  void startsWithoutTheFolderOfTheSocket() throws IOException {
    try (McpFixture gateway = start()) {
      assertThat(gateway.url()).startsWith("http");
    }
  }
}
