#!/usr/bin/env bats
# Runs the commands of README.md, of the tutorial, and of the pages on backups and upgrades, as a person who reads them types them: all fenced blocks that are
# marked `sh`. Needs a Docker engine, the built program (gateway/target, documents/target), and GATEHOUSE_IMAGE, an
# image made of it; ./test has them.
#
# Two things are other than for that person. The image is not built again, and Open WebUI is docs/test/open-webui.py.
# What the documents tell to click, a request does. The commands run in two containers: one with Docker Compose, which
# speaks to the engine of this machine, and for ./run one that stands for a Debian machine.

bats_require_minimum_version 1.5.0
export LC_ALL=C DOCKER_BUILDKIT=0

readonly tag=gatehouse-commands

setup_file() {
  : "${GATEHOUSE_IMAGE:?is not set; ./test sets it to the image to try}"
  clone=$(cd -- "$BATS_TEST_DIRNAME/../.." && pwd)
  docker=${GATEHOUSE_DOCKER:-docker}
  name=gatehouse-commands-$$
  # At the same path here and in the container with Compose: the engine takes it from here.
  work=$(mktemp -d "/tmp/$name-XXXXXX")
  chmod 0755 "$work"
  export clone docker name work
  "$docker" build -q -t "$tag" - >/dev/null <<'DOCKERFILE'
FROM debian:trixie-slim
RUN apt-get update -qq && \
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends ca-certificates curl docker-cli docker-compose openssh-client && \
    apt-get clean && rm -rf /var/lib/apt/lists/*
DOCKERFILE
  # As the compose files are, but for the two images.
  mkdir "$work/gatehouse" "$work/gatehouse/keys"
  cp -- "$clone"/compose*.yaml "$work/gatehouse/"
  sed -i -e '/^    build: &build/,/^      target: /d; /^    build: \*build/d' \
    -e "s|^    image: gatehouse\$|    image: $GATEHOUSE_IMAGE|" \
    -e "s|^    image: ghcr.io/open-webui/.*|    image: $GATEHOUSE_IMAGE\n    entrypoint: [python3, /open-webui.py]|" \
    -e 's|^      - open-webui:/app/backend/data|&\n      - '"$clone"'/docs/test/open-webui.py:/open-webui.py:ro|' \
    "$work/gatehouse/compose.yaml"
  "$docker" run -d --name "$name" --network host --hostname commands -e COMPOSE_PROJECT_NAME="$name" \
    -v /var/run/docker.sock:/var/run/docker.sock \
    -v "$work:$work" -w "$work/gatehouse" "$tag" sleep 3600 >/dev/null
}

teardown_file() {
  "$docker" exec "$name" docker compose down --volumes --timeout 5 >/dev/null 2>&1 || true
  "$docker" rm -f -v "$name" "$name-debian" "$name-open-webui" >/dev/null 2>&1 || true
  "$docker" network rm "$name-network" >/dev/null 2>&1 || true
  rm -rf -- "$work"
}

# commands FILE HEADING: what the document says there.
commands() {
  local found
  found=$("$BATS_TEST_DIRNAME/blocks" -v heading="$2" "$clone/$1")
  [[ -n $found ]]
  printf '%s\n' "$found"
}

# typed: runs the commands that stdin has, where Compose is.
typed() { "$docker" exec "$name" bash -euo pipefail -c "$(cat)"; }

# as USER COMMAND: what Open WebUI sends for a command that its user types, and the whole answer.
as() {
  "$docker" exec -i "$name" docker compose exec -T gatehouse curl -sS -X POST 'http://127.0.0.1:8000/execute?wait=10' \
    -H "Authorization: Bearer $1" -H 'Content-Type: application/json' -d "{\"command\": \"$2\"}"
}

# until_healthy: waits until Gatehouse answers.
until_healthy() {
  for _ in $(seq 60); do
    if "$docker" exec "$name" docker compose exec -T gatehouse curl -fsS http://127.0.0.1:8000/health >/dev/null 2>&1; then return; fi
    sleep 0.5
  done
  return 1
}

@test "no heading has commands that nothing runs" {
  run -0 "$BATS_TEST_DIRNAME/blocks" "$clone/README.md"
  [[ $output \
    == $'You have Open WebUI in Docker already\nYou have nothing yet\nYou only want to look, on a Debian machine' ]]
  run -0 "$BATS_TEST_DIRNAME/blocks" "$clone/docs/tutorial/first-team.md"
  [[ $output == $'1. Start\n4. Use it, as both\n5. Let Alice in by ssh\n6. Bob leaves\n7. Stop, or take all away' ]]
  run -0 "$BATS_TEST_DIRNAME/blocks" "$clone/docs/how-to/backup-and-restore.md"
  [[ $output == $'Backup\nRestore\nRestore one home' ]]
  run -0 "$BATS_TEST_DIRNAME/blocks" "$clone/docs/how-to/upgrade.md"
  [[ $output == 'To a new version' ]]
}

@test "README, nothing yet; and the whole tutorial" {
  local tutorial=docs/tutorial/first-team.md
  # The tutorial begins with README's command.
  commands README.md 'You have nothing yet' >"$work/readme"
  commands "$tutorial" '1. Start' >"$work/start"
  [[ $(head -n 1 "$work/start") == "$(cat "$work/readme")" ]]
  typed <"$work/readme"
  # A person looks at it some seconds later.
  until_healthy
  typed <"$work/start" | tee "$work/answer"
  grep -q '"loopback"' "$work/answer"
  run -0 as alice "echo 'for Alice alone' > secret.txt; id -un"
  [[ $output == *'"exit_code":0'*'alice'* ]]
  run -0 as bob 'id -un; cat /home/alice/secret.txt'
  [[ $output == *'bob'*'Permission denied'* ]]
  commands "$tutorial" '4. Use it, as both' >"$work/list"
  run -0 typed <"$work/list"
  [[ $output == *alice*enabled*bob*enabled* ]]
  commands "$tutorial" '5. Let Alice in by ssh' >"$work/ssh"
  run -0 typed <"$work/ssh"
  [[ $output == *alice*'for Alice alone'* ]]
  commands "$tutorial" '6. Bob leaves' >"$work/leaves"
  run -0 typed <"$work/leaves"
  [[ $output == *'bob is disabled'*'bob is removed'*alice*enabled*bob*removed* ]]
  run -0 as bob 'id -un'
  [[ $output != *'"exit_code":0'* ]]
  commands "$tutorial" '7. Stop, or take all away' >"$work/stop"
  typed <"$work/stop"
  [[ -z $("$docker" ps -q --filter "label=com.docker.compose.project=$name") ]]
}

@test "README, Open WebUI in Docker already: Gatehouse finds it, by its name, in its network" {
  # Somebody's own Open WebUI has the names of README; here they are others, so that it is not in the way.
  "$docker" network create "$name-network" >/dev/null
  "$docker" run -d --name "$name-open-webui" --network "$name-network" --network-alias open-webui \
    -v "$clone/docs/test/open-webui.py:/open-webui.py:ro" \
    --entrypoint python3 "$GATEHOUSE_IMAGE" /open-webui.py >/dev/null
  commands README.md 'You have Open WebUI in Docker already' |
    sed "s/docker inspect open-webui /docker inspect $name-open-webui /; s/open-webui_default/$name-network/" \
      >"$work/existing"
  grep -q "inspect $name-open-webui" "$work/existing"
  grep -q "=$name-network" "$work/existing"
  run -0 typed <"$work/existing"
  [[ ${lines[0]} == "$name-network "* || $output == *"$name-network"* ]]
  # The volumes are those of the tutorial, which has removed bob.
  for _ in $(seq 60); do
    container=$("$docker" ps -q --filter "label=com.docker.compose.project=$name" \
      --filter label=com.docker.compose.service=gatehouse)
    if "$docker" exec "$container" curl -fsS http://127.0.0.1:8000/health >/dev/null 2>&1; then break; fi
    sleep 0.5
  done
  run -0 "$docker" exec "$container" curl -sS -X POST 'http://127.0.0.1:8000/execute?wait=10' \
    -H 'Authorization: Bearer alice' \
    -H 'Content-Type: application/json' -d '{"command": "id -un"}'
  [[ $output == *'"exit_code":0'*alice* ]]
  # Open WebUI finds Gatehouse under the name of the documents.
  run -0 "$docker" exec "$name-open-webui" curl -fsS http://gatehouse:8000/health
  printf 'OPEN_WEBUI_NETWORK=%s docker compose -f compose.yaml -f compose.existing.yaml down --volumes --timeout 5\n' \
    "$name-network" | typed
}

# page FILE HEADING: the same commands with the names of this test in place of Compose's usual ones.
page() {
  commands "$1" "$2" | sed -e "s/gatehouse_homes/${name}_homes/g" -e "s|--entrypoint tar gatehouse |--entrypoint tar $GATEHOUSE_IMAGE |g"
}

@test "a backup brings all homes, accounts and host keys back; one home alone; and an upgrade keeps them" {
  local how_to=docs/how-to/backup-and-restore.md kept='stat -c %u:%n:%y ~ ~/note ~/link; cat ~/note; id -u'
  typed <<<'docker compose up -d'
  until_healthy
  run -0 as alice 'echo for Alice > note; ln note link; ln -s /home/bob/note out; id -u'
  [[ $output == *'"exit_code":0'* ]]
  run -0 as bob 'echo for Bob > note'
  [[ $output == *'"exit_code":0'* ]]
  typed <<<'docker compose exec gatehouse gatehouse users disable bob'
  as alice "$kept" | grep -o '"data":"[^}]*' >"$work/before"
  typed <<<'docker compose exec gatehouse ssh-keygen -y -f /home/.gatehouse/host_keys/ssh_host_ed25519_key' >"$work/host-key"

  page "$how_to" Backup | typed
  until_healthy
  typed <<<'docker compose down --volumes --timeout 5'
  page "$how_to" Restore | typed
  until_healthy
  as alice "$kept" | grep -o '"data":"[^}]*' >"$work/after"
  diff "$work/before" "$work/after"
  typed <<<'docker compose exec gatehouse ssh-keygen -y -f /home/.gatehouse/host_keys/ssh_host_ed25519_key' | cmp - "$work/host-key"
  run -0 as bob true
  [[ $output != *'"exit_code":0'* ]]
  typed <<<'docker compose exec gatehouse gatehouse users enable bob'

  # Alice's folder leads to bob's home by now. The file of the backup does not go there.
  run -0 as alice 'rm note; mkdir kept; echo old > kept/restored'
  page "$how_to" Backup | typed
  until_healthy
  run -0 as alice 'rm -r kept; ln -s /home/bob kept; echo newer > newer'
  page "$how_to" 'Restore one home' | typed
  until_healthy
  run -0 as alice 'cat kept/restored; ls'
  [[ $output == *old* && $output != *newer* ]]
  run -0 as bob 'cat note; ls -a'
  [[ $output == *'for Bob'* && $output != *restored* ]]

  # The new version is the same image under another name; git has nothing to fetch for it.
  printf 'FROM %s\nLABEL version=next\n' "$GATEHOUSE_IMAGE" | "$docker" build -q -t "$name-next" - >/dev/null
  sed -i.before "s|image: $GATEHOUSE_IMAGE\$|image: $name-next|" "$work/gatehouse/compose.yaml"
  page docs/how-to/upgrade.md 'To a new version' | sed 's/^git pull$//' | typed
  until_healthy
  [[ -n $("$docker" ps -q --filter "label=com.docker.compose.service=gatehouse" --filter "ancestor=$name-next") ]]
  run -0 as alice 'cat kept/restored; id -u'
  [[ $output == *old* ]]
  mv "$work/gatehouse/compose.yaml.before" "$work/gatehouse/compose.yaml"
  typed <<<'docker compose down --volumes --timeout 5'
  "$docker" rmi "$name-next" >/dev/null
}

@test "README, a Debian machine: ./run, its first call, and ./run --uninstall" {
  # The image has all packages that ./run would install, and the program is built: nothing has to be fetched.
  mkdir "$work/clone" "$work/clone"/{gateway,documents}{,/target,/src}
  cp -a -- "$clone"/{run,scripts,sshd-config,keys,pom.xml} "$work/clone/"
  for module in gateway documents; do
    cp -a -- "$clone/$module/pom.xml" "$work/clone/$module/"
    cp -a -- "$clone/$module/src/main" "$work/clone/$module/src/"
    cp -a -- "$clone/$module"/target/{*.jar,lib} "$work/clone/$module/target/"
  done
  touch "$work"/clone/*/target/*.jar
  # /home is on the container's own file system, as on a machine.
  "$docker" run -d --init --name "$name-debian" --no-healthcheck -v "$work/clone:/root/gatehouse" -w /root/gatehouse \
    --entrypoint sleep "$GATEHOUSE_IMAGE" 3600 >/dev/null
  commands README.md 'You only want to look, on a Debian machine' >"$work/look"
  [[ $(cat "$work/look") == $'./run\n./run --uninstall' ]]
  "$docker" exec -d "$name-debian" bash -c './run >/root/said 2>&1'
  for _ in $(seq 120); do
    if "$docker" exec "$name-debian" grep -q 'Ctrl-C ends it' /root/said; then break; fi
    sleep 0.5
  done
  run -0 "$docker" exec "$name-debian" cat /root/said
  [[ $output == *'Gatehouse listens at http://127.0.0.1:8000'* ]]
  # The first call, as ./run prints it, and as the page about ./run has it.
  run -0 "$docker" exec "$name-debian" bash -c 'sed -n "/^  curl/,/<<</p" /root/said | bash'
  [[ $output == *'"exit_code":0'*'alice\n/home/alice'* ]]
  run -1 "$docker" exec "$name-debian" ./run --uninstall
  [[ $output == *'Gatehouse runs. End it first'* ]]
  "$docker" exec "$name-debian" pkill -TERM -x run
  for _ in $(seq 40); do "$docker" exec "$name-debian" pgrep -x run >/dev/null || break; sleep 0.5; done
  run -0 "$docker" exec "$name-debian" bash -c "$(sed -n 2p "$work/look")"
  [[ $output == *'Gatehouse is gone from this machine.'*/home/alice* ]]
  # What the page about ./run says is undone, is; what it says stays, stays.
  run "$docker" exec "$name-debian" bash -c '
    getent passwd alice gateway
    getent group | grep gatehouse
    find /etc/gatehouse /run/gatehouse /var/lib/gatehouse /etc/pam.d/gatehouse 2>/dev/null'
  echo "left: $output"
  [[ -z $output ]]
  "$docker" exec "$name-debian" bash -c '[[ -d /home/alice && -d /home/.gatehouse/registry ]]'
}
