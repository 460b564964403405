#!/usr/bin/env bash
# What the source generator adds to a clean build: the project of both venue schemas is built with the generator, and with the
# files that it writes as plain sources, in turns, each time by a new compiler process (a compiler that stays would have the
# generator loaded). Prints the median difference; exit code 40 when it is above the budget.
set -euo pipefail
root="$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")"
# shellcheck source=scripts/common.sh
. "$root/scripts/common.sh"

budget_millis=2000
rounds=5
case "${1:-}" in
  '') ;;
  --rounds) rounds="${2:?--rounds N}" ;;
  *) say 'usage: scripts/generator-cost.sh [--rounds N]'; exit 2 ;;
esac

require_sdk
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
say 'building the generator ...'
dotnet build "$root/gateway/HftDelta.Sbe" -c Release -v quiet -tl:off -nologo -clp:ErrorsOnly >&2
generator="$root/gateway/HftDelta.Sbe/bin/Release/netstandard2.0/HftDelta.Sbe.dll"

# project NAME ITEMS: a class library of its own, out of reach of the settings of the repository.
project() {
  mkdir -p "$work/$1"
  cat >"$work/$1/$1.csproj" <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <Nullable>enable</Nullable>
    <EnableNETAnalyzers>false</EnableNETAnalyzers>
    <RootNamespace>HftDelta.Wire</RootNamespace>
    <EmitCompilerGeneratedFiles>true</EmitCompilerGeneratedFiles>
    <CompilerGeneratedFilesOutputPath>$work/generated</CompilerGeneratedFilesOutputPath>
  </PropertyGroup>
  <ItemGroup>
$2
  </ItemGroup>
</Project>
XML
  dotnet restore "$work/$1" -v quiet -tl:off >&2
}

build() {
  dotnet build "$work/$1" -c Release --no-restore --no-incremental -v quiet -tl:off -p:UseSharedCompilation=false \
    >"$work/build.log" 2>&1 || { cat "$work/build.log" >&2; exit 1; }
}

# millis NAME: one clean build.
millis() {
  local began
  began=$(date +%s%N)
  build "$1"
  echo $((($(date +%s%N) - began) / 1000000))
}

median() { sort -n | awk '{ at[NR] = $1 } END { print at[int((NR + 1) / 2)] }'; }

echo '<Project/>' >"$work/Directory.Build.props"
echo '<Project/>' >"$work/Directory.Packages.props"
project with "    <Analyzer Include=\"$generator\" />
    <CompilerVisibleItemMetadata Include=\"AdditionalFiles\" MetadataName=\"SbeNamespace\" />
    <CompilerVisibleItemMetadata Include=\"AdditionalFiles\" MetadataName=\"SbeSchemaName\" />
    <AdditionalFiles Include=\"$root/gateway/schema/hftdelta.xml\" SbeNamespace=\"HftDelta.Wire\" SbeSchemaName=\"HftDelta\" />
    <AdditionalFiles Include=\"$root/gateway/schema/internal.xml\" SbeNamespace=\"HftDelta.Wire.Internal\"
      SbeSchemaName=\"Internal\" />"
build with
files=$(find "$work/generated" -path '*HftDelta.Sbe*' -name '*.cs' | wc -l)
[ "$files" -gt 0 ] || { say 'the generator wrote nothing'; exit 1; }
cp -r "$work/generated" "$work/sources"
project plain "    <Compile Include=\"$work/sources/HftDelta.Sbe/**/*.cs\" />"
build plain

say "measuring $rounds rounds ..."
for ((round = 0; round < rounds; round++)); do
  one=$(millis with)
  other=$(millis plain)
  echo "$one" >>"$work/with.txt"
  echo "$other" >>"$work/plain.txt"
  echo $((one - other)) >>"$work/cost.txt"
done
cost=$(median <"$work/cost.txt")
printf 'files generated            %d\n' "$files"
printf 'clean build, generator     %d ms\n' "$(median <"$work/with.txt")"
printf 'clean build, plain sources %d ms\n' "$(median <"$work/plain.txt")"
printf 'the generator adds         %d ms, median of %d pairs (budget %d ms)\n' "$cost" "$rounds" "$budget_millis"
[ "$cost" -le "$budget_millis" ] || exit 40
