#!/usr/bin/env bash
# A Samba Active Directory domain controller in a private folder, on its own loopback address. Needs root, because
# Samba's LDAP ports are fixed.
#   samba.sh provision FOLDER REALM IP CA_FOLDER  makes and seeds the domain; a copy for clones is FOLDER.snapshot
#   samba.sh clone FOLDER NEW_FOLDER IP           the same domain as it was when provisioned, on another address
#   samba.sh start|stop|wipe FOLDER
#   samba.sh describe FOLDER                      prints how to reach it, as JSON
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/services/processes.sh
source "$HERE/../services/processes.sh"

LIFETIME=86400 # a controller that was left behind ends by itself after a day

password() { printf '%s-%s-Aa1' "$1" "$(openssl rand -hex 10)"; }

# FOLDER/settings is what the other verbs know of a controller.
write_settings() {
  local folder=$1 realm=$2 ip=$3 ca_folder=$4 admin_password=$5 service_password=$6
  {
    printf 'realm=%s\nip=%s\nca_folder=%q\n' "$realm" "$ip" "$ca_folder"
    printf 'admin_password=%s\nservice_password=%s\n' "$admin_password" "$service_password"
  } >"$folder/settings"
  chmod 600 "$folder/settings"
}

# Sets realm, ip, ca_folder, the passwords, and what follows from the realm.
read_settings() {
  # shellcheck source=/dev/null
  source "$1/settings"
  name=${realm%%.*}
  netbios=${name^^}
  host=dc-$name
  base=DC=${realm//./,DC=}
}

certificate() { "$HERE/../services/certificates.sh" server "$ca_folder" "$1/tls" "$ip" "$host.$realm" localhost; }

# Only the LDAP service runs. "interfaces" wants the whole network: with /32 Samba listens nowhere.
configure() {
  local folder=$1
  cat >"$folder/etc/smb.conf" <<EOT
[global]
	netbios name = ${host^^}
	realm = ${realm^^}
	workgroup = $netbios
	server role = active directory domain controller
	server services = ldap
	interfaces = $ip/8
	bind interfaces only = yes
	private dir = $folder/private
	state directory = $folder/state
	cache directory = $folder/cache
	lock directory = $folder
	pid directory = $folder/run
	ncalrpc dir = $folder/ncalrpc
	log file = $folder/samba.log
	logging = file
	log level = 0
	tls enabled = yes
	tls keyfile = $folder/tls/key.pem
	tls certfile = $folder/tls/cert.pem
	tls cafile = $ca_folder/ca.pem
	ldap server require strong auth = yes
	old password allowed period = 0
EOT
}

provision() {
  local folder=$1
  mkdir -p "$folder"/{etc,run,ncalrpc,cache}
  chmod 700 "$folder"
  write_settings "$folder" "$2" "$3" "$4" "$(password Adm)" "$(password Svc)"
  read_settings "$folder"
  certificate "$folder"
  samba-tool domain provision --quiet --targetdir="$folder" --realm="${realm^^}" --domain="$netbios" \
    --host-name="$host" --host-ip="$ip" --adminpass="$admin_password" --server-role=dc --dns-backend=NONE
  configure "$folder" # over the one that provisioning made, which logs elsewhere and enables every service
  SERVICE_PASSWORD=$service_password "$HERE/seed.py" "$folder/etc/smb.conf"
  cp -a "$folder" "$folder.snapshot"
}

clone() {
  local folder=$1 new=$2
  cp -a "$folder.snapshot" "$new"
  read_settings "$new"
  ip=$3
  write_settings "$new" "$realm" "$ip" "$ca_folder" "$admin_password" "$service_password"
  certificate "$new"
  configure "$new"
}

start() {
  local folder=$1 pid
  read_settings "$folder"
  rm -f "$folder/samba.log"
  # A session of its own: an interrupt from the keyboard is for whoever started us, who then stops us in order.
  setsid samba -F -M single -s "$folder/etc/smb.conf" --maximum-runtime=$LIFETIME >"$folder/out" 2>&1 </dev/null &
  pid=$!
  echo "$pid $(process_began "$pid")" >"$folder/pid"
  wait_until 60 settled "$pid"
  port_answers "$ip" 3269 || {
    cat "$folder/out" "$folder/samba.log" >&2
    echo "the domain controller in $folder did not start" >&2
    exit 1
  }
}

# Its last port is open, or the process is gone.
settled() { port_answers "$ip" 3269 || process_gone "$1"; }

# The file's number may belong to another process by now: it counts only with the time that process began.
stop() {
  local folder=$1 pid began
  [[ -f $folder/pid ]] || return 0
  read -r pid began <"$folder/pid"
  if process_runs "$pid" && [[ $(process_began "$pid") == "$began" ]]; then
    end_process "$pid"
  fi
  rm -f "$folder/pid"
}

wipe() {
  stop "$1"
  rm -rf "$1" "$1.snapshot"
}

describe() {
  local folder=$1
  read_settings "$folder"
  cat <<EOT
{
  "name": "$name",
  "realm": "$realm",
  "netbios": "$netbios",
  "host": "$host.$realm",
  "ip": "$ip",
  "url": "ldaps://$ip",
  "base": "$base",
  "staff_ou": "OU=Anvandare,$base",
  "other_ou": "OU=Ovriga,$base",
  "ca_file": "$ca_folder/ca.pem",
  "admin_upn": "administrator@$realm",
  "admin_password": "$admin_password",
  "service_upn": "svc-portvakt@$realm",
  "service_dn": "CN=svc-portvakt,OU=Tjanstekonton,$base",
  "service_password": "$service_password",
  "folder": "$folder",
  "smb_conf": "$folder/etc/smb.conf",
  "pid_file": "$folder/pid"
}
EOT
}

case ${1:-} in
  provision | clone | start | stop | wipe | describe) "$@" ;;
  *) sed -n '2,7s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2 && exit 64 ;;
esac
