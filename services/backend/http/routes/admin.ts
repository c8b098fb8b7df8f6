import { z } from "zod";
import { logLevels } from "../../configuration.ts";
import { hashPassword } from "../../domain/password.ts";
import { roles } from "../../observability/context.ts";
import { Refusal } from "../refusal.ts";
import type { Server, Trading } from "../services.ts";

const tags = ["administration"];
const config = { access: "admin" } as const;
const user = z.object({ id: z.uuid(), name: z.string(), role: z.enum(roles) });
const level = z.enum(logLevels);

export function adminRoutes(app: Server, { users, controls, log }: Trading): void {
  app.get(
    "/admin/users",
    { config, schema: { summary: "All users", tags, response: { 200: z.object({ users: z.array(user) }) } } },
    async () => ({ users: [...(await users.list())] }),
  );
  app.post(
    "/admin/users",
    {
      config,
      schema: {
        summary: "Add a user",
        tags,
        body: z.strictObject({
          name: z.string().regex(/^[a-z][a-z0-9_.-]{1,63}$/, { error: "must be 2 to 64 of a-z 0-9 _ . -" }),
          // As ADMIN_PASSWORD.
          password: z.string().min(12).max(256),
          role: z.enum(roles),
        }),
        response: { 201: user },
      },
    },
    async ({ body: { name, password, role } }, reply) => {
      const added = await users.add(name, await hashPassword(password), role);
      if (added === undefined) throw new Refusal(409, "there is a user of this name");
      log.always.info({ event: "user_added", audit: true, name, role }, "user added");
      return reply.status(201).send(added);
    },
  );
  app.get(
    "/admin/log-level",
    { config, schema: { summary: "Of this instance", tags, response: { 200: z.object({ level }) } } },
    async () => ({ level: log.level() }),
  );
  app.put(
    "/admin/log-level",
    {
      config,
      schema: {
        summary: "Change every instance's log level for an hour; null sets it back",
        tags,
        body: z.strictObject({ level: level.nullable() }),
        response: { 202: z.object({ level: level.nullable() }) },
      },
    },
    async ({ body }, reply) => {
      await controls.setLogLevel(body.level ?? undefined);
      log.always.info({ event: "log_level_changed", audit: true, to: body.level ?? "configured" }, "log level changed");
      return reply.status(202).send(body);
    },
  );
}
