# Defines the functions install_zig and zig; other scripts source this file. The compiler is ziglang of PyPI, which pip installs into the
# cache folder.

ziglang=0.17.1
cache="${TRITON_WASM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}}/triton-wasm-backend"

# Installs into a temporary folder and renames it, so that an incomplete installation is never used.
install_zig() {
  local folder="$cache/ziglang-$ziglang" fresh
  export PYTHONPATH="$folder" ZIG_GLOBAL_CACHE_DIR="$cache/zig" ZIG_LOCAL_CACHE_DIR="$cache/zig"
  [ -d "$folder" ] && return
  mkdir -p "$cache"
  fresh="$(mktemp -d "$cache/ziglang-XXXXXX")"
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore \
    --target "$fresh" "ziglang==$ziglang" || { rm -rf "$fresh"; exit 1; }
  # Another process may have installed it meanwhile.
  mv -T "$fresh" "$folder" 2>/dev/null || rm -rf "$fresh"
}

zig() {
  python3 -m ziglang "$@"
}
