#!/usr/bin/env bash
# Publishes the book as a C library: libhftdelta_book.so and its header. Words go to stderr, the folder to stdout.
# Needs a C compiler (gcc) and zlib's development files as well as the SDK. What it builds lies apart from other builds.
set -euo pipefail
root="$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")"
# shellcheck source=scripts/common.sh
. "$root/scripts/common.sh"

case "${1:-}" in
  -h | --help)
    printf 'usage: scripts/native.sh [FOLDER]\n\n'
    printf 'Publishes libhftdelta_book.so and hftdelta_book.h to FOLDER (default: perf/out/native).\n'
    exit 0
    ;;
  -*) say "native.sh: unknown argument '$1'"; exit 2 ;;
esac

require_sdk
command -v gcc >/dev/null || { say 'gcc is missing: sudo apt-get install gcc zlib1g-dev'; exit 2; }
mkdir -p "${1:-$root/perf/out/native}"
folder="$(cd "${1:-$root/perf/out/native}" && pwd)"
case "$(uname -m)" in
  aarch64) runtime=linux-arm64 ;;
  *) runtime=linux-x64 ;;
esac
# The compiler to machine code is a package that only this needs, so it is in no committed lock file.
dotnet publish "$root/perf/HftDelta.Native" -c Release -r "$runtime" --artifacts-path "$folder/build" -o "$folder" \
  -p:MachineCode=true -p:RunAnalyzers=false -p:EnforceCodeStyleInBuild=false -nodeReuse:false -tl:off -v quiet >&2
cp "$root/perf/HftDelta.Native/hftdelta_book.h" "$folder/"
printf '%s\n' "$folder"
