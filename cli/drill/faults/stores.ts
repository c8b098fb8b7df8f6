import type { AlertName } from "../../../components/alerts/names.ts";
import { cacheClient } from "../../../components/application/cache.ts";
import { variableFile } from "../../../components/workload/index.ts";
import type { Fault } from "../drill.ts";
import type { Place } from "../place.ts";

/** Ends by itself after an hour, whatever becomes of who started it. */
const hour = 3_600_000;

/** Of a program in the backend's container, where the database's address and password are. */
const client = (name: string) => `
const { Client } = require("pg");
const { readFileSync } = require("node:fs");
const { DATABASE_HOST: host, DATABASE_PORT: port, DATABASE_NAME: database, DATABASE_USER: user, DATABASE_PASSWORD, DATABASE_PASSWORD_FILE, DATABASE_TLS: tls, DATABASE_TLS_AUTHORITY, TLS_AUTHORITY, TLS_IDENTITY } = process.env;
const password = DATABASE_PASSWORD ?? readFileSync(DATABASE_PASSWORD_FILE, "utf8");
const mutual = () => ({ ca: readFileSync(TLS_AUTHORITY), cert: readFileSync(TLS_IDENTITY), key: readFileSync(TLS_IDENTITY) });
const managed = () => ({ ca: readFileSync(DATABASE_TLS_AUTHORITY), checkServerIdentity: () => undefined });
const connected = async () => {
  const client = new Client({ host, port, database, user, password, application_name: "${name}", ssl: tls === "mutual" ? mutual() : tls === "verify" && managed() });
  client.on("error", () => process.exit());
  await client.connect();
  return client;
};
setTimeout(() => process.exit(), ${hour}).unref();
`;

const failing = ".catch((error) => { console.error(error.message); process.exit(1); });";

const node = (program: string): readonly string[] => ["node", "-e", program];

/** Ends every connection of that name, and so the program that holds them. */
const endConnections = (name: string) =>
  node(`${client("drill-repair")}
connected().then(async (client) => {
  await client.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1", ["${name}"]);
  await client.end();
})${failing}`);

const counted = (name: string) =>
  node(`${client("drill-count")}
connected().then(async (client) => {
  const { rows } = await client.query("select count(*) from pg_stat_activity where application_name = $1", ["${name}"]);
  process.stdout.write(rows[0].count);
  await client.end();
})${failing}`);

/** Held by a program beside the backend, until its connections are ended. */
function held(alert: AlertName, what: string, program: (place: Place) => string): Fault {
  const name = `drill-${alert}`;
  return {
    what,
    set: async (place) => {
      await place.leave("backend", node(`${client(name)}${program(place)}`));
      for (let tries = 0; tries < 20; tries += 1) {
        if (Number(await place.run("backend", counted(name))) > 0) return;
      }
      throw new Error("the program that holds the database's connections did not start");
    },
    repair: async (place) => {
      await place.run("backend", endConnections(name));
    },
  };
}

/** So much of what the application may use, in percent above the alert's limit. */
const above = 8;

export const takenConnections: Fault = held(
  "HighDatabaseConnections",
  "a leak holds the database's connections",
  ({ settings }) => `
connected().then(async (first) => {
  const { rows: [{ usable, used }] } = await first.query(\`select
    (select sum(case name when 'max_connections' then setting::int else -setting::int end) from pg_settings
      where name in ('max_connections', 'superuser_reserved_connections', 'reserved_connections')) as usable,
    (select count(*) from pg_stat_activity where datname is not null) as used\`);
  const wanted = Math.ceil(usable * ${(settings.alerts.thresholds.databaseConnectionsPercent + above) / 100}) - used;
  const all = [first];
  for (let count = 0; count < wanted; count += 1) all.push(await connected());
})${failing}`,
);

/** It does something each minute: a transaction that idles is ended by the database after five. */
export const openTransaction: Fault = held(
  "LongRunningQueries",
  "a transaction stays open",
  () => `
connected().then(async (client) => {
  await client.query("begin");
  await client.query("select pg_current_xact_id()");
  setInterval(() => client.query("select 1"), 60_000);
})${failing}`,
);

/** The password is a variable of the container, or a file where Vault holds it. */
const redisPassword = `REDISCLI_AUTH="\${REDISCLI_AUTH:-$(cat ${variableFile("REDISCLI_AUTH")})}"`;

const script = ({ settings }: Place, lua: string): readonly string[] => {
  const client = ["redis-cli", ...cacheClient(settings), "--no-raw"].join(" ");
  return ["sh", "-c", `${redisPassword} exec ${client} EVAL "$1" 0`, "sh", lua];
};

/** Keys of a mebibyte, in turns short enough that the server answers others meanwhile. */
const fill = (percent: number): string => `
local function figure(name) return tonumber(string.match(redis.call('INFO', 'memory'), name .. ':(%d+)')) end
local most = figure('maxmemory')
if most == 0 then return 'full' end
for turn = 1, 16 do
  if figure('used_memory') > most * ${percent} / 100 then return 'full' end
  redis.call('SET', 'drill:' .. redis.call('DBSIZE') .. ':' .. turn, string.rep('x', 1048576))
end
return 'more'`;

const empty = `
local found = redis.call('KEYS', 'drill:*')
for _, key in ipairs(found) do redis.call('UNLINK', key) end
return #found`;

export const filledRedis: Fault = {
  what: "Redis is filled",
  set: async (place) => {
    // Between the limit and where it refuses writes.
    const percent = (place.settings.alerts.thresholds.redisMemoryPercent + 100) / 2;
    for (let turns = 0; turns < 10_000; turns += 1) {
      const said = await place.run("cache", script(place, fill(percent)));
      if (said.includes("full")) return;
      if (!said.includes("more")) throw new Error(`Redis cannot be filled: ${said.trim()}`);
    }
  },
  repair: async (place) => {
    await place.run("cache", script(place, empty));
  },
};
