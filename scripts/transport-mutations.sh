#!/usr/bin/env bash
# Proves that the transport simulation notices broken rules: applies each mutation of transport-mutations.txt by itself to a copy
# of the tree, builds only the transport of it, and expects the simulation to fail. First it has to pass on the unchanged copy.
# Exit code: 0 when every mutation was caught, 1 when one was not or does not fit, 2 for usage or a missing SDK.
set -euo pipefail
root="$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")"
# shellcheck source=scripts/common.sh
. "$root/scripts/common.sh"

if [ $# -gt 1 ]; then
  say 'usage: scripts/transport-mutations.sh [NAME]'
  exit 2
fi
only="${1:-}"
require_sdk
unset HFTDELTA_LONG HFTDELTA_SEED
# Which seed fails is enough to know here; to make it small takes a minute.
export HFTDELTA_SHRINK=0
copy="$(mktemp -d)"
trap 'rm -rf "$copy"' EXIT
simulation='FullyQualifiedName~TransportSimulationTests'
seconds_max=300
aeron=gateway/HftDelta.Aeron
binaries=tests/HftDelta.Tests/bin/Release/net10.0

build() {
  dotnet build "$1" -c Release -nodeReuse:false -tl:off -v quiet -p:RunAnalyzers=false "${@:2}" </dev/null \
    >"$copy/build.log" 2>&1 || {
    cat "$copy/build.log" >&2
    return 1
  }
}

# simulate: runs the simulation of the copy. 0: it passed; 1: a rule was broken, which is printed; 2: it did not even run.
simulate() {
  local status=0 counts
  rm -f "$copy/results/run.trx"
  (cd "$copy" && timeout --kill-after=5 "$seconds_max" dotnet test tests/HftDelta.Tests -c Release --no-build -nodeReuse:false \
    -tl:off --filter "$simulation" --results-directory results --logger 'trx;LogFileName=run.trx') \
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
say 'transport mutations: building a copy ...'
build "$copy/tests/HftDelta.Tests" -p:RestoreLockedMode=true
simulate || {
  say 'transport mutations: the simulation fails without any mutation'
  exit 1
}
printf 'unchanged: passes (%d s with its build)\n' $((SECONDS - start))

# try NAME FILE FROM TO: one mutation.
caught=0 missed=0
try() {
  local name="$1" file="$2" begun=$SECONDS status=0 found
  cp "$copy/$file" "$copy/pristine.cs"
  if ! mutate "$file" "$3" "$4"; then
    printf 'does not fit: %s\n' "$name"
    missed=$((missed + 1))
  elif ! build "$copy/$aeron" --no-restore; then
    printf 'does not build: %s\n' "$name"
    missed=$((missed + 1))
  else
    cp "$copy/$aeron/bin/Release/net10.0/HftDelta.Aeron.dll" "$copy/$binaries/"
    found="$(simulate)" || status=$?
    case "$status" in
      0) printf 'NOT CAUGHT: %s (%d s)\n' "$name" $((SECONDS - begun)); missed=$((missed + 1)) ;;
      1) printf 'caught: %s (%d s): %s\n' "$name" $((SECONDS - begun)) "$found"; caught=$((caught + 1)) ;;
      *) say "$name: the simulation did not run"; exit 1 ;;
    esac
  fi
  cp "$copy/pristine.cs" "$copy/$file"
}

while read -r word rest; do
  case "$word" in
    mutation) name="$rest" ;;
    file) file="$aeron/$rest" ;;
    from) from="$rest" ;;
    to)
      if [ -z "$only" ] || [ "$only" = "$name" ]; then
        try "$name" "$file" "$from" "$rest"
      fi
      ;;
  esac
done <"$copy/scripts/transport-mutations.txt"
printf 'transport mutations: %d caught, %d not, %d s\n' "$caught" "$missed" $((SECONDS - start))
[ "$missed" = 0 ] && [ "$caught" -gt 0 ]
