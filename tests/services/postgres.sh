#!/usr/bin/env bash
# One private PostgreSQL instance: own data, own address, TLS only, run by the unprivileged user "postgres".
#   postgres.sh create FOLDER IP CA_FOLDER   makes the cluster and the three roles of the product, and starts it
#   postgres.sh stop FOLDER
#   postgres.sh describe FOLDER              prints how to reach it, as JSON
set -euo pipefail

PORT=15432 # not 5432: a server of the machine's own may listen on every address

binaries() { compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1; }

# FOLDER/settings is what the verbs know of the instance.
read_settings() {
  ip='' ca_file='' superuser_password='' owner_password='' app_password='' control_password=''
  # shellcheck source=/dev/null
  source "$1/settings"
}

# PostgreSQL refuses to run as root.
as_postgres() { (cd / && setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"); }

create() {
  local folder=$1 ca_folder=$3 data=$1/data role
  mkdir -p "$folder"
  chmod 711 "$folder"
  {
    printf 'ip=%s\nca_file=%q\n' "$2" "$ca_folder/ca.pem"
    for role in superuser owner app control; do printf '%s_password=%s\n' "$role" "$(openssl rand -hex 16)"; done
  } >"$folder/settings"
  chmod 600 "$folder/settings"
  read_settings "$folder"
  install -d -o postgres -g postgres -m 700 "$data"
  install -o postgres -g postgres -m 600 <(echo "$superuser_password") "$folder/password"
  as_postgres "$(binaries)/initdb" -D "$data" -U postgres --pwfile="$folder/password" --auth=scram-sha-256 \
    --encoding=UTF8 --locale=C.UTF-8 --no-sync --no-instructions
  rm "$folder/password"
  "$(dirname "$0")/certificates.sh" server "$ca_folder" "$folder/tls" "$ip" localhost
  install -o postgres -g postgres -m 600 "$folder/tls/cert.pem" "$folder/tls/key.pem" "$data"
  configure >>"$data/postgresql.conf"
  # No plain line: whoever connects without TLS is refused.
  echo 'hostssl all all 127.0.0.0/8 scram-sha-256' >"$data/pg_hba.conf"
  as_postgres "$(binaries)/pg_ctl" -D "$data" -w -t 60 -l "$data/log" start
  roles
}

# Nothing here outlives the run, so nothing needs to survive a power cut.
configure() {
  cat <<EOT
listen_addresses = '$ip'
port = $PORT
unix_socket_directories = ''
max_connections = 300
ssl = on
ssl_cert_file = 'cert.pem'
ssl_key_file = 'key.pem'
fsync = off
synchronous_commit = off
full_page_writes = off
log_statement = none
EOT
}

# owner migrates; app serves; control is for what belongs to no tenant. None of them passes row-level security.
roles() {
  PGPASSWORD=$superuser_password PGSSLMODE=verify-full PGSSLROOTCERT=$ca_file \
    "$(binaries)/psql" -X -q -v ON_ERROR_STOP=1 -h "$ip" -p $PORT -U postgres -d postgres <<EOT
create role portvakt_owner login nosuperuser nobypassrls nocreatedb nocreaterole password '$owner_password';
create role portvakt_app login nosuperuser nobypassrls nocreatedb nocreaterole password '$app_password';
create role portvakt_control login nosuperuser nobypassrls nocreatedb nocreaterole password '$control_password';
alter role portvakt_app set lc_messages = 'C';
alter role portvakt_control set lc_messages = 'C';
EOT
}

# "immediate" is right for data that nobody will read again.
stop() {
  local data=$1/data
  [[ ! -f $data/postmaster.pid ]] || as_postgres "$(binaries)/pg_ctl" -D "$data" -w -t 20 -m immediate stop
}

describe() {
  read_settings "$1"
  cat <<EOT
{
  "host": "$ip",
  "port": $PORT,
  "ca_file": "$ca_file",
  "superuser_url": "postgres://postgres:$superuser_password@$ip:$PORT/postgres?sslmode=require",
  "owner_password": "$owner_password",
  "app_password": "$app_password",
  "control_password": "$control_password"
}
EOT
}

case ${1:-} in
  create) shift && create "$@" ;;
  stop) stop "$2" ;;
  describe) describe "$2" ;;
  *) sed -n '2,5s/^# \{0,1\}//p' "$0" >&2 && exit 64 ;;
esac
