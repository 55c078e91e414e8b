# shellcheck shell=bash
# Installs the real Open WebUI from PyPI, and a browser to use it. Only tests use this file.

# No other file names this version.
openwebui_version=0.12.4

# Libraries that Open WebUI imports only for embeddings, speech and cloud storage, which its own slim image leaves out
# as well (USE_SLIM_DOCKER). With them it takes 7 GB, without them 0.8 GB.
openwebui_left_out=(torch sentence-transformers accelerate transformers faster-whisper onnxruntime \
  opencv-python-headless rapidocr pyarrow
  sentencepiece einops opensearch-py google-cloud-storage azure-storage-blob azure-ai-documentintelligence)

# The megabytes that must be free, for the environment, uv's copies of the packages, and the data of two servers.
openwebui_space=4000

# install_openwebui: sets openwebui to its program, or to nothing and openwebui_missing to the reason.
# shellcheck disable=SC2034 # ./test prints the reason
install_openwebui() {
  local cache=${XDG_CACHE_HOME:-$HOME/.cache}/gatehouse-reference
  local venv=$cache/open-webui-$openwebui_version uv=$cache/uv-0.13.9 package
  openwebui=$venv/bin/open-webui openwebui_missing=''
  if ! install_packages chromium; then
    openwebui='' openwebui_missing="Chromium cannot be installed"
    return
  fi
  # Needed for two workers. Without it, the tests run with one.
  install_packages redis-server || true
  [[ ! -x $openwebui || ! -e $venv/complete ]] || return 0
  mkdir -p -- "$cache"
  if (($(df -Pm "$cache" | awk 'NR == 2 { print $4 }') < openwebui_space)); then
    openwebui='' openwebui_missing="less than $openwebui_space MB are free in $cache"
    return
  fi
  install_packages python3-venv
  rm -rf -- "$venv"
  for package in "${openwebui_left_out[@]}"; do
    printf "%s ; sys_platform == 'never'\n" "$package"
  done >"$cache/open-webui-left-out.txt"
  # Open WebUI wants Python 3.11 or 3.12; uv finds one that is installed, also where python3 is another.
  if ! { [[ -x $uv/bin/uv ]] || { python3 -m venv "$uv" && "$uv/bin/pip" install -q "uv==${uv##*-}"; }; } ||
    ! "$uv/bin/uv" venv -q --no-python-downloads --python '>=3.11,<3.13' "$venv" ||
    ! "$uv/bin/uv" pip install -q --python "$venv/bin/python" --override "$cache/open-webui-left-out.txt" \
      "open-webui==$openwebui_version"; then
    rm -rf -- "$venv"
    openwebui='' \
      openwebui_missing="open-webui $openwebui_version cannot be installed from PyPI (it needs Python 3.11 or 3.12)"
    return
  fi
  touch -- "$venv/complete"
}
