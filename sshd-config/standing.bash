# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034
# The requests that disable, enable, apply and remove (sourced by provision). Root keeps a small file for each account
# that is disabled or removed, on the volume of the homes, so that it counts in every container that has this volume,
# also in a new one. It has one line, STANDING UID BY SECONDS: STANDING is disabled or removed, BY is admin or
# open-webui, and SECONDS is the time. An account that is enabled has no such file. The gateway reads these files.

readonly end_part_limit=3600   # seconds for archiving a home, and again for deleting it
readonly instances=/var/lib/gatehouse/instances
# The day since 1970 on which a locked account has expired: PAM and sshd let nobody in, whatever the key.
readonly expired=1

# read_standing NAME: sets standing to enabled, disabled or removed, and standing_uid and by. A file that cannot be
# read disables the account all the same.
read_standing() {
  standing=enabled standing_uid='' by=''
  [[ -e $standings/$1 ]] || return 0
  read -r standing standing_uid by _ <"$standings/$1" || true
  [[ $standing =~ ^($disabled|$removed)$ && $by =~ ^($by_admin|$by_open_webui)$ && $standing_uid =~ ^$uid_form$ ]] ||
    standing=$disabled by=$by_admin standing_uid=''
}

# write_standing NAME UID STANDING BY: the file comes into its place whole, because it is read at any time.
write_standing() {
  { printf '%s %s %s %(%s)T\n' "$3" "$2" "$4" -1 >"$standings/.new-$1" &&
    chgrp gateway "$standings/.new-$1" && chmod 0640 "$standings/.new-$1" &&
    mv -fT -- "$standings/.new-$1" "$standings/$1"; } 2>/dev/null || {
    rm -f -- "$standings/.new-$1"
    explain "$standings/$1 cannot be written"
    refuse "$status" "$reason"
  }
}

# is_locked NAME: whether the account has expired.
is_locked() { grep -qE "^$1:([^:]*:){6}$expired:" /etc/shadow; }

# lock_login NAME STATE: from now on nobody logs in as the account. A key in the home of the account stays there and
# opens nothing.
lock_login() {
  rm -f -- "$etc/authorized_keys/$1"
  [[ $2 == absent ]] || is_locked "$1" || chage -E "$expired" "$1" ||
    failed "the account $1 cannot be locked"
}

unlock_login() { ! is_locked "$1" || chage -E -1 "$1" || failed "the account $1 cannot be unlocked"; }

# end_all NAME UID: ends everything that runs as the account, and the logins of it that are still root's.
end_all() {
  local answer code
  answer=$(printf '1 %s %s and-logins\n' "$1" "$2" | "$here/end-processes") || true
  read -r _ code answer <<<"$answer"
  [[ $code == "$status_done" ]] ||
    failed "nobody can log in as $1 any more, but what runs is not all ended: ${answer:-no answer}"
}

# begin_standing NAME UID: checks what is asked for, takes both locks, and sets state, standing and by.
begin_standing() {
  check_account "$1" "$2" user || refuse "$status" "$reason"
  lock_account "$1"
  lock
  load "$1" "$2"
  check_state "$1" "$2" "$homes/$1" || refuse "$status" "$reason"
  read_standing "$1"
  [[ ! $standing_uid || $standing_uid == "$2" ]] ||
    conflict "the account $1 is $standing with another uid, $standing_uid"
}

# An account that an admin has disabled stays so, whatever Open WebUI says of its user.
request_disable() {
  local name=$1 uid=$2 state standing standing_uid by
  begin_standing "$name" "$uid"
  [[ $standing != "$removed" ]] || conflict "the account $name is removed"
  [[ $standing == "$disabled" && ($by == "$by_admin" || $asker == "$by_open_webui") ]] ||
    write_standing "$name" "$uid" "$disabled" "$asker"
  lock_login "$name" "$state"
  unlock
  end_all "$name" "$uid"
}

# An account that was removed and is enabled again gets provisioned at its next use: with the same uid, and with its
# home if that was kept.
request_enable() {
  local name=$1 uid=$2 state standing standing_uid by
  begin_standing "$name" "$uid"
  [[ $standing == enabled || $asker == "$by_admin" || $standing-$by == "$disabled-$by_open_webui" ]] ||
    conflict "the account $name is $standing by an admin, who alone can enable it"
  rm -f -- "$standings/$name"
  [[ $state == absent ]] || unlock_login "$name"
}

