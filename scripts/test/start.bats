#!/usr/bin/env bats
# Tests the messages of ./run, while it works and when it fails. Fake programs in place of apt, Maven and Java
# record their calls. The ports, the clock of the progress, and the warnings of a JVM are real.

bats_require_minimum_version 1.5.0
export LC_ALL=C

setup() {
  root=$(mktemp -d /tmp/gatehouse-start-bats-XXXXXX)
  chmod 755 "$root"
  bin=$root/bin calls=$root/calls
  mkdir -- "$bin"
  : >"$calls"
  here=${BATS_TEST_DIRNAME%/test}
  export progress_interval=1 TMPDIR=$root HOME=$root
  # shellcheck source=scripts/java.bash
  . "$here/java.bash"
  # shellcheck source=scripts/build.bash
  . "$here/build.bash"
  # shellcheck source=scripts/ports.bash
  . "$here/ports.bash"
}

teardown() {
  [[ -z ${server:-} ]] || kill "$server" || true
  rm -rf -- "$root"
}

# fake PROGRAM TEXT: makes a program that is found first. It records its calls, and then runs TEXT.
fake() {
  printf '#!/bin/bash\necho "%s $*" >>"%s"\n%s\n' "$1" "$calls" "$2" >"$bin/$1"
  chmod 755 "$bin/$1"
  PATH=$bin:$PATH
}

# Makes a fake apt for a machine whose package sources have these packages and on which only dpkg is installed.
fake_apt() {
  fake apt-get "${fails:-}"
  fake dpkg-query 'exit 1'
  fake apt-cache "case ' $* ' in *\" \${!#} \"*) echo '  Candidate: 1.0' ;; *) echo '  Candidate: (none)' ;; esac"
  # The fake Java is the only one here.
  java_homes() { [[ -z ${java_there:-} ]] || printf '%s\n' "$java_there"; }
}

# fake_java VERSION: makes a fake Java of this version.
fake_java() {
  mkdir -p -- "$root/java/bin"
  printf '#!/bin/bash\necho "    java.specification.version = %s" >&2\n' "$1" >"$root/java/bin/java"
  chmod 755 "$root/java/bin/java"
  java_there=$root/java
}

