#!/usr/bin/env bats
# Input of any form to what runs as root: it is refused, each request for itself, in bounded time, and changes nothing. The seed is fixed; SEED=... tries another.

load support

setup() { prepare_gatehouse; }
teardown() { remove_gatehouse; }

# inputs COUNT WORD...: lines that are made of these words, of parts of them, and of bytes of any kind.
inputs() {
  python3 - "${SEED:-1}" "$@" <<'X'
import random, sys
seed, count, words = sys.argv[1], int(sys.argv[2]), [word.encode() for word in sys.argv[3:]]
random.seed(seed)
odd = [b"", b" ", b"\t", b"\r", b"\0", b"\x1b[2J", b"$(id)", b"`id`", b";id", b"../..", b"*", b"-rf", b"\xff\xfe", b"9" * 40, b"-1", b"0", b"\xc3\xa9"]
for _ in range(count):
    line = b""
    for _ in range(random.randint(0, 6)):
        word = random.choice(words + odd)
        if random.random() < 0.3 and word:
            at = random.randrange(len(word))
            word = word[:at] + bytes([random.randrange(256)]) + word[at + 1:]
        line += word + random.choice([b" ", b" ", b" ", b""])
    sys.stdout.buffer.write(line.replace(b"\n", b"")[:120] + b"\n")
X
}

accounts() { getent passwd; getent group; cat /etc/shadow; }

@test "root-helper answers each request to end for itself and ends nothing" {
  accounts >"$root/before"
  sleep 300 3>&- &
  local witness=$!
  inputs 20000 1 42 ghtesta root gateway nobody if-left 29001 60000 60001 0 65533 >"$root/lines"
  timeout 60 perl "$config_dir/test/ask-root.pl" "$OPEN_TERMINAL_RUNTIME_DIR/root-helper" many 'end ' <"$root/lines" >"$root/answers"
  [ "$(wc -l <"$root/answers")" -eq 20000 ]
  [ "$(grep -acvE '^[0-9]{1,18} (0|64|65) [ -~]*$' "$root/answers")" -eq 0 ]
  kill -0 "$witness"
  kill "$witness"
  accounts | cmp - "$root/before"
}

@test "sshd's log prints each line once and no byte that a terminal obeys" {
  inputs 20000 'Accepted publickey for' ghtesta root from 127.0.0.1 port 22 'ssh2: ED25519' SHA256:AAAA >"$root/lines"
  timeout 60 "$OPEN_TERMINAL_RUNTIME_DIR/log" "$GATEHOUSE_ETC" "$OPEN_TERMINAL_RUNTIME_DIR/admin_authorized_keys" <"$root/lines" 2>"$root/told"
  [ "$(wc -l <"$root/told")" -eq 20000 ]
  [ "$(grep -acvE '^sshd: [ -~]*$' "$root/told")" -eq 0 ]
}

@test "root-helper refuses what is no request, and makes no account for it" {
  accounts >"$root/before"
  local line said
  while IFS= read -r line; do
    said=0
    request "$line" <"$root/key-alice" >/dev/null 2>&1 || said=$?
    # No status but those that it is known for, and no success, save that nothing runs as an account that there is not.
    [[ $said =~ ^(64|65|70|75|77)$ || ($said == 0 && $line =~ ^[[:space:]]*end[[:space:]]) ]] || { printf '%q: %s\n' "$line" "$said"; return 1; }
  done < <(inputs 200 provision restore end try 29001 0 user admin reserved root gateway gh/test GHTEST 60001 99999 | tr -d '\0')
  accounts | cmp - "$root/before"
}
