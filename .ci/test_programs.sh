#!/bin/sh
# Chromium and Redis for the tests: used when they are there, installed where that is possible and
# allowed (apt-get, root), otherwise one line says what is left out. PostgreSQL comes from pip.
# Never fails: a test that needs what is missing says so itself.
set -u

missing() {
	packages=
	command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null ||
		command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
		packages="$packages $1"
	command -v redis-server >/dev/null || packages="$packages redis-server"
}

quietly() {
	# At most five minutes each; nothing is said unless it fails, and then one line is enough.
	DEBIAN_FRONTEND=noninteractive timeout 300 "$@" >/dev/null 2>&1 </dev/null
}

install() {
	for package in $packages; do # one by one: what can't be had must not keep the others away
		quietly apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=60 "$package"
	done
}

# Chromium without windows is four times as fast to open a page in.
missing chromium-headless-shell
[ -z "$packages" ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && command -v timeout >/dev/null; then
	echo "Installing for the tests:$packages …"
	# Fonts, since without any a page in Chromium is a page of boxes.
	case $packages in *chromium*) packages="$packages fonts-liberation fonts-urw-base35" ;; esac
	quietly apt-get update -qq -o Acquire::Retries=2
	install
	missing chromium
	install
	missing chromium
	[ -z "$packages" ] && exit 0
fi

echo "Left out, since not installed here:$packages. The tests that need them are skipped."
