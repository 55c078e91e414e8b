# shellcheck shell=bash
# Installs Open Terminal itself, to compare Gatehouse with it, and asyncssh, an SSH client besides OpenSSH's, into an
# environment in the cache. Only tests and benchmarks use this file.

reference_packages=(open-terminal==0.14.5 asyncssh==2.24.1)

# install_reference: sets reference to Open Terminal's program, or to nothing if PyPI does not have it.
install_reference() {
  local name=${reference_packages[*]//==/-}
  local venv=${XDG_CACHE_HOME:-$HOME/.cache}/gatehouse-reference/${name// /-}
  reference=$venv/bin/open-terminal
  [[ -x $reference ]] && return
  install_packages python3-venv
  if ! python3 -m venv "$venv" || ! "$venv/bin/pip" install -q "${reference_packages[@]}"; then
    rm -rf -- "$venv"
    reference=''
  fi
}
