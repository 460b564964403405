# Shared by the scripts beside it; sourced, never run. Expects `root` to be the repository's root.
# Words go to stderr, so that stdout stays free for data.

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en

say() { printf '%s\n' "$*" >&2; }

# Finds a .NET 10 SDK on PATH or where Microsoft's script installs it, else tells what to install and exits with 2.
require_sdk() {
  local candidate
  for candidate in "$(command -v dotnet || true)" "${DOTNET_ROOT:-}/dotnet" "${HOME:-}/.dotnet/dotnet"; do
    [ -x "$candidate" ] || continue
    if "$candidate" --list-sdks 2>/dev/null | grep -q '^10\.0\.'; then
      PATH="$(dirname "$candidate"):$PATH"
      find_runtime
      return 0
    fi
  done
  say 'The .NET 10 SDK is missing; nothing was built.'
  say ''
  say '  Ubuntu 24.04 or later:  sudo apt-get install dotnet-sdk-10.0'
  say '  Debian:                 add the Microsoft package feed (packages-microsoft-prod.deb),'
  say '                          then sudo apt-get install dotnet-sdk-10.0'
  say '  any other Linux:        the official installer: dotnet-install.sh --channel 10.0'
  say '                          (https://dot.net/v1/dotnet-install.sh; it installs to ~/.dotnet)'
  say ''
  say 'SDKs found on this machine:'
  if command -v dotnet >/dev/null; then
    dotnet --list-sdks | sed 's/^/  /' >&2
  else
    say '  none (there is no dotnet on PATH)'
  fi
  exit 2
}

# The executables look for the runtime in DOTNET_ROOT and in the system's places, but not on PATH.
find_runtime() {
  [ -n "${DOTNET_ROOT:-}" ] && return 0
  local dotnet
  dotnet="$(command -v dotnet || true)"
  if [ -z "$dotnet" ] && [ -x "${HOME:-}/.dotnet/dotnet" ]; then
    dotnet="$HOME/.dotnet/dotnet"
  fi
  [ -n "$dotnet" ] || return 0
  local folder
  folder="$(dirname "$(readlink -f "$dotnet")")"
  if [ ! -d "$folder/host/fxr" ]; then
    # What is on PATH is a launcher that lies elsewhere; the runtime itself says where it is:
    # Microsoft.NETCore.App 10.0.1 [/usr/share/dotnet/shared/Microsoft.NETCore.App]
    folder="$("$dotnet" --list-runtimes 2>/dev/null |
      sed -n 's|^Microsoft\.NETCore\.App 10\.[^[]*\[\(.*\)/shared/Microsoft\.NETCore\.App\]$|\1|p' | tail -n 1)"
  fi
  # Without a folder that is one, the executables look in the system's places.
  if [ -d "$folder/host/fxr" ]; then
    DOTNET_ROOT="$folder"
    export DOTNET_ROOT
  fi
}

# The data that some tests read lies beside the repository; where it is absent they skip.
export_shared_data() {
  if [ -z "${HFTDELTA_SHARED:-}" ] && [ -d "$root/../shared" ]; then
    HFTDELTA_SHARED="$(cd "$root/../shared" && pwd)"
    export HFTDELTA_SHARED
  fi
}

# is_stale STAMP FOLDER...: true when a source in the folders, or the settings at the root, changed after the stamp.
# Folders count too, so that a deleted file is noticed; what a build writes (bin, obj) does not.
is_stale() {
  local stamp="$1"
  shift
  [ -e "$stamp" ] || return 0
  local changed
  changed="$(cd "$root" && find "$@" Directory.Build.props Directory.Build.targets Directory.Packages.props global.json \
    .editorconfig \
    \( -name bin -o -name obj -o -name out \) -prune -o \
    \( -type d -o -name '*.cs' -o -name '*.csproj' -o -name '*.xml' -o -name '*.props' -o -name '*.targets' \
       -o -name 'packages.lock.json' -o -name 'BannedSymbols.txt' -o -name 'global.json' -o -name '.editorconfig' \) \
    -newer "$stamp" -print -quit)"
  [ -n "$changed" ]
}

# The time of a build is the time at which it started: what is edited meanwhile is newer. The folders that a build adds
# beside the sources, and the one for results, are made first, because they change the time of the folder that holds them.
begin_stamp() {
  local project
  for project in "$root"/{engine,gateway,journal,tests,perf}/*/*.csproj; do
    mkdir -p "${project%/*}/bin" "${project%/*}/obj"
  done
  mkdir -p "$root/perf/out"
  touch "$1.next"
}

end_stamp() { mv -f "$1.next" "$1"; }

node_stamp() { printf '%s' "$root/engine/HftDelta.Node/obj/release.stamp"; }

# Where scripts/native.sh --engine puts its programs.
engine_programs() { printf '%s' "$root/perf/out/engine"; }

perf_stamp() { printf '%s' "$root/perf/HftDelta.Perf/obj/release.stamp"; }

# locked COMMAND...: one build at a time in this tree. The lock is not handed down: a compiler that stays behind would keep it.
locked() {
  mkdir -p "$root/engine/HftDelta.Node/obj"
  (
    flock 9
    "$@" 9>&-
  ) 9>"$root/engine/HftDelta.Node/obj/build.lock"
}

# ensure_built NAME PROJECT BINARY STAMP FOLDER...: builds the project's Release when its binary is missing or old.
# Says one line; shows what the build says only when it fails.
ensure_built() {
  local name="$1" project="$2" binary="$3" stamp="$4"
  shift 4
  if [ -x "$binary" ] && ! is_stale "$stamp" "$@"; then
    return 0
  fi
  require_sdk
  locked build_if_stale "$name" "$project" "$binary" "$stamp" "$@"
}

build_if_stale() {
  local name="$1" project="$2" binary="$3" stamp="$4"
  shift 4
  # Another call may have built it while this one waited.
  if [ -x "$binary" ] && ! is_stale "$stamp" "$@"; then
    return 0
  fi
  say "building $name (Release) ..."
  begin_stamp "$stamp"
  local log
  log="$(mktemp)"
  if dotnet build "$root/$project" -c Release -nodeReuse:false -tl:off -v quiet -p:RestoreLockedMode=true \
      </dev/null >"$log" 2>&1; then
    end_stamp "$stamp"
    rm -f "$log"
  else
    cat "$log" >&2
    rm -f "$log"
    say "building $name failed"
    return 1
  fi
}

build_node() {
  ensure_built hftdelta engine/HftDelta.Node \
    "$root/engine/HftDelta.Node/bin/Release/net10.0/hftdelta" "$(node_stamp)" engine gateway journal
}

build_bench() {
  ensure_built hftdelta-bench perf/HftDelta.Perf \
    "$root/perf/HftDelta.Perf/bin/Release/net10.0/hftdelta-bench" "$(perf_stamp)" \
    engine gateway journal perf tests/HftDelta.Simulation
}
