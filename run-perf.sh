#!/usr/bin/env bash
# Measures HftDelta on this machine: builds the Release of hftdelta-bench when needed and runs it with the collector's
# settings of production. Words go to stderr, tables to stdout.
set -euo pipefail
root="$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
# shellcheck source=scripts/common.sh
. "$root/scripts/common.sh"

usage() {
  cat <<'TEXT'
usage: ./run-perf.sh [--quick] [--suite NAME]... [--out DIR]
       ./run-perf.sh --micro [--quick] [--out DIR]

Builds hftdelta-bench (Release) when it is older than its sources and runs every suite, or those that are named. Each figure
stands beside a floor measured in the same run; the ratio is the result.

  --quick       short rounds: shows that it works, not how fast it is
  --suite NAME  only this suite; may be given several times
  --out DIR     where the results go (default: perf/out); each run makes a folder named by the time
                with one .hgrm file per histogram and a summary.json
  --micro       the works of perf/budgets.json and the suite codec under BenchmarkDotNet instead, with the bytes of each
  --help        this text

The suites on offer: scripts/hftdelta bench --help
TEXT
}

has_out=false
for argument in "$@"; do
  case "$argument" in
    -h | --help) usage; exit 0 ;;
    --out | --out=*) has_out=true ;;
  esac
done

require_sdk
say ".NET SDK $(dotnet --version)"
build_bench || exit 1
find_runtime

# A first generation of 256 MiB: almost no collection during a run. The runtime reads this from the environment only.
export DOTNET_GCgen0size="${DOTNET_GCgen0size:-0x10000000}"
export DOTNET_TieredPGO="${DOTNET_TieredPGO:-1}"

if [ "$has_out" = false ]; then
  set -- "$@" --out "$root/perf/out"
fi
say "running hftdelta-bench${*:+ $*} (DOTNET_GCgen0size=$DOTNET_GCgen0size)"
exec "$root/perf/HftDelta.Perf/bin/Release/net10.0/hftdelta-bench" "$@"
