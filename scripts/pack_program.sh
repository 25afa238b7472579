#!/usr/bin/env bash
# Packs a built program with its manual, completions and licences: bash scripts/pack_program.sh PROGRAM PLATFORM [FOLDER]
# Writes FOLDER/hspin-VERSION-PLATFORM.tar.gz (FOLDER: target/packed). The program must run here.
set -euo pipefail
cd "$(dirname "$0")/.."

program=$1
platform=$2
out=${3:-target/packed}
version=$(sed -nE 's/^version = "(.*)"/\1/p' Cargo.toml | head -n 1)
name=hspin-$version-$platform
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$out" "$work/$name/completions" "$work/$name/slurm"
install -m 755 "$program" "$work/$name/hspin"
packed=$("$work/$name/hspin" --version)
case "$packed" in
    "hspin $version"*) ;;
    *) echo "$program is '$packed', and the sources are $version" >&2; exit 1 ;;
esac
"$work/$name/hspin" man > "$work/$name/hspin.1"
for shell in bash zsh fish; do
    "$work/$name/hspin" completions $shell > "$work/$name/completions/hspin.$shell"
done
cp README.md CHANGELOG.md CITATION.cff LICENSE-APACHE LICENSE-MIT "$work/$name/"
cp assets/DejaVuSans-LICENSE.txt "$work/$name/"
cp scripts/slurm/*.sh "$work/$name/slurm/"
tar czf "$out/$name.tar.gz" --owner=0 --group=0 --numeric-owner -C "$work" "$name"
echo "$out/$name.tar.gz"
