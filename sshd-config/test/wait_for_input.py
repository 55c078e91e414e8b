"""Runs a text on a terminal as sshd does, and asks sshd-config/waiting about it.

wait_for_input.py PROGRAM TEXT [SECONDS]: prints "waiting" or "not", and on standard error how many milliseconds the answer
took. It asks after SECONDS (1), in which it only reads the output of the terminal.
"""

import os
import pty
import select
import signal
import subprocess
import sys
import time

program, text = sys.argv[1:3]
seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 1

pid, terminal = pty.fork()
if pid == 0:
    os.environ["TERM"] = "xterm-256color"
    os.execv("/bin/bash", ["bash", "-c", text])

end = time.monotonic() + seconds
while time.monotonic() < end:
    if select.select([terminal], [], [], 0.05)[0]:
        try:
            os.read(terminal, 65536)
        except OSError:
            break
begin = time.monotonic()
asked = subprocess.run(["bash", "-c", f". '{program}' {pid}"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
print(f"{1000 * (time.monotonic() - begin):.0f} ms", file=sys.stderr)
print((asked.stdout + asked.stderr).strip() or "not")
for signal_number in (signal.SIGHUP, signal.SIGKILL):
    try:
        os.killpg(pid, signal_number)
    except ProcessLookupError:
        pass
os.close(terminal)
os.waitpid(pid, 0)