# apply NAME UID: does on this machine what the account's file says. It may have been written in another container.
request_apply() {
  local name=$1 uid=$2 state standing standing_uid by
  begin_standing "$name" "$uid"
  if [[ $standing == enabled ]]; then
    [[ $state == absent ]] || unlock_login "$name"
    return
  fi
  lock_login "$name" "$state"
  unlock
  end_all "$name" "$uid"
  [[ $standing != "$removed" ]] || remove_account "$name" "$uid"
}

# remove_account NAME UID: removes its lines in the account files, and its files in folders that are on this machine
# only.
remove_account() {
  remove_temporary "$1" "$2"
  lock
  load "$1" "$2"
  [[ ! ${accounts[$1]:-} ]] || remove_lines "$1" "$2"
  rm -f -- "$runtime/accounts/$1"
  [[ ! -e $members_folder/members ]] || write_members ||
    failed "the members of the groups could not be written"
  unlock
}

remove_lines() {
  local problem
  ! type -P crontab >/dev/null || crontab -r -u "$1" 2>/dev/null || true
  problem=$(userdel "$1" 2>&1) || failed "userdel failed for $1: ${problem##*$'\n'}"
  [[ $(getent group "$1") != "$1":*:"$2":* ]] || groupdel "$1" 2>/dev/null || true
}

# --- The files of the account. It is locked and runs nothing, and still everything that opens one of its files runs as
# the user: a link, a pipe or a folder of somebody else's in the home leads nowhere that the user may not go. Root lists
# folders that are root's, and removes empty ones.

# The scripts below run with the user's rights. Modes do not keep the user out, and a file system that is mounted in
# the home stays.
# shellcheck disable=SC2016 # the user's shell expands it
readonly open_home='
  chmod u+rwx -- "$HOME" && cd -- "$HOME" &&
    find . -xdev "(" -type d ! -perm -500 -o -type f ! -perm -400 ")" -user "$(id -u)" \
      -execdir chmod u+rX -- {} ";" 2>/dev/null
'
# shellcheck disable=SC2016
readonly pack_home='
  cd -- "$HOME" && exec tar --create --file=- --sparse --one-file-system --use-compress-program="$COMPRESS" .
'
# shellcheck disable=SC2016
readonly empty_folder='
  chmod -R u+rwX -- . 2>/dev/null
  exec find . -xdev -mindepth 1 -delete
'

# shellcheck disable=SC2016
readonly remove_all='
  for each; do [ -L "$each" ] || chmod -R u+rwX -- "$each"; done
  rm -rf --one-file-system -- "$@"
'

# archive_home NAME UID HOME FOLDER: sets archive. The archive is root's file, and the output of the user's programs
# comes to it through a pipe.
archive_home() {
  local name=$1 uid=$2 home=$3 folder=$4 compress=gzip suffix=gz part_limit=$end_part_limit
  local free used new said outcome problem
  ! type -P zstd >/dev/null || compress='zstd -q -T1' suffix=zst
  as_user "$uid" "$home" /bin/sh -c "$open_home" </dev/null 2>/dev/null || true
  free=$(df --output=avail -k -- "$folder" | tail -n 1)
  # shellcheck disable=SC2016
  used=$(part_output=told as_user "$uid" "$home" /bin/sh -c 'cd -- "$HOME" && du -sxk .' </dev/null 2>/dev/null |
    head -c 40) || true
  used=${used%%[!0-9]*}
  ((${used:-0} <= free)) ||
    refuse "$status_full" "the home of $name has $used KB, and $free KB are free in $folder; nothing was removed"
  printf -v archive '%s/%s-%s-%(%Y%m%dT%H%M%S)T.tar.%s' "$folder" "$name" "$uid" -1 "$suffix"
  new=$(mktemp "$folder/.new-XXXXXX") || failed "no file can be made in $folder"
  # shellcheck disable=SC2064 # now: new is local
  trap "rm -f -- '$new' '$new.said'" EXIT
  exec 7> >(head -c 2000 | tr -c '[:print:]\n' '?' >"$new.said"; cat >/dev/null)
  said=$! outcome=0
  # A process that holds the pipe open would keep the reader waiting, so the reader has a time limit of its own.
  part_output=told as_user "$uid" "$home" /usr/bin/env COMPRESS="$compress" \
    /bin/sh -c "$pack_home" </dev/null 2>&7 7>&- |
    timeout "$((end_part_limit + 5))" head -c "$((free * 1024 + 1))" >"$new" 7>&- || outcome=$?
  exec 7>&-
  for _ in {1..20}; do kill -0 "$said" 2>/dev/null || break; sleep 0.05; done
  # The last bytes may fit into the pipe without a failure of any program, so the size is checked as well.
  (($(stat -c %s -- "$new") <= free * 1024)) || outcome=$status_full
  if ((outcome)); then
    problem=$(tail -n 1 -- "$new.said" 2>/dev/null) || true
    explain "the home of $name could not be archived: ${problem:-status $outcome}; it is there as before"
    refuse "$status" "$reason"
  fi
  sync -- "$new"
  mv -T -- "$new" "$archive"
}

# empty_home NAME UID HOME: empties and removes the home.
empty_home() {
  local part_limit=$end_part_limit
  # shellcheck disable=SC2016
  as_user "$2" "$3" /bin/sh -c "chmod u+rwx -- \"\$HOME\" && cd -- \"\$HOME\" && { $empty_folder }" \
    </dev/null 2>/dev/null || true
  rmdir -- "$3" 2>/dev/null ||
    printf '%s is not empty: what is left in it belongs to others, or is mounted there. %s\n' "$3" \
      'Look at it, and delete it as root' >&2
}

# remove_temporary NAME UID: removes the account's files in folders for temporary files.
remove_temporary() {
  local name=$1 uid=$2 part_limit=$end_part_limit folder
  # The account's own folders, in folders of root's: its TMPDIR, and those that pam_namespace has made for it.
  for folder in "$tmp/$name" "$instances/tmp/$name" "$instances/vartmp/$name" "/dev/shm/.gatehouse/$name"; do
    [[ -d $folder && ! -L $folder ]] || continue
    as_user "$uid" / /bin/chmod u+rwx -- "$folder" </dev/null 2>/dev/null || true
    (part_folder=$folder as_user "$uid" / /bin/sh -c "$empty_folder") </dev/null 2>/dev/null || true
    rmdir -- "$folder" 2>/dev/null || printf '%s is not empty; look at it, and delete it as root\n' "$folder" >&2
  done
  # The folders that all accounts share. Names of files there are the user's, so they reach nothing but the user's own
  # program, each with a zero at its end.
  # shellcheck disable=SC2016
  for folder in /tmp /var/tmp /dev/shm; do
    [[ ! -d $folder ]] || find "$folder" -xdev -mindepth 1 -maxdepth 1 -uid "$uid" -print0 2>/dev/null |
      as_user "$uid" / /usr/bin/xargs -0r /bin/sh -c "$remove_all" sh 2>/dev/null || true
  done
  ! type -P ipcrm >/dev/null || as_user "$uid" / ipcrm --all </dev/null 2>/dev/null || true
}

# remove NAME UID HOW: HOW says what becomes of the home, and is keep, archive or delete. A repetition goes on where a
# failure ended it.
request_remove() {
  local name=$1 uid=$2 how=$3 home=$homes/$1 state standing standing_uid by archive=''
  [[ $how == @(keep|archive|delete) ]] || malformed "a home is to keep, archive or delete"
  begin_standing "$name" "$uid"
  [[ $how == keep ]] || require_home "$home" "$uid"
  [[ $standing == "$removed" ]] || write_standing "$name" "$uid" "$disabled" "$by_admin"
  lock_login "$name" "$state"
  unlock
  end_all "$name" "$uid"
  [[ $how != archive || -d $home ]] || printf 'there is no %s to archive\n' "$home" >&2
  if [[ $how != keep && -d $home ]]; then
    [[ $how != archive ]] || archive_home "$name" "$uid" "$home" "${standings%/*}/archives"
    empty_home "$name" "$uid" "$home"
  fi
  remove_account "$name" "$uid"
  write_standing "$name" "$uid" "$removed" "$by_admin"
  [[ ! $archive ]] || printf 'the home is archived in %s\n' "$archive"
}
