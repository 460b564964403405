#!/usr/bin/env bash
# All tests in one command: restores (locked), builds Release once, runs the suites, and ends with one line
#   N passed, N failed, N skipped
# Exit code: 0 when everything that ran passed, 1 when something failed or nothing ran, 2 for usage or a missing SDK.
set -euo pipefail
root="$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")"
# shellcheck source=scripts/common.sh
. "$root/scripts/common.sh"

usage() {
  cat <<'USAGE'
usage: scripts/test.sh [--long] [--filter TEXT]

  --long         the volume tests run their long volumes, on new seeds (HFTDELTA_LONG=1); needs more time than a
                 build server gives. Seeds, volumes and times are printed per test. Then the transport, the engine,
                 its money and the journal are broken rule by rule in a copy of the tree, and their tests have to
                 notice (mutations.sh).
  --filter TEXT  only tests whose full name contains TEXT, or an expression of `dotnet test --filter`

environment
  HFTDELTA_SHARED  folder of the recorded market data; ../shared when that exists. Without it those tests skip.
  HFTDELTA_SEED    starts random tests from this seed, to repeat a failure of a long run
USAGE
}

long=0
filter=''
while [ $# -gt 0 ]; do
  case "$1" in
    --long) long=1 ;;
    --filter)
      [ $# -ge 2 ] || { usage >&2; exit 2; }
      filter="$2"
      shift
      ;;
    --filter=*) filter="${1#--filter=}" ;;
    -h | --help) usage; exit 0 ;;
    *) say "test.sh: unknown argument '$1'"; usage >&2; exit 2 ;;
  esac
  shift
done

require_sdk
export_shared_data
cd "$root"
# A suite that gives no sign of life for so long, or takes so long in all, is ended and counts as failed.
hang_limit=3m
suite_limit_seconds=480
if [ "$long" = 1 ]; then
  export HFTDELTA_LONG=1
  hang_limit=60m
  suite_limit_seconds=14400
fi
results="$root/TestResults/$(date -u +%Y%m%dT%H%M%SZ)-$$"
mkdir -p "$results"
passed=0 failed=0 skipped=0 broken=0
suite=''
trap interrupted INT TERM

# phase NAME COMMAND...: runs it without stdin and says how long it took.
phase() {
  local name="$1" start=$SECONDS status=0
  shift
  printf '== %s\n' "$name"
  "$@" </dev/null || status=$?
  printf '== %s: %d s\n' "$name" $((SECONDS - start))
  return "$status"
}

restore() { dotnet restore HftDelta.sln --locked-mode -nodeReuse:false -tl:off -v quiet; }

build() { dotnet build HftDelta.sln -c Release --no-restore -nodeReuse:false -tl:off -v quiet; }

# What the kernel computes in Debug is compared with Release.
build_debug() { dotnet build engine/HftDelta.Node -c Debug --no-restore -nodeReuse:false -tl:off -v quiet; }

build_all() {
  begin_stamp "$(node_stamp)" && begin_stamp "$(perf_stamp)" || return 1
  phase restore restore || {
    say 'restore failed. If package references changed on purpose, run `dotnet restore HftDelta.sln` and commit the lock files.'
    return 1
  }
  phase build build || return 1
  [ -n "$filter" ] || phase 'build of the node in Debug' build_debug || return 1
  end_stamp "$(node_stamp)" && end_stamp "$(perf_stamp)"
}

# run_suite PROJECT: its results go to $results/NAME.trx, the one thing that is counted.
run_suite() {
  local project="$1" name
  name="$(basename "$project")"
  local arguments=(test "$project" -c Release --no-build -nodeReuse:false -tl:off
    --logger "trx;LogFileName=$name.trx" --logger 'console;verbosity=minimal' --results-directory "$results"
    --blame-hang --blame-hang-timeout "$hang_limit" --blame-hang-dump-type none)
  [ -z "$filter" ] || arguments+=(--filter "$filter")
  # In the background, because bash answers a signal only between commands, and the suite's processes are not the terminal's.
  timeout --kill-after=20 "$suite_limit_seconds" dotnet "${arguments[@]}" &
  suite=$!
  wait "$suite"
}

interrupted() {
  [ -z "$suite" ] || kill "$suite" 2>/dev/null || true
  say 'interrupted'
  exit 130
}

# read_suite NAME STATUS: adds up what the suite reported. A suite that broke off is one failure more, whatever it reported.
read_suite() {
  local name="$1" status="$2" trx="$results/$1.trx" counted_failed=0 p=0 f=0 s=0
  if [ -f "$trx" ]; then
    read -r p f s < <(awk -f "$root/scripts/trx.awk" -v mode=count "$trx")
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s)) counted_failed=$f
    awk -f "$root/scripts/trx.awk" -v mode=failed "$trx" "$trx"
    awk -f "$root/scripts/trx.awk" -v mode=skipped "$trx" "$trx"
    [ "$long" = 0 ] || awk -f "$root/scripts/trx.awk" -v mode=output "$trx" "$trx"
  fi
  if [ "$status" = 124 ] || [ "$status" = 137 ]; then
    say "$name: ended at its time limit of $suite_limit_seconds s"
    broken=$((broken + 1))
  elif [ "$status" != 0 ] && [ "$counted_failed" = 0 ]; then
    say "$name: broke off with exit code $status before its results were complete"
    broken=$((broken + 1))
  elif [ ! -f "$trx" ] && [ -z "$filter" ]; then
    say "$name: left no results"
    broken=$((broken + 1))
  fi
}

locked build_all || {
  say 'the build failed: no test ran'
  printf '0 passed, 1 failed, 0 skipped\n'
  exit 1
}
for project in tests/HftDelta.Tests tests/HftDelta.SystemTests; do
  status=0
  phase "$(basename "$project")" run_suite "$project" || status=$?
  read_suite "$(basename "$project")" "$status"
done

# Whether the simulation would notice a broken rule; a run of single tests is about those.
if [ "$long" = 1 ] && [ -z "$filter" ]; then
  phase 'transport mutations' scripts/mutations.sh transport || broken=$((broken + 1))
  phase 'engine mutations' scripts/mutations.sh engine || broken=$((broken + 1))
  phase 'money mutations' scripts/mutations.sh money || broken=$((broken + 1))
  phase 'journal mutations' scripts/mutations.sh journal || broken=$((broken + 1))
fi

printf '== total: %d s; results in %s\n' "$SECONDS" "${results#"$root"/}"
failed=$((failed + broken))
[ $((passed + failed)) -gt 0 ] || say 'nothing ran'
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
