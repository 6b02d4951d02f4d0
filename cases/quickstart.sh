#!/usr/bin/env bash
# Pellet against film: installs what is missing, builds, compares four electrolytes, draws where their
# resistance sits. Under a minute on two cores once the packages are in.
# Usage: bash cases/quickstart.sh
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top"
bash .ci/setup
. .ci/environment

echo "== build"
cmake --preset release >/dev/null
cmake --build --preset release --target granulith | grep -E 'warning|error|Built target granulith$' || true

echo "== solve"
ranks=$(nproc)
[ "$ranks" -gt 4 ] && ranks=4
cases=(cases/llzo-pellet cases/llzo-film cases/lipon-film cases/llto-pellet)
mpirun -n "$ranks" build/bin/granulith compare "${cases[@]}" --output comparison

echo "== pictures"
/usr/bin/python3 postproc/budget.py comparison/comparison.json --output comparison
/usr/bin/python3 postproc/box.py comparison/llzo-film --output comparison
/usr/bin/python3 postproc/report.py comparison --output comparison >/dev/null
echo
echo "table:    $top/comparison/comparison.csv"
echo "report:   $top/comparison/report.html (open in a browser)"
echo "pictures: $top/comparison/budget.png  $top/comparison/box.png (and .pdf)"
echo "fields:   $top/comparison/*/fields.xdmf (open with ParaView)"
