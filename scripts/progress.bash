# shellcheck shell=bash
# Shows a person the current step, its progress, and how long it took. Sourced by scripts/java.bash and ./run.

# The seconds between two lines about the same step.
progress_interval=${progress_interval:-8}
step_started=$SECONDS

# step TEXT: prints the step that begins now.
step() {
  step_started=$SECONDS
  printf -- '- %s\n' "$1" >&2
}

step_done() { printf '  done in %d s\n' $((SECONDS - step_started)) >&2; }

# with_progress READER COMMAND...: runs COMMAND and returns its status. READER is called with each line that COMMAND
# prints, and sets `progress` to a text, which is printed every few seconds. The caller sets `progress` to the first
# text. A last line that this function writes itself ends the reading, because a service that COMMAND left running may
# keep the pipe open.
with_progress() {
  local reader=$1
  shift
  {
    set -o pipefail
    status=0
    "$@" || status=$?
    printf '\nended %d\n' "$status"
  } | follow "$reader"
}

follow() {
  local reader=$1 line='' part='' read_status next=$((SECONDS + progress_interval))
  while true; do
    read_status=0
    IFS= read -r -t 1 part || read_status=$?
    line+=$part
    if ((read_status == 0)); then
      [[ ! $line =~ ^ended\ ([0-9]+)$ ]] || return "${BASH_REMATCH[1]}"
      "$reader" "$line"
      line=''
    elif ((read_status <= 128)); then
      return 1
    fi
    if ((SECONDS >= next)); then
      printf '  %d s%s\n' $((SECONDS - step_started)) "${progress:+: $progress}" >&2
      next=$((SECONDS + progress_interval))
    fi
  done
}

# Reads the lines that apt-get writes to its APT::Status-Fd: dlstatus:NUMBER:PERCENT:TEXT and
# pmstatus:PACKAGE:PERCENT:TEXT.
read_apt() {
  if [[ $1 =~ ^dlstatus:.*Retrieving\ file\ ([0-9]+)\ of\ ([0-9]+) ]]; then
    progress="downloading file ${BASH_REMATCH[1]} of ${BASH_REMATCH[2]}"
  elif [[ $1 =~ ^pmstatus:.*:([0-9]+)(\.[0-9]+)?:(.*)$ ]]; then
    progress="${BASH_REMATCH[1]} % installed; ${BASH_REMATCH[3]}"
  fi
}
