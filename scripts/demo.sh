#!/usr/bin/env bash
# The main job in one command: builds the venue where needed and runs `hftdelta demo` with the arguments given.
# Exit code: that of the demo, 1 when the build fails, 2 when the .NET 10 SDK is missing.
set -euo pipefail
root="$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")"
# shellcheck source=scripts/common.sh
. "$root/scripts/common.sh"

require_sdk
export_shared_data
build_node || exit 1
say "running: hftdelta demo${*:+ $*}"
exec "$root/scripts/hftdelta" demo "$@"
