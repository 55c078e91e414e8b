package io.gatehouse.gateway.it;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An attack that alice tries on somebody else, from her own login.
 *
 * @param name the row of the table in SECURITY.md
 * @param leak the text in her output if the attack worked
 * @param command the command that she runs; {@link AttackIT} sets the variables that it may use
 * @param afterwards the command that bob, or another user, runs afterwards; its output is searched
 *     instead of hers
 * @param witness a user who can do the same, which proves that the attack can work at all
 */
record Attack(
    String name, Pattern leak, String command, Optional<Afterwards> afterwards, Witness witness) {

  /** A command that somebody else runs after the attack. */
  record Afterwards(String user, String command) {}

  /** A user with the right to do what alice tries. */
  enum Witness {
    BOB,
    ROOT,
    NOBODY
  }

  private static final String SECRET = "SECRET-b0b";

  /** To the last byte, with small files where a large one does not fit any more. */
  static final String FILL_DISK =
      "(cat /dev/zero; for i in {1..9}; do cat /dev/zero >>~/all-$i; done) >~/all 2>/dev/null; df"
          + " --output=avail ~ | tail -1";

  private static Attack attack(String name, String leak, String command) {
    return new Attack(name, Pattern.compile(leak), command, Optional.empty(), Witness.BOB);
  }

  /** An attack that nobody in the container can do, or that root can do only on some kernels. */
  private Attack seenByNobody() {
    return new Attack(name, leak, command, afterwards, Witness.NOBODY);
  }

  private Attack seenByRoot() {
    return new Attack(name, leak, command, afterwards, Witness.ROOT);
  }

  private Attack then(String user, String then) {
    return new Attack(name, leak, command, Optional.of(new Afterwards(user, then)), Witness.NOBODY);
  }

  private static String python(String program) {
    return "python3 - <<'PYTHON'\nimport ctypes, os, socket, time\n" + program + "\nPYTHON\n";
  }

  static final List<Attack> ALL =
      List.of(
          // --- bob's home
          attack("read a file that all may read", SECRET, "cat $BOB/secret"),
          attack("read a file in a folder that is open to all", SECRET, "cat $BOB/open/file"),
          attack("list the home", "secret", "ls -A $BOB"),
          attack(
              "write a file that all may write",
              "written",
              "echo >>$BOB/open/file && echo written"),
          attack("enter the home", "entered", "cd $BOB && echo entered"),
          attack("a hard link to a file", SECRET, "ln $BOB/open/file ~/hard-$$ && cat ~/hard-$$"),
          attack("a link to a file", SECRET, "ln -s $BOB/open/file ~/soft-$$ && cat ~/soft-$$"),
          attack("the home below /proc/self/root", SECRET, "cat /proc/self/root$BOB/open/file"),
          attack(
                  "rename the home",
                  "renamed",
                  "mv $BOB /home/taken && mv /home/taken $BOB && echo renamed")
              .seenByRoot(),
          // --- bob's processes
          attack("/proc/PID/root", SECRET, "cat /proc/$PID/root$BOB/open/file"),
          attack("/proc/PID/cwd", "secret", "ls /proc/$PID/cwd/"),
          attack("/proc/PID/fd", SECRET, "cat /proc/$PID/fd/7"),
          attack("/proc/PID/environ", SECRET, "tr '\\0' '\\n' </proc/$PID/environ"),
          attack("/proc/PID/maps", "r-xp", "cat /proc/$PID/maps"),
          attack("/proc/PID/mem", "opened", "exec 3</proc/$PID/mem && echo opened"),
          attack(
              "/proc/PID/oom_score_adj",
              "written",
              "echo 1000 >/proc/$PID/oom_score_adj && echo written"),
          attack(
                  "ptrace",
                  "attached",
                  python(
                      """
                      libc = ctypes.CDLL(None, use_errno=True)
                      pid = int(os.environ["PID"])
                      if libc.ptrace(16, pid, 0, 0) == 0:
                          print("attached")
                          os.waitpid(pid, 0)
                          libc.ptrace(17, pid, 0, 0)
                      else:
                          print(os.strerror(ctypes.get_errno()))
                      """))
              .seenByNobody(),
          attack(
                  "take an open file (pidfd_getfd)",
                  SECRET,
                  python(
                      """
                      libc = ctypes.CDLL(None, use_errno=True)
                      got = libc.syscall(438, os.pidfd_open(int(os.environ["PID"])), 7, 0)
                      print(os.pread(got, 100, 0) if got >= 0 else os.strerror(ctypes.get_errno()))
                      """))
              .seenByNobody(),
          attack("send a signal", "sent", "kill -CONT $PID && echo sent"),
          attack("change the priority", "changed", "renice -n 19 -p $PID && echo changed"),
          attack("change the cores", "changed", "taskset -p 1 $PID && echo changed"),
          attack("read the limits", "NOFILE", "prlimit --pid $PID"),
          attack("see the command line", "4711", "tr '\\0' ' ' </proc/$PID/cmdline"),
          attack(
              "find out which process numbers are taken",
              "alive|not permitted",
              "kill -0 $PID && echo alive"),
          attack("see that there are processes", "bobbyid", "ps -eo user:20="),
          // --- bob's terminal
          attack("write to a terminal", "written", "echo hello >$TTY && echo written"),
          attack("read a terminal", "opened", "exec 3<$TTY && echo opened"),
          attack(
              "type into a terminal (TIOCSTI)",
              "opened",
              python("os.open(os.environ['TTY'], os.O_RDWR); print('opened')")),
          // --- shared folders
          attack("a file in /tmp by its name", SECRET, "cat /tmp/bobs-file"),
          attack("a file in /dev/shm by its name", SECRET, "cat /dev/shm/bobs-file"),
          attack("a file in TMPDIR", SECRET, "cat $BOBS_TMPDIR/file"),
          attack("list TMPDIR of all", "bobbyid", "ls ${BOBS_TMPDIR%/*}").seenByRoot(),
          attack("list /tmp", "bobs-file", "ls -A /tmp").seenByRoot(),
          attack("list /var/tmp", "bobs-file", "ls -A /var/tmp").seenByRoot(),
          attack("list /dev/shm", "bobs-file", "ls -A /dev/shm").seenByRoot(),
          attack(
                  "replace a file in /tmp",
                  "replaced",
                  "mv -f ~/.bashrc /tmp/bobs-file && echo replaced")
              .seenByNobody(),
          attack("take a name in /tmp first", "denied", "echo mine >/tmp/well-known")
              .then("bobbyid", "echo his >/tmp/well-known"),
          attack(
                  "watch for names in /tmp",
                  "watching",
                  python(
                      """
                      libc = ctypes.CDLL(None, use_errno=True)
                      watch = libc.inotify_add_watch(libc.inotify_init(), b"/tmp", 0x100)
                      theirs = os.path.exists("/tmp/bobs-file")
                      print("watching" if watch >= 0 and theirs else os.strerror(ctypes.get_errno()))
                      """))
              .seenByRoot(),
          attack(
                  "a folder of one's group in /tmp (setgid)",
                  "-rw-r",
                  "mkdir -p /tmp/shared && chmod 2777 /tmp/shared")
              .then("bobbyid", "echo x >/tmp/shared/his && ls -l /tmp/shared/his"),
          attack(
                  "fill /dev/shm",
                  "No space",
                  "head -c 500M /dev/zero >/dev/shm/all; (sleep 9; rm -f /dev/shm/all) >/dev/null"
                      + " 2>&1 &")
              .then("bobbyid", "head -c 1M /dev/zero >/dev/shm/his 2>&1; rm -f /dev/shm/his"),
          attack("fill the disk: a file of somebody else", "No space", FILL_DISK)
              .then("bobbyid", "head -c 1M /dev/zero 2>&1 >~/his; rm -f ~/his"),
          attack("fill the disk: a command of somebody else", "(?s)^(?!.*works)", FILL_DISK)
              .then("bobbyid", "echo works"),
          // --- System V and POSIX IPC
          attack(
              "shared memory (System V)",
              SECRET,
              "perl -e '$id = shmget(4711, 16, 0) // die \"$!\\n"
                  + "\"; shmread($id, $got, 0, 16) or die \"$!\\n"
                  + "\"; print $got'"),
          attack(
              "a message queue (System V)",
              SECRET,
              "perl -e '$id = msgget(4711, 0) // die \"$!\\n"
                  + "\"; msgrcv($id, $got, 100, 0, 2048) or die \"$!\\n"
                  + "\"; print $got; msgsnd($id, $got, 0)'"),
          attack(
                  "a message queue (POSIX)",
                  "opened",
                  python(
                      """
                      libc = ctypes.CDLL(None, use_errno=True)
                      queue = libc.mq_open(b"/bobs-queue", os.O_RDONLY)
                      print("opened" if queue >= 0 else os.strerror(ctypes.get_errno()))
                      """))
              .seenByNobody(),
          // --- the network
          attack("a server on 127.0.0.1", SECRET, "curl -sS -m 5 http://127.0.0.1:7001/file"),
          attack(
              "a server on all addresses", SECRET, "curl -sS -m 5 http://$(hostname -i):7002/file"),
          attack(
              "a server of datagrams",
              SECRET,
              python(
                  """
                  peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                  peer.settimeout(5)
                  peer.sendto(b"hello", ("127.0.0.1", 7003))
                  print(peer.recv(100))
                  """)),
          attack(
                  "take a port first",
                  "in use",
                  "(timeout 9 python3 -m http.server --bind 127.0.0.1 7004 >/dev/null 2>&1 &);"
                      + " sleep 1")
              .then("bobbyid", "timeout 2 python3 -m http.server --bind 127.0.0.1 7004 2>&1"),
          attack(
              "an abstract socket",
              SECRET,
              python(
                  """
                  peer = socket.socket(socket.AF_UNIX)
                  peer.connect("\\0bobs-socket")
                  print(peer.recv(100))
                  """)),
          attack(
              "a socket in the home",
              "connected",
              python(
                  """
                  socket.socket(socket.AF_UNIX).connect(os.environ["BOB"] + "/open/socket")
                  print("connected")
                  """)),
          attack("the table of all connections", "0100007F:1B59", "cat /proc/net/tcp"),
          attack("the table of all local sockets", "bobs-socket", "cat /proc/net/unix"),
          attack(
                  "the interfaces of others' networks",
                  "gh-[0-9]",
                  "ls /sys/class/net /sys/devices/virtual/net /run/gatehouse/kept/sys/class/net")
              .seenByNobody(),
          attack(
              "reach the gateway",
              "\"status\":\"ok\"",
              "curl -sS -m 5 http://127.0.0.1:8000/health"),
          attack(
              "reach the gateway by its other addresses",
              "\"status\":\"ok\"",
              "for address in $(hostname -i) 198.18.0.1; do curl -sS -m 5"
                  + " http://$address:8000/health; done"),
          attack(
                  "reach sshd for the gateway",
                  "SSH-2.0",
                  "timeout 5 bash -c 'exec 3<>/dev/tcp/127.0.0.1/2022 && head -c 7 <&3'")
              .seenByRoot(),
          attack(
              "reach sshd for people",
              "SSH-2.0",
              "timeout 5 bash -c 'exec 3<>/dev/tcp/127.0.0.1/2222 && head -c 7 <&3'"),
          attack(
                  "enter another's network (setns)",
                  "entered",
                  "nsenter --net=/proc/$PID/ns/net echo entered; nsenter --net=/run/netns/bobbyid"
                      + " echo entered")
              .seenByNobody(),
          attack(
                  "a raw socket",
                  "opened",
                  python("socket.socket(socket.AF_PACKET, socket.SOCK_RAW); print('opened')"))
              .seenByNobody(),
          attack(
                  "change the network's settings",
                  "changed",
                  python(
                      """
                      import fcntl, struct
                      fcntl.ioctl(socket.socket(), 0x8922, struct.pack("16si", b"lo", 1500))
                      print("changed")
                      """))
              .seenByNobody(),
          // --- logins
          attack(
              "log in as another with the own key",
              "(?m)^bobbyid\\s*$",
              "$SSH bobbyid@127.0.0.1 id -un"),
          attack("log in as root with the own key", "(?m)^root\\s*$", "$SSH root@127.0.0.1 id -un")
              .seenByNobody(),
          attack(
                  "log in as the gateway with the own key",
                  "(?m)^gateway\\s*$",
                  "$SSH gateway@127.0.0.1 id -un")
              .seenByNobody(),
          attack(
                  "a tunnel to another's server",
                  SECRET,
                  "printf 'GET /file HTTP/1.0\\r"
                      + "\\n"
                      + "\\r"
                      + "\\n"
                      + "' | $SSH -W 127.0.0.1:7001 aliceid@127.0.0.1")
              .seenByNobody(),
          attack("forward an agent", "/", "$SSH -A aliceid@127.0.0.1 'echo $SSH_AUTH_SOCK'")
              .seenByNobody(),
          attack(
                  "let the other end listen",
                  "listens",
                  "timeout 5 $SSH -o ExitOnForwardFailure=yes -R 7099:127.0.0.1:22"
                      + " aliceid@127.0.0.1 'echo listens'")
              .seenByNobody(),
          attack(
                  "add a key to another's account",
                  "written",
                  "exec 3>>/etc/gatehouse/authorized_keys/bobbyid && echo written")
              .seenByRoot(),
          attack(
                  "forty failed logins",
                  "(?s)^(?!.*works)",
                  "for i in {1..40}; do $SSH -i /dev/null root@127.0.0.1 true & done 2>/dev/null;"
                      + " wait")
              .then("newuser1", "echo works"),
          attack(
                  "log in by the gateway's door with the own key",
                  "works",
                  "$GATEWAY_SSH aliceid@127.0.0.1 'echo works'")
              .seenByRoot(),
          attack(
                  "1,000 idle connections to each door of sshd",
                  "(?s)^(?!.*works)",
                  """
                  (python3 -c '
                  import socket, time
                  held = [socket.create_connection(("127.0.0.1", port)) for port in (2022, 2222) for i in range(1000)]
                  time.sleep(15)' >/dev/null 2>&1 &)
                  sleep 4
                  """)
              .then("newuser2", "echo works"),
          attack(
                  "2,000 connections to the gateway",
                  "(?s)^(?!.*works)",
                  "(python3 -c 'import socket, time; all ="
                      + " [socket.create_connection((\"127.0.0.1\", 8000)) for i in range(2000)];"
                      + " time.sleep(15)' >/dev/null 2>&1 &); sleep 3")
              .then("newuser3", "echo works"),
          attack(
                  "a flood of attempts to connect",
                  "(?s)^(?!.*works)",
                  """
                  (timeout 8 python3 -c '
                  import socket
                  while True:
                      for port in (2022, 2222, 8000):
                          one = socket.socket()
                          one.setblocking(False)
                          one.connect_ex(("127.0.0.1", port))
                          one.close()' >/dev/null 2>&1 &)
                  sleep 2
                  """)
              .then("newuser4", "echo works"),
          attack(
                  "an environment for logins, in the home",
                  "TRICK",
                  "echo TRICK=1 | tee ~/.ssh/environment >~/.pam_environment; echo 'echo TRICK'"
                      + " >~/.ssh/rc; chmod +x ~/.ssh/rc; $SSH aliceid@127.0.0.1 env")
              .seenByNobody(),
          attack(
                  "a ~/.bashrc for somebody else",
                  "(?s)^(?!.*works)",
                  "echo 'id; exec sleep 60' >~/.bashrc; ln -sf $BOB/.bashrc ~/theirs; cp ~/.bashrc"
                      + " $BOB/.bashrc")
              .then("bobbyid", "echo works"),
          attack(
                  "programs of one's own for root (PATH, LD_PRELOAD)",
                  "TRICK",
                  "mkdir -p ~/bin; printf '#!/bin/sh\necho TRICK' | tee ~/bin/id >~/bin/getent;"
                      + " chmod +x ~/bin/*; PATH=~/bin:$PATH LD_PRELOAD=~/bin/id $SSH -o"
                      + " SendEnv='PATH LD_PRELOAD' root@127.0.0.1 id; touch"
                      + " /usr/local/bin/getent && echo TRICK")
              .seenByNobody(),
          // --- the kernel
          attack(
                  "reach the kernel's counters (perf_event_open)",
                  "reached",
                  python(
                      """
                      import ctypes, platform
                      number = {"x86_64": 298, "aarch64": 241}[platform.machine()]
                      libc = ctypes.CDLL(None, use_errno=True)
                      libc.syscall(number, 0, 0, -1, -1, 0)
                      # EFAULT: it has looked at the arguments.
                      print("reached" if ctypes.get_errno() == 14 else ctypes.get_errno())
                      """))
              .seenByNobody(),
          // --- root
          attack("sudo", "uid=0", "sudo -n id").seenByNobody(),
          attack("su", "uid=0", "su -c id </dev/null").seenByRoot(),
          attack("programs that become root", "/", "find / -xdev -type f -perm /6000 2>/dev/null")
              .seenByNobody(),
          attack(
                  "programs with capabilities",
                  "/",
                  "find /usr -xdev -type f -exec getfattr -n security.capability --absolute-names"
                      + " {} + 2>/dev/null | grep '^# file'")
              .seenByNobody(),
          attack(
                  "capabilities of the login",
                  "0*[1-9a-f]",
                  "grep -h CapEff /proc/self/status | cut -f2 | grep -v '^0*$'")
              .seenByRoot(),
          attack("root in a user namespace", "uid=0", "unshare --user --map-root-user id")
              .seenByNobody(),
          attack("subordinate uids", "aliceid", "grep -h aliceid /etc/subuid /etc/subgid")
              .seenByNobody(),
          attack("mount a file system", "mounted", "mount -t tmpfs none /mnt && echo mounted")
              .seenByNobody(),
          attack("write /etc/passwd", "written", "exec 3>>/etc/passwd && echo written")
              .seenByRoot(),
          attack("read /etc/shadow", "bobbyid", "cat /etc/shadow").seenByRoot(),
          attack(
                  "a job of cron, at or systemd",
                  "made",
                  "(echo '* * * * * id' | crontab - || echo id | at now || systemd-run id || ls"
                      + " /etc/cron.d && touch /etc/cron.d/x) && echo made")
              .seenByNobody(),
          attack(
                  "a change of the kernel's settings",
                  "written",
                  "echo 0 >/proc/sys/kernel/dmesg_restrict && echo written")
              .seenByNobody(),
          attack("the kernel's log", "\\[", "dmesg").seenByNobody(),
          attack(
                  "a program in the kernel (bpf)",
                  "loaded",
                  python(
                      """
                      libc = ctypes.CDLL(None, use_errno=True)
                      number = 280 if os.uname().machine == "aarch64" else 321
                      code = (ctypes.c_uint64 * 2)(0x00000000000000b7, 0x0000000000000095)
                      name = ctypes.create_string_buffer(b"GPL")
                      attributes = (ctypes.c_uint64 * 16)(
                          0x0000000200000001, ctypes.addressof(code), ctypes.addressof(name))
                      got = libc.syscall(number, 5, attributes, 128)
                      print("loaded" if got >= 0 else os.strerror(ctypes.get_errno()))
                      """))
              .seenByNobody(),
          attack(
                  "a key in the kernel's keyring",
                  "added",
                  python(
                      """
                      libc = ctypes.CDLL(None, use_errno=True)
                      number = 217 if os.uname().machine == "aarch64" else 248
                      got = libc.syscall(number, b"user", b"trick", b"x", 1, -4)
                      print("added" if got >= 0 else os.strerror(ctypes.get_errno()))
                      """))
              .seenByNobody(),
          // --- the gateway
          attack("the provisioning key", "PRIVATE KEY", "cat /run/gatehouse/provisioner_ed25519")
              .seenByRoot(),
          attack(
                  "the host key",
                  "PRIVATE KEY",
                  "cat /home/.gatehouse/host_keys/ssh_host_ed25519_key")
              .seenByRoot(),
          attack(
                  "the registry",
                  "bobbyid",
                  "ls /home/.gatehouse/registry && cat /home/.gatehouse/registry/*/*")
              .seenByRoot(),
          attack("the output of others' commands", "(?m)/[0-9]{8}-", "find /home/.gatehouse/logs")
              .seenByRoot(),
          attack(
                  "the gateway's environment",
                  "SECRET-key",
                  "cat /proc/$GATEWAY/environ | tr '\\0' '\\n'")
              .seenByNobody(),
          attack("the gateway's memory", "opened", "exec 3</proc/$GATEWAY/mem && echo opened")
              .seenByNobody(),
          attack(
                  "secrets in command lines",
                  "SECRET-key",
                  "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' | grep -v grep")
              .seenByNobody(),
          attack(
                  "the environment of the first process",
                  "SECRET-key",
                  "tr '\\0' '\\n' </proc/1/environ")
              .seenByRoot(),
          attack(
                  "the API without a key",
                  "uid=",
                  "curl -sS -m 5 -X POST 'http://127.0.0.1:8000/execute?wait=5' -H 'X-User-Id:"
                      + " bobbyid' -H 'Content-Type: application/json' -d '{\"command\": \"id\"}'")
              .seenByNobody(),
          attack("kill the gateway", "sent", "kill -0 $GATEWAY && echo sent").seenByRoot(),
          attack(
                  "take the processor before the gateway does",
                  "taken",
                  "renice -n 18 -p $$ && echo taken; chrt --rr --pid 1 $$ && echo taken")
              .seenByRoot(),
          attack(
                  "change what the gateway runs",
                  "written",
                  "exec 3>>/run/gatehouse/command && echo written")
              .seenByRoot(),
          attack(
                  "say that a required measure is in force",
                  "written",
                  "exec 3>>/run/gatehouse/isolation/in-force && echo written")
              .seenByRoot(),
          attack(
                  "a core dump of a program that holds secrets",
                  "(?m)^core",
                  "cd ~; ulimit -c unlimited; (sleep 99 & kill -SEGV $!; wait $!) 2>/dev/null; ls |"
                      + " grep core")
              .seenByNobody(),
          // --- resources
          attack(
                  "more open files than allowed",
                  "[5-9][0-9]{3}|[0-9]{5}",
                  python(
                      """
                      count = 0
                      try:
                          while count < 50000: os.dup(0); count += 1
                      except OSError: pass
                      print(count)
                      """))
              .seenByNobody(),
          attack(
                  "more memory than allowed",
                  "(?m)^taken",
                  "timeout 20 python3 -c 'all = bytearray(b\"x\") * 600_000_000; print(\"taken\")'")
              .seenByNobody(),
          attack(
                  "a process table that is full",
                  "(?s)^(?!.*works)",
                  "bomb() { bomb & bomb & sleep 20; }; (bomb >/dev/null 2>&1 &); sleep 4")
              .then("bobbyid", "echo works"));
}
