# shellcheck shell=bash
# Sourced: small functions about processes, used by every script here that starts or stops something.

declare -A RUNNING # process groups that are there still when a script is interrupted

# The kernel's line about a process, from its state on (its name, before that, may hold anything).
process_state() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  echo "${stat##*) }"
}

# Is the process there, and more than a zombie nobody has waited for yet?
process_runs() {
  local state
  state=$(process_state "$1") && [[ $state != [ZX]* ]]
}

# When the process began, in clock ticks since the machine did.
process_began() { process_state "$1" | cut -d ' ' -f 20; }

# Polls until the command succeeds; fails after so many seconds.
wait_until() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.05
  done
}

process_gone() { ! process_runs "$1"; }

# Ends a process, by force after ten seconds. A stopped (frozen) one has to go on before it can end.
end_process() {
  local pid=$1
  kill -TERM "$pid" 2>/dev/null || return 0
  kill -CONT "$pid" 2>/dev/null || true
  wait_until 10 process_gone "$pid" || kill -KILL "$pid" 2>/dev/null || true
}

group_gone() { ! pgrep -g "$1" -r R,S,D,T >/dev/null; }

# The same for a whole process group. Its leader may be gone while another member still ends what is its own.
end_group() {
  local group=$1
  kill -TERM -- "-$group" 2>/dev/null || return 0
  wait_until 10 group_gone "$group" || true
  kill -KILL -- "-$group" 2>/dev/null || true
}

# In a process group of its own, so that end_running can end it with all its children; sets STARTED.
in_background() {
  set -m
  "$@" &
  STARTED=$!
  set +m
  RUNNING[$STARTED]=1
}

# Waits for it, ends what it left behind, and returns its status.
finish() {
  local status=0
  wait "$1" || status=$?
  kill -KILL -- "-$1" 2>/dev/null || true
  unset "RUNNING[$1]"
  return "$status"
}

# Ends what began in the background and is not finished.
end_running() {
  local group
  for group in "${!RUNNING[@]}"; do end_group "$group"; done
  RUNNING=()
}

now() { date +%s.%N; }
since() { awk -v from="$1" -v to="$(now)" 'BEGIN { printf "%.1f", to - from }'; }

# Does anybody accept connections there?
port_answers() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }
