# shellcheck shell=sh disable=SC2034
# Sourced by what PAM runs as root in each login.

memory='' cpuweight='' nproc='' require=''

# read_bounds FILE: sets what counts for PAM_USER of the lines WHOM ITEM VALUE from prepare: the last that fits, an account's own before those of
# its groups, those before everybody's (*).
read_bounds() {
  own_groups=" $(id -nG "$PAM_USER") "
  for kind in all group account; do
    while read -r whom item value; do
      case $whom in
        '*') [ "$kind" = all ] || continue ;;
        @*)
          [ "$kind" = group ] || continue
          case $own_groups in *" ${whom#@} "*) ;; *) continue ;; esac
          ;;
        "$PAM_USER") [ "$kind" = account ] || continue ;;
        *) continue ;;
      esac
      case $item in
        memory) memory=$value ;;
        cpuweight) cpuweight=$value ;;
        nproc) nproc=$value ;;
        require) require=$value ;;
      esac
    done <"$1"
  done
}