listen() {
  exec 5< <(exec python3 -c '
import socket, time
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
time.sleep(60)')
  server=$!
  read -r port <&5
}

@test "while a command is silent, a line appears every few seconds, and its status is returned" {
  slow() { echo one; sleep 2.5; return 3; }
  note() { progress="line $1"; }
  step "working"
  run -3 with_progress note slow
  [[ $output =~ ^\ \ [0-9]+\ s:\ line\ one$'\n'.*line\ one ]]
}

@test "a service that a command leaves running does not keep the progress waiting" {
  leaving() { sleep 30 2>/dev/null 3>&- & echo "$!" >"$root/pid"; }
  note() { :; }
  SECONDS=0
  run -0 with_progress note leaving
  kill "$(cat "$root/pid")"
  ((SECONDS < 10))
}

@test "a line that arrives in two parts is one line" {
  halves() { printf 'first '; sleep 1.5; printf 'half\n'; }
  note() { echo "<$1>"; }
  run -0 with_progress note halves
  [[ $output == *'<first half>'* ]]
}

@test "apt's progress is printed in plain words" {
  read_apt 'dlstatus:31:32.4:Retrieving file 31 of 94 (12s remaining)'
  [[ $progress == 'downloading file 31 of 94' ]]
  read_apt 'pmstatus:libc6:amd64:45.2342:Unpacking libc6 (amd64)'
  [[ $progress == '45 % installed; Unpacking libc6 (amd64)' ]]
}

@test "Maven's progress counts files and names what is compiled, whether 3.8 or 3.9 prints it" {
  downloads=0 expected_downloads=730 phase=''
  read_maven 'Downloading from central: https://repo.maven.apache.org/maven2/a/a.pom'
  read_maven 'Downloaded from central: https://repo.maven.apache.org/maven2/a/a.pom (5.1 kB at 42 kB/s)'
  read_maven '[INFO] --- compiler:3.15.0:compile (default-compile) @ documents ---'
  [[ $progress == '1 of about 730 files downloaded; compiling the documents program' ]]
  read_maven '[INFO] Downloaded from central: https://repo.maven.apache.org/maven2/b/b.jar (5.1 MB at 42 MB/s)'
  read_maven '[INFO] --- maven-jar-plugin:3.5.0:jar (default-jar) @ gateway ---'
  [[ $progress == '2 of about 730 files downloaded; packing the gateway program' ]]
  downloads=0
  read_maven '[INFO] --- maven-enforcer-plugin:3.7.0:enforce (machine-and-dependencies) @ gateway ---'
  [[ $progress == 'preparing to compile' ]]
}

@test "if there is no JDK of version 21 and apt has none, it prints three solutions and installs nothing" {
  fake_apt openjdk-17-jdk-headless
  fake_java 17
  run -1 require_jdk
  [[ $output \
    == *'Gatehouse needs a JDK of version 21 or newer. Found on this machine: Java 17 in '*'/java (without a compiler).'* ]]
  [[ $output == *adoptium.net/installation/linux*JAVA_HOME=*docker\ compose* ]]
  run -1 grep install "$calls"
}

@test "a JAVA_HOME without a Java is named" {
  fake_apt
  JAVA_HOME=/nowhere run -1 require_jdk
  [[ $output == *'nothing in /nowhere, which JAVA_HOME names'* ]]
}

@test "without a network, the message is about the network and not about a package source with a JDK" {
  fails='echo "E: Failed to fetch http://deb.debian.org/debian  Temporary failure resolving" >&2; exit 100' fake_apt
  run -1 require_jdk
  [[ $output == *'E: Failed to fetch'*'see whether this machine reaches the servers in /etc/apt/sources.list'* ]]
  [[ $output != *adoptium* ]]
}

@test "if a package cannot be installed, apt's own message is printed" {
  fails='[[ " $* " != *" install -y "* ]] || { echo "E: Unable to fetch some archives" >&2; exit 100; }' fake_apt
  run -1 install_packages curl
  [[ $output == *'E: Unable to fetch some archives'*'apt could not install curl: see whether this machine reaches'* ]]
}

@test "the packages to install are counted first" {
  fails='[[ $* != *--print-uris* ]] || printf "\047http://%s\047 %s 1500000 SHA256:0\n" a a b b' fake_apt
  run -0 install_packages curl
  [[ $output == *'- installing 2 packages, 3 MB to download: curl, and what they need'* ]]
}

@test "a JDK is taken from Debian first, then from a source that the admin has added" {
  fake_apt openjdk-21-jdk-headless temurin-25-jdk
  [[ $(java_package javac) == openjdk-21-jdk-headless ]]
  fake_apt temurin-25-jdk temurin-25-jre
  [[ $(java_package javac) == temurin-25-jdk ]]
  [[ $(java_package java) == temurin-25-jre ]]
}

@test "a Java that the gateway's account may not run is refused" {
  [[ $(id -u) == 0 ]] || skip "needs root"
  fake_java 25
  require_java_for_all "$java_there"
  chmod 700 "$root"
  run -1 require_java_for_all "$java_there"
  [[ $output == *"other accounts may not run $java_there/bin/java"*/opt* ]]
}

@test "a JVM is given only the options that it knows, beside those of the admin" {
  JAVA_HOME=$root/java
  mkdir -p -- "$JAVA_HOME/bin"
  # shellcheck disable=SC2016
  printf '#!/bin/bash\n[[ $1 != *final-field* && $1 != *sun-misc* ]]\n' >"$JAVA_HOME/bin/java"
  chmod 755 "$JAVA_HOME/bin/java"
  MAVEN_OPTS=-Xmx1g
  allow_what_maven_does
  [[ $MAVEN_OPTS == '-Xmx1g --enable-native-access=ALL-UNNAMED' ]]
}

@test "with these options a real JVM does not warn about what Maven's libraries do" {
  JAVA_HOME=$(java_home javac) || skip "there is no JDK here"
  cat >"$root/Unsafely.java" <<'JAVA'
class Unsafely {
  int field;
  public static void main(String[] arguments) throws Exception {
    var field = sun.misc.Unsafe.class.getDeclaredField("theUnsafe");
    field.setAccessible(true);
    ((sun.misc.Unsafe) field.get(null)).objectFieldOffset(Unsafely.class.getDeclaredField("field"));
    System.err.println("ran");
  }
}
JAVA
  "$JAVA_HOME/bin/javac" -nowarn -XDignore.symbol.file -d "$root" "$root/Unsafely.java" 2>/dev/null
  MAVEN_OPTS=''
  allow_what_maven_does
  # shellcheck disable=SC2086 # options
  run -0 "$JAVA_HOME/bin/java" $MAVEN_OPTS -cp "$root" Unsafely
  [[ $output == ran ]]
}

@test "a compiler's error is printed completely, without other lines and without advice about a network" {
  JAVA_HOME=$root
  java_version() { printf 25; }
  fake mvn 'printf "%s\n" "[INFO] Scanning for projects..." "[ERROR] A.java:[1,2] cannot find symbol" "  symbol: class B" "[INFO] 1 error"; exit 1'
  run -1 build_program
  [[ $output == *'[ERROR] A.java:[1,2] cannot find symbol'$'\n''  symbol: class B'* ]]
  [[ $output != *'[INFO]'* && $output != *settings.xml* ]]
  grep -q 'Scanning for projects' "$(sed -n 's/.*Its whole output is in \(.*\)\.$/\1/p' <<<"$output")"
}

@test "when Maven cannot download, the message says where to set a proxy" {
  JAVA_HOME=$root
  java_version() { printf 25; }
  fake mvn 'echo "[ERROR] Could not transfer artifact a:pom:1 from/to central (https://repo.maven.apache.org/maven2): Unknown host"; exit 1'
  run -1 build_program
  [[ $output == *'Unknown host'*'reaches https://repo.maven.apache.org'*"$HOME/.m2/settings.xml"* ]]
}

@test "when the JVM does not start, its own message is printed" {
  JAVA_HOME=$root
  java_version() { printf 25; }
  fake mvn 'echo "Error: Could not create the Java Virtual Machine." >&2; exit 1'
  run -1 build_program
  [[ $output == *'Error: Could not create the Java Virtual Machine.'* ]]
}

@test "a build that went well leaves no log and says how long it took" {
  JAVA_HOME=$root
  java_version() { printf 25; }
  fake mvn 'echo "[INFO] BUILD SUCCESS"'
  run -0 build_program
  [[ $output == *'building Gatehouse with Java 25'*'downloads about 730 files'*'done in '* ]]
  [[ -z $(compgen -G "$root/gatehouse-build-*") ]]
}

@test "for a taken port, the message has its program, its account and the variable that sets another port" {
  listen
  run -1 require_free_ports OPEN_TERMINAL_PORT 127.0.0.1 "$port"
  [[ ${lines[0]} \
    == "Port $port (OPEN_TERMINAL_PORT) is taken by python3"*" (process $server) of the account $(id -nu)." ]]
  [[ ${lines[1]} =~ OPEN_TERMINAL_PORT=([0-9]+)\ \./run$ ]]
  port_is_free 127.0.0.1 "${BASH_REMATCH[1]}"
}

@test "a port that is taken on one address is taken on all, and for a name of that address" {
  listen
  run -1 require_free_ports A 0.0.0.0 "$port"
  run -1 require_free_ports A localhost "$port"
}

@test "free ports are accepted; wrong ports, and the same port twice, are refused" {
  run -0 require_free_ports
  [[ -z $output ]]
  run -1 require_free_ports A 127.0.0.1 abc B 127.0.0.1 70000 C 127.0.0.1 0
  [[ ${lines[0]} == 'A must be a number from 1 to 65535, not "abc".' && ${#lines[@]} == 3 ]]
  listen
  kill "$server"
  while ! port_is_free 127.0.0.1 "$port"; do sleep 0.1; done
  server=''
  run -1 require_free_ports A 127.0.0.1 "$port" B 127.0.0.1 "$port"
  [[ ${lines[0]} == "B is $port, and so is another port of Gatehouse's." && ${lines[1]} =~ \ B=[0-9]+\ \./run$ ]]
}

@test "./run stops at a taken port before it does anything" {
  [[ $(id -u) == 0 ]] || skip "needs root"
  listen
  fake_apt
  OPEN_TERMINAL_PORT=$port run -1 "$here/../run"
  [[ $output == "Port $port (OPEN_TERMINAL_PORT) is taken by "* ]]
  [[ ! -s $calls ]]
}

@test "./run says how to start it if it does not run as root, and if there is no apt" {
  [[ $(id -u) == 0 ]] || skip "needs root"
  # The folder is readable for this account.
  cp -r -- "$here/../run" "$here" "$here/../sshd-config" "$root/"
  run -1 setpriv --reuid 65534 --regid 65534 --clear-groups "$root/run"
  [[ $output == *'starts as root'*'sudo ./run' ]]
  local program
  for program in bash dirname id; do ln -s "$(type -P "$program")" "$bin/$program"; done
  PATH=$bin run -1 "$bin/bash" "$here/../run"
  [[ $output == *'needs Debian'*'docker compose up -d --build' ]]
}

# aot_program: makes a program with a fake Java 25, and fakes for what needs a JVM and namespaces.
aot_program() {
  cd -- "$root"
  mkdir -p gateway/target program/lib program/documents/lib
  echo one >program/gatehouse.jar
  echo library >program/lib/library.jar
  cp program/lib/library.jar program/documents/documents.jar
  cp program/lib/library.jar program/documents/lib/
  mkdir -p learned/documents
  install -m 0444 program/gatehouse.jar learned/gatehouse.aot
  install -m 0444 program/gatehouse.jar learned/documents/documents.aot
  fake_java 25
  # shellcheck source=scripts/launch.bash
  . "$here/launch.bash"
  # shellcheck disable=SC2034 # build.bash
  java=$root/java/bin/java program=$root/program jar=$root/program/gatehouse.jar
  learn_apart() { echo learned >>"$calls"; ${learning_fails:+return 1}
    tar -C learned -c gatehouse.aot documents/documents.aot; }
  is_aot_cache_usable() { [[ -e $(aot_cache "$jar") ]]; }
}

@test "the AOT cache is kept for the same program, and made again for a changed one" {
  aot_program
  provide_aot_cache 8000 2022
  rm -- "$root/program/gatehouse.aot"
  provide_aot_cache 8000 2022
  [[ $(stat -c %a "$root/program/gatehouse.aot") == 444 && $(grep -c learned "$calls") == 1 ]]
  echo changed >program/lib/library.jar
  provide_aot_cache 8000 2022
  [[ $(grep -c learned "$calls") == 2 ]]
  echo two >program/gatehouse.jar
  provide_aot_cache 8000 2022
  [[ $(grep -c learned "$calls") == 3 ]]
}

@test "where the AOT cache cannot be made, the start goes on, and the old cache is not used" {
  aot_program
  provide_aot_cache 8000 2022
  echo two >program/gatehouse.jar
  learning_fails=yes run -0 provide_aot_cache 8000 2022
  [[ $output == *'this is not possible here, so Gatehouse starts more slowly; the reason is in /'* ]]
  [[ ! -e program/gatehouse.aot && ! -e program/documents/documents.aot && ! -e gateway/target/aot.tar ]]
}

@test "with a Java before 25, nothing is learned" {
  aot_program
  fake_java 21
  run -0 provide_aot_cache 8000 2022
  run -1 grep learned "$calls"
}
