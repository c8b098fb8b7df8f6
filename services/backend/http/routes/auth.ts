import { z } from "zod";
import { logEvents } from "../../../../components/application/telemetry.ts";
import { isPassword } from "../../domain/password.ts";
import { roles } from "../../observability/context.ts";
import { Refusal } from "../refusal.ts";
import type { Server, Trading } from "../services.ts";

const tags = ["login"];
/** Attempts a minute from one address: a person mistypes, a program guesses. */
const attempts = { max: 10, timeWindow: "1 minute" };

const user = z.object({ id: z.uuid(), name: z.string(), role: z.enum(roles) });

export function authRoutes(app: Server, { users, tokens, log, metrics }: Trading): void {
  app.post(
    "/auth/login",
    {
      config: { access: "public", rateLimit: { ...attempts, keyGenerator: ({ ip }) => ip } },
      schema: {
        summary: "A token for a name and a password",
        tags,
        body: z.strictObject({ username: z.string().min(1).max(64), password: z.string().min(1).max(256) }),
        response: { 200: z.object({ token: z.string(), expires_at: z.iso.datetime(), user }) },
      },
    },
    async ({ body: { username, password }, ip }) => {
      const found = await users.find(username);
      if (!(await isPassword(password, found?.passwordHash)) || found === undefined) {
        metrics.logins.inc({ outcome: "refused" });
        const fields = { event: logEvents.loginFailed, audit: true, name: username, client: ip };
        log.always.warn(fields, "login refused");
        throw new Refusal(401, "name or password is wrong");
      }
      const { passwordHash: _, ...known } = found;
      metrics.logins.inc({ outcome: "accepted" });
      log.always.info({ event: "login", audit: true, name: known.name, client: ip }, "logged in");
      const { token, expiresAt } = tokens.make(known);
      return { token, expires_at: expiresAt.toISOString(), user: known };
    },
  );
  app.get(
    "/auth/me",
    { config: { access: "trader" }, schema: { summary: "Who is logged in", tags, response: { 200: user } } },
    async ({ context }) => userOf(context),
  );
}

/** Of a route that lets nobody else in. */
export function userOf({ user: known }: { readonly user?: z.infer<typeof user> }): z.infer<typeof user> {
  if (known === undefined) throw new Error("a route for users was reached by nobody");
  return known;
}
