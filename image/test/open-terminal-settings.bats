#!/usr/bin/env bats
# Tests how the image reads the command line and the TOML files of an existing deployment of Open Terminal.

bats_require_minimum_version 1.5.0

setup() {
  root=$(mktemp -d /run/gatehouse-settings-bats-XXXXXX)
  mkdir -p "$root/etc/open-terminal" "$root/config/open-terminal"
  unset "${!OPEN_TERMINAL_@}"
  export XDG_CONFIG_HOME=$root/config
}

teardown() { rm -rf -- "$root"; }

settings() { "$BATS_TEST_DIRNAME/../open-terminal-settings" "$root/etc/open-terminal/config.toml" "$@" |
  tr '\0' '\n'; return "${PIPESTATUS[0]}"; }

# file WHERE: writes stdin into a TOML file that only root can read.
file() { install -m 600 /dev/stdin "$root/$1/open-terminal/config.toml"; }

@test "sets nothing without options and files" {
  run settings
  [[ $status == 0 && -z $output ]]
  run settings run
  [[ $status == 0 && -z $output ]]
}

@test "honours the options of open-terminal run" {
  run settings run --host 127.0.0.1 --port=9000 --cors-allowed-origins https://a.example,https://b.example
  [[ $status == 0 && $output == "OPEN_TERMINAL_HOST=127.0.0.1
OPEN_TERMINAL_PORT=9000
OPEN_TERMINAL_CORS_ALLOWED_ORIGINS=https://a.example,https://b.example" ]] || { echo "$output"; return 1; }
}

@test "starts MCP over HTTP as run does" {
  file etc <<<'port = 5'
  run --separate-stderr settings mcp --transport streamable-http --host 127.0.0.1 --port=9000
  [[ $status == 0 && $output == "OPEN_TERMINAL_PORT=9000
OPEN_TERMINAL_HOST=127.0.0.1" || $output == "OPEN_TERMINAL_HOST=127.0.0.1
OPEN_TERMINAL_PORT=9000" ]] || { echo "$output"; return 1; }
  [[ $stderr == "gatehouse: MCP is at /mcp, and the same port serves the rest of the API" ]] || { echo "$stderr"; return 1; }
  run --separate-stderr settings mcp --transport=streamable-http --cwd /srv
  [[ $status == 0 && $output == OPEN_TERMINAL_PORT=5 && $stderr == *"--cwd has no effect"* ]] || { echo "$output$stderr"; return 1; }
}

@test "says how to use MCP over stdio, which a container has not" {
  local words
  for words in mcp 'mcp --transport stdio' 'mcp --port 9000'; do
    # shellcheck disable=SC2086 # several words
    run settings $words
    [[ $status == 64 && $output == *"ssh ACCOUNT@HOST gatehouse mcp"* ]] || { echo "$words: $output"; return 1; }
  done
  for words in 'mcp --transport sse' 'mcp --transport streamable-http --cftunnel' 'mcp --transport streamable-http run'; do
    # shellcheck disable=SC2086 # several words
    run settings $words
    [[ $status == 64 && $output == "gatehouse: the command has an unknown option"* ]] || { echo "$words: $output"; return 1; }
  done
  run settings mcp --transport streamable-http --api-key s3cret-of-mine
  [[ $status == 64 && $output == "gatehouse: --api-key shows the key"* && $output != *s3cret* ]] || { echo "$output"; return 1; }
}

@test "reads each kind of value" {
  file etc <<'TOML'
api_key = "a key with = and \"quotes\""
multi_user = true
enable_terminal = false
max_terminal_sessions = 4
execute_timeout = 2.5
cors_allowed_origins = "https://a.example"
system_prompt = """two
lines"""
TOML
  run settings run
  [[ $status == 0 && $output == 'OPEN_TERMINAL_API_KEY=a key with = and "quotes"
OPEN_TERMINAL_MULTI_USER=true
OPEN_TERMINAL_ENABLE_TERMINAL=false
OPEN_TERMINAL_MAX_SESSIONS=4
OPEN_TERMINAL_EXECUTE_TIMEOUT=2.5
OPEN_TERMINAL_CORS_ALLOWED_ORIGINS=https://a.example
OPEN_TERMINAL_SYSTEM_PROMPT=two
lines' ]] || { echo "$output"; return 1; }
}

@test "keeps Open Terminal's order: option, variable, user's file, system's file" {
  file etc <<<$'port = 1\nhost = "system"\nterm = "system"\ninfo = "system"'
  file config <<<$'port = 2\nhost = "user"\nterm = "user"'
  OPEN_TERMINAL_PORT=3 OPEN_TERMINAL_HOST=variable run settings run --port 4
  [[ $output == $'OPEN_TERMINAL_TERM=user\nOPEN_TERMINAL_INFO=system\nOPEN_TERMINAL_PORT=4' ]] ||
    { echo "$output"; return 1; }
}

@test "reads the file of --config in place of the user's" {
  file etc <<<'host = "system"'
  file config <<<'host = "user"'
  install -m 600 /dev/stdin "$root/other.toml" <<<'port = 5'
  run settings run --config "$root/other.toml"
  [[ $output == $'OPEN_TERMINAL_HOST=system\nOPEN_TERMINAL_PORT=5' ]] || { echo "$output"; return 1; }
}

@test "a variable under another name, and the file of a secret, win over a file too" {
  file etc <<<$'api_key = "from the file"\nmulti_user = false'
  OPEN_TERMINAL_API_KEY_FILE=/run/secrets/key OPEN_TERMINAL_USER_ISOLATION=true run settings
  [[ $status == 0 && -z $output ]] || { echo "$output"; return 1; }
}

@test "warns of keys that it does not know, and goes on" {
  file etc <<<$'port = 5\nspeed = "fast"\n"odd\\u0007 name" = 1'
  run --separate-stderr settings
  [[ $status == 0 && $output == OPEN_TERMINAL_PORT=5 ]]
  [[ $stderr \
    == "gatehouse: $root/etc/open-terminal/config.toml has keys that are not known: speed, a key with an odd name" ]] ||
    { echo "$stderr"; return 1; }
  run --separate-stderr settings run --cwd /srv
  [[ $status == 0 && $stderr == "gatehouse: --cwd has no effect: "* ]]
}

@test "refuses a key on the command line, and does not repeat it" {
  run settings run --api-key s3cret-of-mine
  [[ $status == 64 && $output == "gatehouse: --api-key shows the key to every user"* && $output != *s3cret* ]] ||
    { echo "$output"; return 1; }
  run settings run --api-kye s3cret-of-mine
  [[ $status == 64 && $output == "gatehouse: the command has an unknown option"* && $output != *s3cret* ]] ||
    { echo "$output"; return 1; }
}

@test "refuses other words and commands" {
  local words
  for words in serve 'run --cftunnel' 'run --port many' 'run --config' 'run extra' '--port 1'; do
    # shellcheck disable=SC2086 # several words
    run settings $words
    [[ $status == 64 && $output == "gatehouse: "* && $output != *Traceback* ]] || { echo "$words: $output"; return 1; }
  done
}

@test "refuses a file that a user could have written" {
  file etc <<<'port = 5'
  chmod 620 "$root/etc/open-terminal/config.toml"
  run settings
  [[ $status == 78 && $output == *"can be changed by others than root"* ]]
  chmod 600 "$root/etc/open-terminal/config.toml"
  chown 12345 "$root/etc/open-terminal/config.toml"
  run settings
  [[ $status == 78 && $output == *"can be changed by others than root"* ]]
}

@test "refuses a key that every user can read" {
  file etc <<<'api_key = "s3cret"'
  chmod 644 "$root/etc/open-terminal/config.toml"
  run settings
  [[ $status == 78 && $output == *"can be read by every user"* && $output != *s3cret* ]] ||
    { echo "$output"; return 1; }
}

@test "says where a file has an error of TOML, without repeating the line" {
  file etc <<<$'port = 5\napi_key = s3cret'
  run settings
  [[ $status == 78 &&
    $output == "gatehouse: $root/etc/open-terminal/config.toml cannot be read: at line 2, column 11" ]] ||
      { echo "$output"; return 1; }
  head -c 3000000 /dev/zero | tr '\0' '[' | file etc
  run settings
  [[ $status == 78 && $output == *"more than 1000000 bytes" ]]
  head -c 900000 /dev/zero | tr '\0' '[' | { printf 'a='; cat; } | file etc
  run settings
  [[ $status == 78 && $output == *"cannot be read"* && $output != *Traceback* ]] ||
    { echo "${output:0:300}"; return 1; }
  printf 'port = "\xff"' | file etc
  run settings
  [[ $status == 78 && $output == *"cannot be read"* ]]
}

@test "refuses a value of the wrong type" {
  file etc <<<'port = { a = 1 }'
  run settings
  [[ $status == 78 && $output == *"port in "*" must be a text, a number, true or false" ]]
  run settings run --config "$root/none.toml"
  [[ $status == 78 && $output == *"--config must name a file"* ]]
}
