# shellcheck shell=bash
# Sourced: small functions about processes, used by every script here that starts or stops something.

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

# The same for a whole process group.
end_group() {
  local group=$1
  kill -TERM -- "-$group" 2>/dev/null || return 0
  wait_until 10 process_gone "$group" || true
  kill -KILL -- "-$group" 2>/dev/null || true
}

# Does anybody accept connections there?
port_answers() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }
