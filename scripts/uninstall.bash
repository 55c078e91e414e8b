# shellcheck shell=bash
# Removes everything that ./run has made on this machine, as root. Homes, and the record of who had which account,
# stay unless the admin asks to delete them too. Sourced by ./run.

# shellcheck source=sshd-config/rules.sh
. "${BASH_SOURCE[0]%/*}/../sshd-config/rules.sh"

# uninstall [--delete-homes]
uninstall() {
  local delete_homes='' name uid path kept=()
  local etc=${GATEHOUSE_ETC:-/etc/gatehouse} runtime=${OPEN_TERMINAL_RUNTIME_DIR:-/run/gatehouse}
  local state=${OPEN_TERMINAL_STATE_DIR:-/home/.gatehouse} tmp=${GATEHOUSE_TMP_DIR:-/var/lib/gatehouse/tmp}
  local pam_service=${GATEHOUSE_PAM_SERVICE:-gatehouse} own=/var/lib/gatehouse
  local -A uids=()
  case $* in
    '') ;;
    --delete-homes) delete_homes=yes ;;
    *) printf './run --uninstall, or ./run --uninstall --delete-homes\n' >&2; return 2 ;;
  esac
  for path in "$etc" "$runtime" "$state" "$tmp"; do
    # The path must have at least two levels, so that no mistake deletes /home.
    if [[ ! $path =~ ^(/[A-Za-z0-9._-]+){2,}$ || $path == *..* ]]; then
      printf 'Gatehouse cannot have made the folder %s: its folders are absolute paths of two names or more. %s\n' \
        "$path" 'Nothing was changed.' >&2
      return 1
    fi
  done
  if [[ ! $pam_service =~ ^[a-z][a-z0-9-]{0,31}$ ]]; then
    printf 'GATEHOUSE_PAM_SERVICE is a name of a-z, 0-9 and -. Nothing was changed.\n' >&2
    return 1
  fi
  if [[ $(processes_here -f -- "-jar $runtime/program/gatehouse.jar") ]]; then
    printf 'Gatehouse runs. End it first, by Ctrl-C where it was started. Nothing was changed.\n' >&2
    return 1
  fi

  # The group has no other members: root-helper puts each account that it makes into it, and takes over no account that is
  # not in it.
  while read -r name; do
    if uid=$(account_uid "$name"); then uids[$name]=$uid; fi
  done < <(getent group gatehouse | cut -d : -f 4 | tr , '\n')
  for name in "${!uids[@]}"; do
    step "the account $name"
    remove_account "$name" "${uids[$name]}" || return 1
  done

  step "groups, folders and configuration"
  rm -rf -- "${runtime:?}" "${tmp:?}" "$own/instances" "$own/packages"
  rm -f -- "/etc/pam.d/${pam_service:?}" /etc/security/namespace.d/gatehouse.conf
  # The files that prepare and root-helper write there. .lines-* remains if root-helper was interrupted; .move-* and
  # .restore-* are those of an earlier Gatehouse.
  rm -rf -- "$etc/authorized_keys" "$etc/locks" "$etc/provision.lock" "$etc"/.move-* "$etc"/.restore-* \
    "$etc"/.lines-*
  for path in "$own" "$etc"; do
    [[ ! -d $path ]] || rmdir -- "$path" 2>/dev/null ||
      kept+=("$path, because it has files that Gatehouse did not make")
  done
  # rm follows no link. No account has these uids any more and nothing runs with them, so nobody can change a folder
  # while rm works in it.
  if [[ $delete_homes ]]; then
    for name in "${!uids[@]}"; do
      if is_home_of "$name" "${uids[$name]}"; then rm -rf --one-file-system -- "/home/${name:?}"; fi
    done
    rm -rf --one-file-system -- "${state:?}"
  else
    for name in "${!uids[@]}"; do
      if is_home_of "$name" "${uids[$name]}"; then kept+=("/home/$name"); fi
    done
    [[ ! -d $state ]] ||
      kept+=("$state, which says who had which account, so that a later ./run gives it to them again")
  fi
  ! getent passwd gateway >/dev/null || userdel gateway
  while read -r name; do
    groupdel "$name"
  done < <(getent group | grep -oE '^(gateway|gatehouse(-[a-z][a-z0-9_-]*)?):' | tr -d :)

  printf '\nGatehouse is gone from this machine.\n'
  if ((${#kept[@]})); then
    printf 'These stay:\n'
    printf '  %s\n' "${kept[@]}"
    [[ $delete_homes ]] ||
      printf '%s./run --uninstall --delete-homes would have deleted homes and %s.\n' "${SUDO_USER:+sudo }" "$state"
  fi
  printf 'The packages that ./run installed stay too, what Maven downloaded (%s/.m2), and the folders target here.\n' \
    "$HOME"
}

# account_uid NAME: prints the uid of an account that is one of Gatehouse's by its uid and its home.
account_uid() {
  local entry
  entry=$(getent passwd -- "$1") || return 1
  [[ $entry =~ ^($account_name):[^:]*:($uid_form):[^:]*:[^:]*:(/home|$state/reserved)/"$1": ]] || return 1
  printf '%s' "${BASH_REMATCH[2]}"
}

is_home_of() { [[ ! -L /home/$1 && -d /home/$1 && $(stat -c %u -- "/home/$1") == "$2" ]]; }

# processes_here OPTION...: the processes that pgrep finds by these options, without those of containers: an account
# there may have the same uid. If root cannot see the owner of a process, root is in a container itself.
processes_here() {
  local pid namespace own
  own=$(readlink /proc/self/ns/pid)
  while read -r pid; do
    namespace=$(readlink "/proc/$pid/ns/pid" 2>/dev/null) || namespace=$own
    [[ $namespace != "$own" ]] || printf '%s\n' "$pid"
  done < <(pgrep "$@")
}

# end_processes UID: ends all processes of the account. They are stopped first, until there are no new ones: a stopped
# process starts no others, and still counts towards the account's limit.
end_processes() {
  local try pids before=''
  for ((try = 0; try < 200; try++)); do
    pids=$(processes_here -u "$1")
    [[ $pids ]] || return 0
    xargs kill -STOP <<<"$pids" 2>/dev/null || true
    [[ $pids != "$before" ]] || xargs kill -KILL <<<"$pids" 2>/dev/null || true
    before=$pids
    sleep 0.05
  done
  return 1
}

# remove_account NAME UID: locks NAME, so that nobody logs in as it any more, ends its processes, and then removes it.
remove_account() {
  local name=$1 uid=$2 own
  chage -E 1 -- "$name"
  if ! end_processes "$uid"; then
    printf 'The account %s goes on starting programs; end them (pkill -KILL -u %s) and start again.\n' \
      "$name" "$name" >&2
    return 1
  fi
  ! type -P crontab >/dev/null || crontab -r -u "$name" 2>/dev/null || true
  own=$(getent group -- "$name" | cut -d : -f 3) || true
  userdel -- "$name" 2>/dev/null || { printf 'The account %s could not be removed.\n' "$name" >&2; return 1; }
  if [[ $own == "$uid" ]] && getent group -- "$name" >/dev/null; then groupdel -- "$name"; fi
}
