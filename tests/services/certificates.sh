#!/usr/bin/env bash
# The certificate authority of one test run, and the server certificates it signs.
#   certificates.sh authority FOLDER              makes FOLDER/ca.pem and FOLDER/ca.key
#   certificates.sh server FOLDER OUT IP NAME...  makes OUT/cert.pem and OUT/key.pem for the address and the names
set -euo pipefail

authority() {
  local folder=$1
  mkdir -p "$folder"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -days 90 \
    -subj "/CN=Portvakt test run" -keyout "$folder/ca.key" -out "$folder/ca.pem" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
  chmod 600 "$folder/ca.key"
}

# The address and every name stand in the subject alternative name: rustls looks nowhere else.
server() {
  local folder=$1 out=$2 ip=$3 name=$4 names
  shift 3
  names=$(printf ',DNS:%s' "$@")
  mkdir -p "$out"
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" \
    -keyout "$out/key.pem" -out "$out/request.pem"
  openssl x509 -req -in "$out/request.pem" -CA "$folder/ca.pem" -CAkey "$folder/ca.key" -sha256 -days 90 \
    -set_serial "0x$(openssl rand -hex 16)" -out "$out/cert.pem" -extfile <(
      printf 'subjectAltName=IP:%s%s\n' "$ip" "$names"
      printf 'extendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n'
    )
  rm "$out/request.pem"
  chmod 600 "$out/key.pem"
}

case ${1:-} in
  authority) authority "$2" ;;
  server) shift && server "$@" ;;
  *) sed -n '2,4s/^# \{0,1\}//p' "$0" >&2 && exit 64 ;;
esac
