#!/bin/sh
# Rebuilds assets/DejaVuSans-subset.ttf from the Debian package fonts-dejavu-core, and beside it the copyright and
# licence that the font itself carries.
# Needs: apt-get install fonts-dejavu-core; pip install fonttools (made with 4.68.0)
set -eu

cd "$(dirname "$0")/.."
font=${1:-/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf}

# ASCII, Latin-1, Greek, dashes, dots and primes, super- and subscripts, subscript letters, arrows, mathematics.
unicodes='U+0020-007E,U+00A0-00FF,U+0391-03A9,U+03B1-03C9,U+03D5,U+2010-2014,U+2016,U+2018-201A,U+201C-201E,U+2026,U+2032,U+2033'
unicodes="$unicodes,U+2070-209C,U+2190-2195,U+21A6,U+2202,U+2207,U+2208,U+2211,U+220F,U+2212,U+221A,U+221D,U+221E,U+222B"
unicodes="$unicodes,U+2248,U+2260,U+2264,U+2265,U+226A,U+226B,U+22C5,U+27E8,U+27E9"

# SOURCE_DATE_EPOCH and --no-recalc-timestamp: the same input gives the same bytes.
SOURCE_DATE_EPOCH=0 pyftsubset "$font" --unicodes="$unicodes" --output-file=assets/DejaVuSans-subset.ttf \
    --layout-features=kern --no-hinting --desubroutinize --notdef-outline --name-IDs=0,1,2,3,4,5,6,13,14 \
    --no-recalc-timestamp
python3 - "$font" > assets/DejaVuSans-LICENSE.txt <<'PYTHON'
import sys
from fontTools.ttLib import TTFont

names = TTFont(sys.argv[1])["name"]
text = f"{names.getDebugName(0).strip()}\n\n{names.getDebugName(13).strip()}"
print("\n".join(line.rstrip() for line in text.splitlines()))
PYTHON
ls -l assets
