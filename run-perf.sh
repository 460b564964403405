#!/usr/bin/env bash
# Measures HftDelta on this machine: builds the Release of hftdelta-bench when needed and runs it with the collector's
# settings of production. Words go to stderr, tables to stdout.
set -euo pipefail
root="$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")"
# shellcheck source=scripts/common.sh
. "$root/scripts/common.sh"

usage() {
  cat <<'TEXT'
usage: ./run-perf.sh [--quick | --full] [--suite NAME]... [--out DIR] [--compare DIR [--threshold X]]
       ./run-perf.sh --compare DIR --with DIR2
       ./run-perf.sh --live HOST:PORT [--key N] [--market FILE] [--rate N] [--seconds S] [--out DIR]
       ./run-perf.sh --micro [--quick] [--out DIR]

Builds hftdelta-bench (Release) when it is older than its sources and runs every suite, or those that are named, each with one
factor changed at a time around a base case: some minutes. Each figure stands beside a floor measured in the same run; the
ratio is the result. A report with plots (report.html), its tables in Markdown and the raw histograms are left behind.

  --quick        short rounds, about a minute: shows that it works, not how fast it is
  --full         the matrix of all factors; long
  --suite NAME   only this suite; may be given several times. soak, ten minutes at half load or --seconds, runs only so
  --out DIR      where the results go (default: perf/out); each run makes a folder named by the time
  --compare DIR  an older run, or the folder of several: its ratios beside those of this one; what moved by more than
                 --threshold (0.25) is marked, and the exit code is 40 when something is worse
  --with DIR2    compare that run instead of measuring
  --live ADDRESS a venue that runs already: latency of the canonical load at --rate requests a second (1000) for --seconds (10)
                 through the session of --key (16), by the code of hftdelta bench; --market names its market.json, else it is
                 the development market's
  --micro        the works of perf/budgets.json and the suite codec under BenchmarkDotNet instead, with the bytes of each
  --help         this text

The suites on offer: perf/README.md
What is measured and how: docs/performance.md; the files: docs/performance-results.md
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

# What was compiled ahead of time stands beside the rest only when it is the same sources.
programs="$(engine_programs)"
if [ -z "${ENGINE_PROGRAMS:-}" ] && [ -e "$programs/stamp" ]; then
  if is_stale "$programs/stamp" engine gateway perf tests/HftDelta.Simulation/Randomness; then
    say "$programs is older than the sources and is left out: scripts/native.sh --engine"
  else
    export ENGINE_PROGRAMS="$programs"
  fi
fi

if [ "$has_out" = false ]; then
  set -- "$@" --out "$root/perf/out"
fi
say "running hftdelta-bench${*:+ $*} (DOTNET_GCgen0size=$DOTNET_GCgen0size)"
exec "$root/perf/HftDelta.Perf/bin/Release/net10.0/hftdelta-bench" "$@"
