#!/bin/sh
# Fetches the chart library of the page of `hspin report` from the npm registry, holds it against its checksum, and writes what
# the page needs of it into assets/report, with its licence. Needs: npm.
# The same version gives the same bytes. A new version needs its checksum here, and a look at every chart of a page.
set -eu

cd "$(dirname "$0")/.."
version=1.6.32
sha256=4b8a8191e425658e3ea8c8c1314b0fc679c861ee3a1af2b20c7b16ba50b5133d
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

npm pack --silent --pack-destination "$work" "uplot@$version" > /dev/null
archive="$work/uplot-$version.tgz"
found=$(sha256sum "$archive" | cut -d ' ' -f 1)
[ "$found" = "$sha256" ] || { echo "uplot-$version.tgz: SHA-256 is $found, not $sha256" >&2; exit 1; }
tar -xzf "$archive" -C "$work"

cp "$work/package/LICENSE" assets/report/uPlot-LICENSE.txt
{
    # Its own first line names an address; the page names none, and has the licence in its place.
    printf '/*! uPlot %s\n' "$version"
    cat "$work/package/LICENSE"
    printf '*/\n'
    sed -e '1{/^\/\*!.*\*\/$/d;}' "$work/package/dist/uPlot.iife.min.js"
} > assets/report/uPlot.iife.min.js
cp "$work/package/dist/uPlot.min.css" assets/report/uPlot.min.css
if grep -l 'https\{0,1\}://' assets/report/uPlot.iife.min.js assets/report/uPlot.min.css; then
    echo "an address is left in these files" >&2
    exit 1
fi
ls -l assets/report
