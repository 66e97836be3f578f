#!/usr/bin/env bash
# Installs the storeward that the workflows of this repository run, if it is the one with this digest. For another version
# change both: the digest is in SHA256SUMS of its release.
set -euo pipefail

version=@version@
sha256=@sha256@
releases=@releases@

if [[ -z $releases || -z $sha256 ]]; then
  echo '::error file=.github/storeward/install.sh,title=storeward is not named yet::Write where its releases are, and the digest of the archive for Linux, into .github/storeward/install.sh.'
  exit 1
fi
archive="storeward-$version-x86_64-unknown-linux-musl.tar.gz"
folder="$RUNNER_TEMP/storeward-$version"
mkdir -p "$folder"
cd "$folder"
curl --silent --show-error --fail --location --retry 3 --output "$archive" "$releases/v$version/$archive"
if ! sha256sum --check --quiet <<<"$sha256  $archive"; then
  echo "::error file=.github/storeward/install.sh,title=another program::$archive has another digest than is written here. Nothing of it was run."
  exit 1
fi
tar --extract --gzip --file "$archive"
echo "$folder" >>"$GITHUB_PATH"
