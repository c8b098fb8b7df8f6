import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

/** PostgreSQL's own `scram_iterations`. */
const iterations = 4096;

/**
 * What PostgreSQL keeps of a password (RFC 5803; postgresql.org, "pg_authid"): sent in place of it, so that the password
 * is in no statement and in no log. `password` is plain ASCII: nothing is normalized.
 */
export function scramVerifier(password: string, salt = randomBytes(16)): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, "sha256");
  const key = (what: string): Buffer => createHmac("sha256", salted).update(what).digest();
  const stored = createHash("sha256").update(key("Client Key")).digest("base64");
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${stored}:${key("Server Key").toString("base64")}`;
}
