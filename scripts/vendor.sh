#!/usr/bin/env bash
# Packs the sources with all crates they need, for machines without a network: bash scripts/vendor.sh [FOLDER] (target/vendor)
# Writes hspin-VERSION-vendored.tar.gz and prints its SHA-256. There:
#     tar xzf hspin-VERSION-vendored.tar.gz && cd hspin-VERSION && cargo build --release --locked --offline
# Needs Rust and a C compiler there, and MPI for --features mpi, nothing else. What is packed is the last commit, so commit first.
# The same commit gives the same bytes. Needs a network here, or all crates in cargo's cache.
set -euo pipefail
cd "$(dirname "$0")/.."

out=${1:-target/vendor}
version=$(sed -nE 's/^version = "(.*)"/\1/p' Cargo.toml | head -n 1)
name=hspin-$version
# Archives for conda, Spack and EasyBuild are compared by checksum: the time of the commit, and no names of users.
moment=$(git log -1 --format=%ct)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$out"
# fuzz has a lock file of its own, whose crates are not packed.
git archive --prefix="$name/" HEAD -- . ':!fuzz' ':!.ci' ':!.github' | tar x -C "$work"
mkdir "$work/$name/.cargo"
(cd "$work/$name" && cargo vendor --quiet --locked --versioned-dirs vendor)
cat > "$work/$name/.cargo/config.toml" << 'END'
# Crates come from the folder vendor, never from a network.
[source.crates-io]
replace-with = "vendored"

[source.vendored]
directory = "vendor"
END
# As on a machine that has neither a network nor a cache: every crate of every feature is there.
(cd "$work/$name" && CARGO_HOME=$work/empty cargo metadata --offline --locked --all-features --format-version 1 > /dev/null)
(cd "$work" && tar c --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$moment" --mode=go=rX,u+rw,a-s "$name") |
    gzip --no-name -9 > "$work/archive"
mv "$work/archive" "$out/$name-vendored.tar.gz"
chmod 644 "$out/$name-vendored.tar.gz"
(cd "$out" && sha256sum "$name-vendored.tar.gz" | tee "$name-vendored.tar.gz.sha256")
