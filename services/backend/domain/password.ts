import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";

/** OWASP, "Password Storage Cheat Sheet": 2^14, 8, 5 is as hard as 2^17, 8, 1 and takes 16 MiB instead of 128. */
const cost: ScryptOptions = { N: 2 ** 14, r: 8, p: 5 };
const saltBytes = 16;
const keyBytes = 32;

/** `scrypt$<salt>$<key>`, both base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  return ["scrypt", salt.toString("base64url"), (await derive(password, salt)).toString("base64url")].join("$");
}

/** Whether the password is the hash's. Without a hash (no such user) it takes as long and is false. */
export async function isPassword(password: string, hash: string | undefined): Promise<boolean> {
  const [kind, salt = "", key = ""] = (hash ?? "").split("$");
  const known = kind === "scrypt" ? Buffer.from(key, "base64url") : Buffer.alloc(keyBytes);
  const derived = await derive(password, Buffer.from(salt, "base64url"));
  return kind === "scrypt" && known.length === derived.length && timingSafeEqual(known, derived);
}

const derive = (password: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(password, salt, keyBytes, cost, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
