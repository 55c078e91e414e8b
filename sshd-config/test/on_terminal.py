"""Runs a text as sshd runs a command: bash -c with the prelude in front, on a controlling terminal of its own.

on_terminal.py PRELUDE HOME TEXT [SIGNAL]: prints the output without the report that the text begins, then "exit N" or
"signal N". If there was no report, it prints "not begun" before that. DIRECTORY is the directory of the text, by default
HOME. SIGNAL is sent to the whole process group when the text has printed "ready".
"""

import os
import pty
import select
import signal
import sys
import time

LIMIT = 15  # seconds for everything

prelude, home, text = sys.argv[1:4]
name = sys.argv[4] if len(sys.argv) > 4 else None

pid, terminal = pty.fork()
if pid == 0:
    # sshd sets this too. If the tests run in the background of a script, SIGINT is ignored here.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    environment = {k: v for k, v in os.environ.items() if k.startswith("GATEHOUSE_ENV_")}
    # SSH_CLIENT is how Debian's bash knows that sshd runs it, and reads ~/.bashrc.
    environment.update(HOME=home, PATH="/usr/bin:/bin", SSH_CLIENT="::1 1 1", SSH_TTY=os.ttyname(0))
    directory = os.environ.get("DIRECTORY", home)
    # As SshSession.shellText has it.
    line = f"\\. '{prelude}' '{directory}'; [[ ${{__gatehouse?}} ]]; \\builtin unset -v __gatehouse; {text}"
    os.execve("/bin/bash", ["bash", "-c", line], environment)

output = b""
deadline = time.monotonic() + LIMIT
while True:
    if time.monotonic() > deadline:
        os.killpg(pid, signal.SIGKILL)
        sys.exit(f"still running after {LIMIT} s: {output!r}")
    if select.select([terminal], [], [], 0.1)[0]:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # Linux says EIO when the last process has closed the terminal
            break
        output += chunk
        if name and b"ready" in output:
            time.sleep(0.2)  # the text is in its next command
            os.killpg(pid, getattr(signal, "SIG" + name))
            name = None

_, status = os.waitpid(pid, 0)
shown = output.decode().replace("\r\n", "\n")
begun = shown.replace(f"\x1estarted {pid}\n", "", 1)
print(begun if begun != shown else shown + "not begun\n", end="")
print(f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"exit {os.WEXITSTATUS(status)}")
