# shellcheck shell=bash
# Open Terminal itself, to compare with: in an environment that is thrown away with the cache. Part of tests and benchmarks, never of the product.

reference_version=0.14.5

# install_reference: sets reference to the program, or to nothing if PyPI has it not to give.
install_reference() {
  local venv=${XDG_CACHE_HOME:-$HOME/.cache}/gatehouse-reference/$reference_version
  reference=$venv/bin/open-terminal
  [[ -x $reference ]] && return
  install_packages python3-venv
  if ! python3 -m venv "$venv" || ! "$venv/bin/pip" install -q "open-terminal==$reference_version"; then
    rm -rf -- "$venv"
    reference=''
  fi
}
