#!/usr/bin/env bash
# Sets up, builds and runs every test. Usage: bash tests/run.sh [CTEST OPTION ...], e.g. -R unit
set -euo pipefail
cd "$(dirname "$0")/.."
bash .ci/setup tests
. .ci/environment
cmake --preset release -DGRANULITH_WERROR=ON -DBUILD_TESTING=ON >/dev/null
cmake --build --preset release
ctest --test-dir build -j "$(nproc)" --output-on-failure "$@"
