# shellcheck shell=sh
# Greets a person at login, in the image (/etc/profile.d): who they are, where, which files are kept, and the bounds.
# ~/.hushlogin turns it off. It is never printed in a command, a file transfer, or a window of tmux or screen.
case $-:${HOME-} in
  *i*:/home/?*)
    if [ -t 1 ] && [ -z "${TMUX-}${STY-}" ] && [ ! -e "$HOME/.hushlogin" ]; then
      # shellcheck disable=SC3045 # login shells are bash; another shell prints nothing about processes
      printf '%s on %s. %s is kept, /tmp is not.%s\n' "${USER-}" "$(uname -n)" "$HOME" \
        "$(most=$(ulimit -u 2>/dev/null) && printf ' At most %s processes and threads.' "$most")"
      printf 'Nobody is root here: pip, npm -g and the like install into your home. (touch ~/.hushlogin hides this.)\n'
    fi
    ;;
esac
