#!/usr/bin/env bash
# The wheel works by itself: built, installed in an empty environment, run from an empty folder.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
python=$root/.venv/bin/python
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

"$python" -m hatchling build -t wheel -d "$place/dist" >/dev/null 2>&1
wheel=$(ls "$place"/dist/*.whl)
"$python" -m venv "$place/env"
install="$place/env/bin/python -m pip install --quiet --disable-pip-version-check"
if command -v uv >/dev/null 2>&1; then install="uv pip install --quiet --python $place/env/bin/python"; fi
$install --require-hashes -r requirements/run.txt
$install --no-deps "$wheel"

cd "$place"
size=$(stat -c %s "$wheel")
limit=$((12 * 1024 * 1024))
[ "$size" -le "$limit" ] || { echo "wheel: $size bytes; at most $limit may ship" >&2; exit 1; }
env/bin/licet demo > demo.txt
grep -q "of 10  twins, one thing changed, that change their answer" demo.txt || { cat demo.txt; exit 1; }
env/bin/licet schema case > schema.json
env/bin/licet template -q -o deals.xlsx
env/bin/licet case new -q -o case.yaml
env/bin/licet rulebook pages -q -o pages
grep -q "How well this was checked" pages/us-ear/US-732S3.html || { echo "wheel: no pages" >&2; exit 1; }
code=0; env/bin/licet screen "NSO Group" > screen.txt || code=$?
[ "$code" -eq 10 ] || { echo "wheel: screen ended with $code" >&2; exit 1; }
if env/bin/python -c "import rigour" 2>/dev/null; then echo "wheel: rigour came along" >&2; exit 1; fi
echo "wheel: $size bytes, works in an empty environment"
