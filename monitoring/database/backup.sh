# Lets the workload backup in: its role with the password of today, and no more rights than it needs.
# Runs when the database is made; for one that is older, was restored, or after a change of the password run it again:
#   sh /docker-entrypoint-initdb.d/backup.sh
# Rendered by ./platform render from components/application/backup.ts.
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" << 'END'
\set password `cat /etc/database/backup-password`
select 'create role backup' where not exists (select from pg_roles where rolname = 'backup') \gexec
alter role backup with login replication password :'password';
grant execute on function pg_switch_wal(), pg_create_restore_point(text) to backup;
END
if ! grep -q '^host replication backup ' "$PGDATA/pg_hba.conf"; then
  echo 'host replication backup all scram-sha-256' >> "$PGDATA/pg_hba.conf"
fi
psql --no-psqlrc --quiet --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" --command='select pg_reload_conf()' > /dev/null
