#!/bin/sh
# Fetches the modules of Debian's JDK 17 for linux-arm64 into target/jmods, so that "make dist" links a runtime for that
# platform too. Needs apt, not root: the lists of packages are kept beside the result.
set -eu

directory=$(readlink -f "$(dirname "$0")/../..")/target/jmods
work=$directory/work
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
apt() {
  apt-get -q -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Sandbox::User= -o Debug::NoLocking=true \
    -o Dir::State::lists="$work/lists" -o Dir::State::status=/dev/null -o Dir::Cache="$work/cache" "$@"
}
apt update
cd "$work"
apt download openjdk-17-jdk-headless
dpkg-deb --extract openjdk-17-jdk-headless_*.deb jdk
rm -rf "$directory/linux-arm64"
mv jdk/usr/lib/jvm/java-17-openjdk-arm64/jmods "$directory/linux-arm64"
rm -rf "$work"
