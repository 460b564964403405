#!/usr/bin/env bash
# Proves that tests notice broken rules: applies each mutation of SUITE-mutations.txt by itself to a copy of the tree, builds only
# the project that it changes, and expects the tests of the suite to fail. First they have to pass on the unchanged copy.
#   transport  the simulation of the transport
#   engine     the examples of the matching rules, and the engine against its model
#   money      random lives of a venue against a plain model of money
#   journal    journal, snapshots, recovery and quarantine: each mutation names the one test that has to find it
# Exit code: 0 when every mutation was caught, 1 when one was not or does not fit, 2 for usage or a missing SDK.
set -euo pipefail
root="$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")"
# shellcheck source=scripts/common.sh
. "$root/scripts/common.sh"

usage() {
  say 'usage: scripts/mutations.sh transport|engine|money|journal [NAME]'
  exit 2
}

# named_tests FILE: a filter for every test that the mutations of a list name.
named_tests() {
  sed -n 's/^test /FullyQualifiedName~/p' "$1" | sort -u | paste -sd '|'
}

if [ $# -lt 1 ] || [ $# -gt 2 ]; then
  usage
fi
suite="$1"
only="${2:-}"
case "$suite" in
  transport) project=gateway/HftDelta.Aeron tests='FullyQualifiedName~TransportSimulationTests' ;;
  engine) project=engine/HftDelta.Engine tests='FullyQualifiedName~Engine.Rules' ;;
  money) project=engine/HftDelta.Engine tests='FullyQualifiedName~MoneyHistoryTests' ;;
  # All that its mutations name; then each is tried with its own test alone.
  journal) project='' tests="$(named_tests "$root/scripts/journal-mutations.txt")" ;;
  *) usage ;;
esac
require_sdk
unset HFTDELTA_LONG HFTDELTA_SEED
# Which seed fails is enough to know here; to make it small takes a minute.
export HFTDELTA_SHRINK=0
copy="$(mktemp -d)"
trap 'rm -rf "$copy"' EXIT
seconds_max=300
binaries=tests/HftDelta.Tests/bin/Release/net10.0

build() {
  dotnet build "$1" -c Release -nodeReuse:false -tl:off -v quiet -p:RunAnalyzers=false "${@:2}" </dev/null \
    >"$copy/build.log" 2>&1 || {
    cat "$copy/build.log" >&2
    return 1
  }
}

# run_tests: runs the tests of the copy. 0: it passed; 1: a rule was broken, which is printed; 2: it did not even run.
run_tests() {
  local status=0 counts
  rm -f "$copy/results/run.trx"
  (cd "$copy" && timeout --kill-after=5 "$seconds_max" dotnet test tests/HftDelta.Tests -c Release --no-build -nodeReuse:false \
    -tl:off --filter "$tests" --results-directory results --logger 'trx;LogFileName=run.trx') \
    </dev/null >"$copy/run.log" 2>&1 || status=$?
  if [ "$status" = 124 ] || [ "$status" = 137 ]; then
    printf 'it hangs'
    return 1
  fi
  if [ ! -f "$copy/results/run.trx" ]; then
    if grep -q 'Test Run Aborted\|crashed' "$copy/run.log"; then
      printf 'the process dies'
      return 1
    fi
    cat "$copy/run.log" >&2
    return 2
  fi
  read -r -a counts < <(awk -f "$root/scripts/trx.awk" -v mode=count "$copy/results/run.trx")
  if [ "${counts[1]}" -gt 0 ]; then
    awk -f "$root/scripts/trx.awk" -v mode=failed "$copy/results/run.trx" "$copy/results/run.trx" |
      sed -n '1s/^failed: [^:]*: //p' | cut -c1-110 | tr -d '\n'
    return 1
  fi
  [ "$status" = 0 ] && [ "${counts[0]}" -gt 0 ] || return 2
}

# mutate FILE FROM TO: replaces the one place where FROM stands. The tree itself may change meanwhile: only the copy counts.
mutate() {
  FROM="$2" TO="$3" awk '
    { at = index($0, ENVIRON["FROM"]) }
    at { found++; $0 = substr($0, 1, at - 1) ENVIRON["TO"] substr($0, at + length(ENVIRON["FROM"])) }
    { print }
    END { exit found == 1 ? 0 : 1 }' "$copy/pristine.cs" >"$copy/$1"
}

start=$SECONDS
(cd "$root" && git ls-files -z --cached --others --exclude-standard | tar -c --null --ignore-failed-read -T - 2>/dev/null) |
  tar -x -C "$copy"
say "$suite mutations: building a copy ..."
build "$copy/tests/HftDelta.Tests" -p:RestoreLockedMode=true
run_tests || {
  say "$suite mutations: the tests fail without any mutation"
  exit 1
}
printf 'unchanged: passes (%d s with its build)\n' $((SECONDS - start))

# library_of PROJECT: the file that its build makes.
library_of() {
  local name
  name="$(sed -n 's:.*<AssemblyName>\(.*\)</AssemblyName>.*:\1:p' "$copy/$1"/*.csproj)"
  printf '%s.dll' "${name:-$(basename "$1")}"
}

# try NAME FILE FROM TO: one mutation.
caught=0 missed=0
try() {
  local name="$1" file="$2" begun=$SECONDS status=0 found project library
  project="$(cut -d / -f 1,2 <<<"$file")"
  library="$(library_of "$project")"
  cp "$copy/$file" "$copy/pristine.cs"
  if ! mutate "$file" "$3" "$4"; then
    printf 'does not fit: %s\n' "$name"
    missed=$((missed + 1))
  elif ! build "$copy/$project" --no-restore; then
    printf 'does not build: %s\n' "$name"
    missed=$((missed + 1))
  else
    cp "$copy/$binaries/$library" "$copy/pristine.dll"
    cp "$copy/$project/bin/Release/net10.0/$library" "$copy/$binaries/"
    found="$(run_tests)" || status=$?
    cp "$copy/pristine.dll" "$copy/$binaries/$library"
    case "$status" in
      0) printf 'NOT CAUGHT: %s (%d s)\n' "$name" $((SECONDS - begun)); missed=$((missed + 1)) ;;
      1) printf 'caught: %s (%d s): %s\n' "$name" $((SECONDS - begun)) "$found"; caught=$((caught + 1)) ;;
      *) say "$name: the tests did not run"; exit 1 ;;
    esac
  fi
  cp "$copy/pristine.cs" "$copy/$file"
}

# The mutation that was read last, unless another one is asked for.
to=''
attempt() {
  if [ -n "$to" ] && { [ -z "$only" ] || [ "$only" = "$name" ]; }; then
    try "$name" "$file" "$from" "$to"
  fi
  to=''
}

while read -r word rest; do
  case "$word" in
    mutation) attempt; name="$rest" ;;
    test) tests="FullyQualifiedName~$rest" ;;
    file) file="${project:+$project/}$rest" ;;
    from) from="$rest" ;;
    to) to="$rest" ;;
    and) to="$to $rest" ;;
  esac
done <"$copy/scripts/$suite-mutations.txt"
attempt
printf '%s mutations: %d caught, %d not, %d s\n' "$suite" "$caught" "$missed" $((SECONDS - start))
[ "$missed" = 0 ] && [ "$caught" -gt 0 ]
