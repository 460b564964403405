#!/usr/bin/env bash
# Publishes what is compiled to machine code ahead of time: the book as a C library (libhftdelta_book.so and its header), or,
# with --engine, the engine's work for the suite `runtime`. Words go to stderr, the folder to stdout.
# Needs a C compiler (gcc) and zlib's development files as well as the SDK. What it builds lies apart from other builds.
set -euo pipefail
root="$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")"
# shellcheck source=scripts/common.sh
. "$root/scripts/common.sh"

engine=false
if [ "${1:-}" = --engine ]; then
  engine=true
  shift
fi
case "${1:-}" in
  -h | --help)
    printf 'usage: scripts/native.sh [--engine] [FOLDER]\n\n'
    printf 'Publishes libhftdelta_book.so and hftdelta_book.h to FOLDER (default: perf/out/native).\n'
    printf 'With --engine: hftdelta-engine, compiled in three ways, to FOLDER (default: perf/out/engine), where\n'
    printf './run-perf.sh --suite runtime finds it until its sources change.\n'
    exit 0
    ;;
  -*) say "native.sh: unknown argument '$1'"; exit 2 ;;
esac

require_sdk
command -v gcc >/dev/null || { say 'gcc is missing: sudo apt-get install gcc zlib1g-dev'; exit 2; }
case "$(uname -m)" in
  aarch64) runtime=linux-arm64 ;;
  *) runtime=linux-x64 ;;
esac

# publish PROJECT FOLDER ARGUMENT...: the compiler to machine code is a package that only this needs, so it is in no committed
# lock file (MachineCode).
publish() {
  local project="$1" folder="$2"
  shift 2
  dotnet publish "$root/$project" -c Release -r "$runtime" -o "$folder" -p:MachineCode=true -p:RunAnalyzers=false \
    -p:EnforceCodeStyleInBuild=false -nodeReuse:false -tl:off -v quiet "$@" >&2
}

default="$root/perf/out/native"
[ "$engine" = false ] || default="$(engine_programs)"
mkdir -p "${1:-$default}"
folder="$(cd "${1:-$default}" && pwd)"
if [ "$engine" = true ]; then
  begin_stamp "$folder/stamp"
  publish perf/HftDelta.Perf "$folder/jit" -p:EngineProgram=jit --no-self-contained --artifacts-path "$folder/build/jit"
  publish perf/HftDelta.Perf "$folder/ready" -p:EngineProgram=ready --no-self-contained --artifacts-path "$folder/build/ready"
  publish perf/HftDelta.Perf "$folder/native" -p:EngineProgram=native --artifacts-path "$folder/build/native"
  rm -rf "$folder/build"
  end_stamp "$folder/stamp"
else
  publish perf/HftDelta.Native "$folder" --artifacts-path "$folder/build"
  cp "$root/perf/HftDelta.Native/hftdelta_book.h" "$folder/"
fi
printf '%s\n' "$folder"
