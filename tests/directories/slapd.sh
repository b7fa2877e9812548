#!/usr/bin/env bash
# OpenLDAP with the ppolicy overlay in a private folder, on its own loopback address. Needs root for ports 389 and 636.
#   slapd.sh provision FOLDER REALM IP CA_FOLDER  makes the database: units, policies, groups, the service account
#   slapd.sh start|stop|wipe FOLDER
#   slapd.sh describe FOLDER                      prints how to reach it, as JSON
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/services/processes.sh
source "$HERE/../services/processes.sh"

LIFETIME=86400 # a server that was left behind ends by itself after a day

password() { printf '%s-%s-Aa1' "$1" "$(openssl rand -hex 10)"; }

# Sets realm, ip, ca_folder, the passwords, and what follows from the realm.
read_settings() {
  # shellcheck source=/dev/null
  source "$1/settings"
  name=${realm%%.*}
  host=ldap-$name
  base=dc=${realm//./,dc=}
  service=cn=svc-portvakt,ou=services,$base
}

# What the service account may do is what the README asks for, and nothing else: with "manage" on userPassword slapd
# would take it for an administrator of passwords, for whom no policy holds.
configure() {
  local folder=$1
  cat >"$folder/slapd.conf" <<EOT
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include /etc/ldap/schema/nis.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
pidfile $folder/slapd.pid
TLSCACertificateFile $ca_folder/ca.pem
TLSCertificateFile $folder/tls/cert.pem
TLSCertificateKeyFile $folder/tls/key.pem
sizelimit size.soft=500 size.hard=5000 size.prtotal=unlimited
security simple_bind=64
database mdb
maxsize 268435456
suffix "$base"
rootdn "cn=admin,$base"
rootpw $(slappasswd -s "$admin_password")
directory $folder/db
index objectClass,uid,mail,cn,entryUUID,member,uniqueMember,memberUid eq
overlay ppolicy
ppolicy_default "cn=default,ou=policies,$base"
ppolicy_use_lockout
ppolicy_hash_cleartext
access to dn.subtree="ou=people,$base" attrs=userPassword
  by dn.exact="$service" write by self write by anonymous auth by * none
access to dn.subtree="ou=people,$base" attrs=pwdAccountLockedTime
  by dn.exact="$service" write by * none
access to dn.subtree="ou=people,$base" attrs=mobile
  by dn.exact="$service" write by users read by * none
access to attrs=pwdAccountLockedTime,pwdChangedTime,pwdFailureTime,pwdReset,pwdPolicySubentry,pwdStartTime,pwdEndTime
  by dn.exact="$service" read by * none
access to attrs=userPassword by self write by anonymous auth by * none
access to attrs=pwdHistory by * none
access to * by users read by anonymous auth
EOT
}

# The rules are those that the Samba domains have, so that the same suites run on both. A lockout duration of 0 means:
# until somebody unlocks.
seed() {
  local unit
  printf 'dn: %s\nobjectClass: dcObject\nobjectClass: organization\no: %s\ndc: %s\n\n' "$base" "$name" "$name"
  for unit in people other services groups policies; do
    printf 'dn: ou=%s,%s\nobjectClass: organizationalUnit\nou: %s\n\n' "$unit" "$base" "$unit"
  done
  printf 'dn: ou=functional,ou=people,%s\nobjectClass: organizationalUnit\nou: functional\n\n' "$base"
  policy default 8
  policy longer 14
  printf 'dn: %s\nobjectClass: device\nobjectClass: simpleSecurityObject\ncn: svc-portvakt\nuserPassword: %s\n\n' \
    "$service" "$(slappasswd -s "$service_password")"
  # A group has at least one member, and one group is in the other.
  group Inhyrda "$service"
  group Undantagna "cn=Inhyrda,ou=groups,$base"
}

policy() {
  cat <<EOT
dn: cn=$1,ou=policies,$base
objectClass: device
objectClass: pwdPolicy
cn: $1
pwdAttribute: userPassword
pwdMinLength: $2
pwdCheckQuality: 2
pwdInHistory: 25
pwdMinAge: 0
pwdMaxAge: 7776000
pwdLockout: TRUE
pwdMaxFailure: 5
pwdFailureCountInterval: 1800
pwdLockoutDuration: 0
pwdMustChange: TRUE
pwdAllowUserChange: TRUE
pwdSafeModify: FALSE

EOT
}

group() {
  printf 'dn: cn=%s,ou=groups,%s\nobjectClass: groupOfNames\ncn: %s\nmember: %s\n\n' "$1" "$base" "$1" "$2"
}

provision() {
  local folder=$1
  mkdir -p "$folder/db"
  chmod 700 "$folder"
  {
    printf 'realm=%s\nip=%s\nca_folder=%q\n' "$2" "$3" "$4"
    printf 'admin_password=%s\nservice_password=%s\n' "$(password Adm)" "$(password Svc)"
  } >"$folder/settings"
  chmod 600 "$folder/settings"
  read_settings "$folder"
  "$HERE/../services/certificates.sh" server "$ca_folder" "$folder/tls" "$ip" "$host.$realm" localhost
  configure "$folder"
  seed | slapadd -q -f "$folder/slapd.conf"
}

start() {
  local folder=$1 pid
  read_settings "$folder"
  # A session of its own: an interrupt from the keyboard is for whoever started us, who then stops us in order.
  setsid timeout $LIFETIME slapd -d 0 -h "ldap://$ip ldaps://$ip" -f "$folder/slapd.conf" >"$folder/out" 2>&1 </dev/null &
  pid=$!
  echo "$pid $(process_began "$pid")" >"$folder/pid"
  wait_until 30 settled "$pid"
  port_answers "$ip" 636 || {
    cat "$folder/out" >&2
    echo "the directory in $folder did not start" >&2
    exit 1
  }
}

# Its port is open, or the process is gone.
settled() { port_answers "$ip" 636 || process_gone "$1"; }

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
  rm -rf "$1"
}

describe() {
  read_settings "$1"
  cat <<EOT
{
  "name": "$name",
  "realm": "$realm",
  "ip": "$ip",
  "url": "ldaps://$ip",
  "base": "$base",
  "people_ou": "ou=people,$base",
  "functional_ou": "ou=functional,ou=people,$base",
  "other_ou": "ou=other,$base",
  "groups_ou": "ou=groups,$base",
  "default_policy": "cn=default,ou=policies,$base",
  "longer_policy": "cn=longer,ou=policies,$base",
  "ca_file": "$ca_folder/ca.pem",
  "admin_dn": "cn=admin,$base",
  "admin_password": "$admin_password",
  "service_dn": "$service",
  "service_password": "$service_password"
}
EOT
}

case ${1:-} in
  provision | start | stop | wipe | describe) "$@" ;;
  *) sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2 && exit 64 ;;
esac
