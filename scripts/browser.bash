# shellcheck shell=bash
# Chromium and xterm.js, for the test that sits before the screen as a user does. Part of tests, never of the product.

# As npm has them, with the integrity that it tells: name, file, version, SHA-512 in Base64.
xterm_packages=(
  "@xterm/xterm xterm 5.5.0 hqJHYaQb5OptNunnyAnkHyM8aCjZ1MEIDTQu1iIbbTD/xops91NB5yq1ZK/dC2JDbVWtF23zUtl9JE2NqwT87A=="
  "@xterm/addon-fit addon-fit 0.10.0 UFYkDm4HUahf2lnEyHvio51TNGiLK66mqP2JoATy7hRZeXaGMRDr00JiSF7m63vR5WKATF605yEggJKsw0JpMQ=="
)

# install_browser: sets xterm to a folder with xterm.js, its style and its addon; fails where one of all that cannot be had.
install_browser() {
  xterm=${XDG_CACHE_HOME:-$HOME/.cache}/gatehouse-reference/xterm-5.5.0
  install_packages chromium chromium-driver || return
  [[ ! -e $xterm/addon-fit.js ]] || return 0
  mkdir -p -- "$xterm"
  local package name file version hash
  for package in "${xterm_packages[@]}"; do
    read -r name file version hash <<<"$package"
    curl -fsS --retry 3 -m 60 -o "$xterm/$file.tgz" "https://registry.npmjs.org/$name/-/$file-$version.tgz" || return
    [[ $(openssl dgst -sha512 -binary "$xterm/$file.tgz" | base64 -w 0) == "$hash" ]] || return
    tar -xzf "$xterm/$file.tgz" -C "$xterm" --strip-components=2 --wildcards 'package/lib/*.js' || return
    [[ $file != xterm ]] || tar -xzf "$xterm/$file.tgz" -C "$xterm" --strip-components=2 package/css/xterm.css || return
  done
}
