#!/usr/bin/env bash
# Makes the README's picture and its numbers anew from the shipped cases; run it when a case changes.
# The test `readme.picture` compares the numbers with those of the quickstart.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
cd "$top"
bash cases/quickstart.sh
cp comparison/comparison.csv comparison/budget.png comparison/box.png postproc/readme/
