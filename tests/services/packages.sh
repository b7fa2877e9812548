# shellcheck shell=bash
# Sourced: what the suites need on the machine, and how it gets there.

# One line each: the Debian package, and a command that succeeds where it is present.
REQUIREMENTS='
samba|command -v samba
samba-dsdb-modules|compgen -G "/usr/lib*/*/samba/ldb/samldb.so" || compgen -G "/usr/lib*/samba/ldb/samldb.so"
samba-ad-provision|test -d /usr/share/samba/setup
samba-vfs-modules|compgen -G "/usr/lib*/*/samba/vfs/acl_xattr.so" || compgen -G "/usr/lib*/samba/vfs/acl_xattr.so"
winbind|command -v winbindd
python3-samba|/usr/bin/python3 -c "import samba.samdb"
ldb-tools|command -v ldbsearch
ldap-utils|command -v ldapsearch
slapd|command -v slapd && test -e /usr/lib/ldap/ppolicy.so
python3-ldap|/usr/bin/python3 -c "import ldap"
openssl|command -v openssl
postgresql|compgen -G "/usr/lib/postgresql/*/bin/initdb"
chromium|command -v chromium
chromium-driver|command -v chromedriver
python3-aiosmtpd|/usr/bin/python3 -c "import aiosmtpd"
procps|command -v pgrep && command -v kill
nodejs|node -e "const [major, minor] = process.versions.node.split(\".\"); process.exit(major > 18 || (major == 18 && minor >= 19) ? 0 : 1)"
npm|command -v npm
'

# The same for fuzzing: libFuzzer is built from C++.
FUZZ_REQUIREMENTS='
g++|command -v "${CXX:-c++}"
'

missing_packages() {
  local package probe
  while IFS='|' read -r package probe; do
    [[ -z $package ]] || bash -c "$probe" >/dev/null 2>&1 || echo "$package"
  done <<<"$REQUIREMENTS"
}

# Installs what is missing, or says what is and ends with 2. Sets PACKAGES to what it did.
require_packages() {
  local missing
  PACKAGES=present
  mapfile -t missing < <(missing_packages)
  if ((${#missing[@]} > 0)); then
    if [[ $(id -u) != 0 || ! -f /etc/debian_version ]] || ! command -v apt-get >/dev/null; then
      echo "Missing: ${missing[*]}."
      echo "Install them (these are Debian's names of the packages), or run this as root on Debian, where it installs them."
      exit 2
    fi >&2
    install_packages "${missing[@]}"
    PACKAGES="${#missing[@]} installed"
    mapfile -t missing < <(missing_packages)
    if ((${#missing[@]} > 0)); then
      echo "Installed, but still not usable: ${missing[*]}. See 'apt-get install ${missing[*]}'." >&2
      exit 2
    fi
  fi
  if [[ $(id -u) != 0 ]]; then
    echo "Run this as root: the test domain controllers listen on ports 389 and 636, which only root may open." >&2
    exit 2
  fi
}

# One installation at a time, and none of the servers starts by itself: the run starts its own.
install_packages() (
  local veto=/usr/sbin/policy-rc.d log
  exec 9>/var/lock/portvakt-test-packages
  flock 9
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  if [[ ! -e $veto ]]; then
    trap 'rm -f "$log" "$veto"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$veto"
    chmod 755 "$veto"
  fi
  echo "installing ${*}"
  export DEBIAN_FRONTEND=noninteractive
  { apt-get -q -o DPkg::Lock::Timeout=300 update &&
    apt-get -q -y -o DPkg::Lock::Timeout=300 --no-install-recommends install "$@"; } >"$log" 2>&1 </dev/null || {
    tail -n 40 "$log" >&2
    echo "apt-get could not install ${*}" >&2
    exit 2
  }
)

# Cargo and a C compiler are the developer's own: named, never installed.
require_toolchain() {
  [[ -n $(command -v cargo) || ! -x ${CARGO_HOME:-$HOME/.cargo}/bin/cargo ]] || PATH=${CARGO_HOME:-$HOME/.cargo}/bin:$PATH
  if ! command -v cargo >/dev/null; then
    echo "Missing: cargo. Install Rust with rustup (https://rustup.rs) and run this again." >&2
    exit 2
  fi
  if ! command -v cc >/dev/null; then
    echo "Missing: a C compiler called cc. On Debian: apt-get install gcc libc6-dev." >&2
    exit 2
  fi
}
