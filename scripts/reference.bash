# shellcheck shell=bash
# Open Terminal itself, to compare with, and a second SSH client beside OpenSSH's: in an environment that is thrown away with the cache. Part of
# tests and benchmarks, never of the product.

reference_packages=(open-terminal==0.14.5 asyncssh==2.24.1)

# install_reference: sets reference to Open Terminal's program, or to nothing if PyPI has it not to give.
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
