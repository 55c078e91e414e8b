# shellcheck shell=bash
# The releases of Open WebUI whose own code OpenWebUiReleasesIT runs against Gatehouse. Only tests use this file; ./test
# sources it.

# Each entry is a version and the SHA-256 of its wheel on PyPI. 0.9.6, 0.10.2, 0.11.4 and 0.12.4 are the newest of their
# lines. 0.11.3 is here because 0.11.4 changed how the WebSocket of a terminal is opened, and 0.12.0 because it is the
# last that sends lists of tool calls in their old form.
openwebui_releases=(
  "0.9.6 ce5fdd1b8acf2b823c87417242dea4e6686d6130a98e766954ec6f04e5e146ed"
  "0.10.2 7bd0d4ae8dd333b03d28f4240d2393d72c2aac98f532138777c6413828741b82"
  "0.11.3 8436f9bb29c5accbdfd90d78470fcc917c882bd53f72ed88fed91b1ee97fa547"
  "0.11.4 e4c2b02607ae984ec8ec08f3f9e02a8de06b1226af0f2df37fe2fab7f9d52523"
  "0.12.0 27da8c9b8228bf72b12ac3fe18ac16a129fa636cbd6352d5bdb6396e1e7f97fd"
  "0.12.4 02e9caba96234db3fa17a92e56163b3f7f2b8ca8227fa886b85c178d696483f6"
)

# The megabytes that must be free, for a wheel and its unpacked content. In the end, 170 MB are used.
openwebui_releases_space=1500

# The time limit of one download in seconds. A wheel of 150 MB takes two to three seconds on a quick network. A download
# that stalls is ended.
openwebui_releases_limit=180

# install_openwebui_releases: sets and exports GATEHOUSE_OPENWEBUI_RELEASES, a folder with a folder for each release
# and an environment with the packages that their routers need (venv). If they cannot be installed, the variable is
# empty, and openwebui_releases_missing says why.
# shellcheck disable=SC2034 # ./test prints the reason
install_openwebui_releases() {
  local cache=${XDG_CACHE_HOME:-$HOME/.cache}/gatehouse-reference
  local folder=$cache/open-webui-releases uv=$cache/uv-0.13.9 here release version start=$SECONDS
  here=$(dirname -- "${BASH_SOURCE[0]}")
  export GATEHOUSE_OPENWEBUI_RELEASES='' openwebui_releases_missing=''
  mkdir -p -- "$folder"
  if (($(df -Pm "$cache" | awk 'NR == 2 { print $4 }') < openwebui_releases_space)); then
    openwebui_releases_missing="less than $openwebui_releases_space MB are free in $cache"
    return
  fi
  if ! [[ -x $uv/bin/uv ]] && ! { install_packages python3-venv && python3 -m venv "$uv" &&
      "$uv/bin/pip" install -q "uv==${uv##*-}"; }; then
    openwebui_releases_missing="uv cannot be installed from PyPI"
    return
  fi
  for release in "${openwebui_releases[@]}"; do
    version=${release%% *}
    [[ ! -e $folder/$version/complete ]] || continue
    # A wheel has 100 to 150 MB, of which all but 7 are pages for browsers.
    rm -rf -- "${folder:?}/$version"
    if ! printf 'open-webui==%s --hash=sha256:%s\n' "${release% *}" "${release#* }" >"$folder/$version.txt" ||
      ! timeout "$openwebui_releases_limit" "$uv/bin/uv" pip install -q --no-cache --no-deps --require-hashes \
        --python-version 3.12 --target "$folder/$version" -r "$folder/$version.txt"; then
      rm -rf -- "${folder:?}/$version"
      openwebui_releases_missing="open-webui $version cannot be had from PyPI within $openwebui_releases_limit s"
      return
    fi
    rm -rf -- "$folder/$version/open_webui/frontend" "$folder/$version/open_webui/static"
    touch -- "$folder/$version/complete"
  done
  if ! cmp -s "$here/openwebui-releases.txt" "$folder/venv/complete"; then
    if ! "$uv/bin/uv" venv -q --clear --no-python-downloads --python '>=3.11' "$folder/venv" ||
      ! timeout "$openwebui_releases_limit" "$uv/bin/uv" pip install -q --python "$folder/venv/bin/python" -r \
        "$here/openwebui-releases.txt"; then
      rm -rf -- "$folder/venv"
      openwebui_releases_missing="the packages of their routers cannot be installed from PyPI (Python 3.11 or newer is needed)"
      return
    fi
    cp -- "$here/openwebui-releases.txt" "$folder/venv/complete"
  fi
  GATEHOUSE_OPENWEBUI_RELEASES=$folder
  printf 'released versions of Open WebUI: %s, %s s\n' "$(du -sh "$folder" | cut -f 1)" "$((SECONDS - start))"
}
