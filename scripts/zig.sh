# To be sourced: install_zig and zig. The compiler is ziglang of PyPI, which pip installs into the cache folder.

ziglang=0.17.1
cache="${TRITON_WASM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}}/triton-wasm-backend"

# Installs beside the place and renames, so that a broken install is never taken for a whole one.
install_zig() {
  local folder="$cache/ziglang-$ziglang" fresh
  export PYTHONPATH="$folder" ZIG_GLOBAL_CACHE_DIR="$cache/zig" ZIG_LOCAL_CACHE_DIR="$cache/zig"
  [ -d "$folder" ] && return
  mkdir -p "$cache"
  fresh="$(mktemp -d "$cache/ziglang-XXXXXX")"
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore \
    --target "$fresh" "ziglang==$ziglang" || { rm -rf "$fresh"; exit 1; }
  # Somebody else may have been faster.
  mv -T "$fresh" "$folder" 2>/dev/null || rm -rf "$fresh"
}

zig() {
  python3 -m ziglang "$@"
}
