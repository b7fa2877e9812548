# shellcheck shell=bash
# Sourced: takes a block of loopback addresses, 127.77.N.0/24, for one run. Samba's ports are fixed, so each
# domain controller needs an address of its own, and two runs at once must not meet.

# The ports that are taken on the block's addresses: LDAP, LDAPS, the two global catalogues, PostgreSQL.
PORTS=(389 636 3268 3269 15432)

# Sets BLOCK, and keeps the lock as file descriptor BLOCK_LOCK for as long as this process lives.
take_block() {
  local locks n
  locks=/tmp/portvakt-test-locks-$(id -u)
  mkdir -p "$locks"
  [[ -O $locks && ! -L $locks ]] || { echo "$locks belongs to somebody else" >&2 && return 1; }
  for n in $(seq 1 250); do
    exec {BLOCK_LOCK}>"$locks/block-$n"
    if flock -n "$BLOCK_LOCK" && ! block_in_use "$n"; then
      export BLOCK=127.77.$n
      return
    fi
    exec {BLOCK_LOCK}>&-
  done
  echo "all 250 blocks of addresses are taken: is something left of earlier runs?" >&2
  return 1
}

# The kernel's table has addresses as little-endian hexadecimal, and listeners in state 0A.
listeners() { awk '$4 == "0A" { print $2 }' /proc/net/tcp /proc/net/tcp6 2>/dev/null || true; }

block_in_use() {
  local suffix
  printf -v suffix '%02X4D7F' "$1"
  listeners | grep -q "^..$suffix:"
}

# A server that listens on every address of the machine keeps the port from us on all of them.
check_wildcards() {
  local port hex found=0
  for port in "${PORTS[@]}"; do
    printf -v hex '%04X' "$port"
    if listeners | grep -Eq "^0+:$hex\$"; then
      echo "something on this machine listens on port $port on every address; stop it, or bind it to one address" >&2
      found=1
    fi
  done
  return $found
}
