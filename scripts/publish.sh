#!/usr/bin/env bash
# Publishes hftdelta as a folder that runs without this tree: compiled to machine code for start-up (ReadyToRun), and compiled
# anew while it runs by what it has learnt. Words go to stderr, the folder to stdout. What it builds lies apart from other builds.
set -euo pipefail
root="$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")"
# shellcheck source=scripts/common.sh
. "$root/scripts/common.sh"

case "${1:-}" in
  -h | --help)
    printf 'usage: scripts/publish.sh [FOLDER]\n\n'
    printf 'Publishes hftdelta to FOLDER (default: perf/out/publish). It needs the .NET 10 runtime where it runs.\n'
    printf 'Its environment there should hold DOTNET_GCgen0size=0x10000000, which no file of it can say.\n'
    exit 0
    ;;
  -*) say "publish.sh: unknown argument '$1'"; exit 2 ;;
esac

require_sdk
mkdir -p "${1:-$root/perf/out/publish}"
folder="$(cd "${1:-$root/perf/out/publish}" && pwd)"
case "$(uname -m)" in
  aarch64) runtime=linux-arm64 ;;
  *) runtime=linux-x64 ;;
esac
# The compiler ahead of time is a package that only this needs, so it is in no committed lock file (MachineCode).
dotnet publish "$root/engine/HftDelta.Node" -c Release -r "$runtime" --no-self-contained -p:PublishReadyToRun=true \
  --artifacts-path "$folder/build" -o "$folder" -p:MachineCode=true -p:RunAnalyzers=false \
  -p:EnforceCodeStyleInBuild=false -nodeReuse:false -tl:off -v quiet >&2
rm -rf "$folder/build"
printf '%s\n' "$folder"
