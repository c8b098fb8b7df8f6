import { createSigner, createVerifier } from "fast-jwt";
import { z } from "zod";
import { roles, type User } from "../observability/context.ts";

/** Says who somebody is, in every instance, without a session. */
export interface Tokens {
  make(user: User): { readonly token: string; readonly expiresAt: Date };
  /** Undefined for a token that is not ours, was changed, or is over. */
  userOf(token: string): User | undefined;
}

/** A role that is taken away holds no longer than this. */
const lastsSeconds = 3600;
/** Tokens that are looked at once: what is checked again is only whether they are over. */
const remembered = 1000;

const claims = z.object({ sub: z.uuid(), name: z.string(), role: z.enum(roles) });

export function makeTokens(key: string, issuer: string): Tokens {
  const sign = createSigner({ key, algorithm: "HS256", iss: issuer, expiresIn: lastsSeconds * 1000 });
  const verify = createVerifier({
    key,
    algorithms: ["HS256"],
    allowedIss: issuer,
    requiredClaims: ["exp", "sub"],
    cache: remembered,
    // Never: with the default, -1, what is over by a clock that is ahead stays so until then, after it was set right.
    errorCacheTTL: () => Number.NEGATIVE_INFINITY,
  });
  return {
    make: ({ id, name, role }) => ({
      token: sign({ sub: id, name, role }),
      expiresAt: new Date(Date.now() + lastsSeconds * 1000),
    }),
    userOf: (token) => {
      try {
        const { sub, name, role } = claims.parse(verify(token));
        return { id: sub, name, role };
      } catch {
        return undefined;
      }
    },
  };
}
