import type { Incident } from "../domain/incident.ts";
import type { Database } from "./database.ts";

export interface Incidents {
  /** Told twice is told once. */
  store(incidents: readonly Incident[]): Promise<void>;
  /** The newest first. */
  list(status: Incident["status"] | undefined, limit: number): Promise<readonly Incident[]>;
}

interface Row {
  readonly fingerprint: string;
  readonly starts_at: Date;
  readonly ends_at: Date | null;
  readonly status: Incident["status"];
  readonly name: string;
  readonly severity: string;
  readonly labels: Incident["labels"];
  readonly annotations: Incident["annotations"];
}

/** A firing message that comes late does not open again what is resolved. */
const upsert = `
insert into incidents (fingerprint, starts_at, ends_at, status, name, severity, labels, annotations)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (fingerprint, starts_at) do update set
  ends_at = excluded.ends_at, status = excluded.status, annotations = excluded.annotations, updated_at = now()
where incidents.status = 'firing'`;

export function incidentsIn({ query, transaction }: Pick<Database, "query" | "transaction">): Incidents {
  return {
    store: (incidents) =>
      transaction(async (within) => {
        // In one order everywhere: two messages at once could wait for each other.
        for (const incident of incidents.toSorted(byKey)) {
          const { fingerprint, startsAt, endsAt, status, name, severity, labels, annotations } = incident;
          await within(upsert, [fingerprint, startsAt, endsAt ?? null, status, name, severity, labels, annotations]);
        }
      }),
    list: async (status, limit) => {
      const rows = await query<Row>(
        `select fingerprint, starts_at, ends_at, status, name, severity, labels, annotations from incidents
         where $1::text is null or status = $1 order by starts_at desc, fingerprint limit $2`,
        [status ?? null, limit],
      );
      return rows.map(incidentOf);
    },
  };
}

const byKey = (one: Incident, other: Incident): number =>
  one.fingerprint < other.fingerprint ? -1 : one.fingerprint > other.fingerprint ? 1 : +one.startsAt - +other.startsAt;

const incidentOf = ({ starts_at: startsAt, ends_at: endsAt, ...row }: Row): Incident => ({
  ...row,
  startsAt,
  ...(endsAt === null ? {} : { endsAt }),
});
