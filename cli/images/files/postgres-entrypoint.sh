#!/bin/sh
# Makes the database on the first start, as the official image does: POSTGRES_PASSWORD or _FILE (required),
# POSTGRES_USER (postgres), POSTGRES_DB (the user's name), POSTGRES_INITDB_ARGS, PGDATA, and
# /docker-entrypoint-initdb.d/*.sh and *.sql in the order of their names.
set -eu

say() { echo "entry point: $*" >&2; }

# value NAME DEFAULT: of the variable NAME, or of the file that NAME_FILE names.
value() {
  eval "direct=\${$1:-} file=\${$1_FILE:-}"
  if [ -n "$direct" ] && [ -n "$file" ]; then
    say "both $1 and $1_FILE are set; set one of them"
    exit 1
  fi
  if [ -n "$file" ]; then cat "$file"; else printf '%s' "${direct:-$2}"; fi
}

# What fails or is stopped half way leaves no cluster behind that would pass for a whole one.
make_cluster() {
  user=$(value POSTGRES_USER postgres)
  database=$(value POSTGRES_DB "$user")
  password=$(value POSTGRES_PASSWORD "")
  if [ -z "$password" ]; then
    say "POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE must be set and not empty"
    exit 1
  fi
  trap 'say "the database could not be made"; rm -rf "$PGDATA"/* "$PGDATA"/.[!.]*' EXIT
  trap 'exit 143' TERM INT HUP
  # The password comes through a pipe: it is in no argument and in no file.
  # shellcheck disable=SC2086 # several arguments
  printf '%s\n' "$password" |
    initdb --username="$user" --pwfile=/dev/stdin ${POSTGRES_INITDB_ARGS:-}
  printf '\nhost all all all scram-sha-256\n' >> "$PGDATA/pg_hba.conf"

  # Reachable by its socket only, until it is what it shall be.
  pg_ctl --wait --options="-c listen_addresses='' -p 5432" start
  [ "$database" = postgres ] || createdb --username="$user" --maintenance-db=postgres "$database"
  export POSTGRES_USER="$user" POSTGRES_DB="$database"
  for script in /docker-entrypoint-initdb.d/*; do
    case $script in
      *.sh) say "running $script"; sh -eu "$script" ;;
      *.sql)
        say "running $script"
        psql --no-psqlrc --set=ON_ERROR_STOP=1 --username="$user" --dbname="$database" --file="$script"
        ;;
    esac
  done
  pg_ctl --wait --mode=fast stop
  trap - EXIT TERM INT HUP
  say "the database is made"
}

case "${1:-}" in
  -*) set -- postgres "$@" ;;
esac
if [ "${1:-}" = postgres ]; then
  mkdir -p "$PGDATA"
  chmod 0700 "$PGDATA"
  [ -s "$PGDATA/PG_VERSION" ] || make_cluster
fi
exec "$@"
