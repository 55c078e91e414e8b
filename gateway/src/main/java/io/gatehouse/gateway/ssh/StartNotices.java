package io.gatehouse.gateway.ssh;

import io.gatehouse.gateway.session.ExitStatus;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The notices in a command's output that say why the command did not run, or ran without start
 * files.
 */
final class StartNotices {

  /**
   * Switches to the alternate screen (xterm's private mode 1049), on which full-screen programs
   * draw.
   */
  private static final String OWN_SCREEN = "\u001b[?1049h";

  private static final String LEAVE_OWN_SCREEN = "\u001b[?1049l";

  private StartNotices() {}

  static String noDirectory(String directory) {
    return "The command did not run: the working directory does not exist or cannot be entered: "
        + directory;
  }

  static String notRun(ExitStatus status) {
    return "The command did not run: its shell ended before (exit status "
        + status.code()
        + "). If ~/.bashrc or a file that it reads ends it, mend that file.";
  }

  /** The output that was shown, followed by a notice on a line of its own. */
  static byte[] withNotice(ByteArrayOutputStream shown, String text) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(shown.toByteArray());
    if (shown.toString(StandardCharsets.ISO_8859_1).contains(OWN_SCREEN)) {
      // A program such as tmux had switched to its own screen and was ended before it could switch
      // back.
      all.writeBytes(LEAVE_OWN_SCREEN.getBytes(StandardCharsets.ISO_8859_1));
    }
    all.writeBytes(shown.size() == 0 ? line(text) : notice(text));
    return all.toByteArray();
  }

  /** The notice on a new line, because the output before it may end within a line. */
  static byte[] notice(String text) {
    return ("\r\n[" + text + "]\r\n").getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] line(String text) {
    return ("[" + text + "]\r\n").getBytes(StandardCharsets.UTF_8);
  }
}
