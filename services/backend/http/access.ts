import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import fp from "fastify-plugin";
import type { Role } from "../observability/context.ts";
import { Refusal } from "./refusal.ts";
import type { Tokens } from "./tokens.ts";

/**
 * Who may use a route: everybody, who is logged in (an admin may do what a trader may), or Alertmanager. `internal`
 * routes are everybody's too, but the gateway lets nobody in from outside (components/application/gateway-config.ts).
 */
export type Access = "public" | "internal" | Role | "alertmanager";

declare module "fastify" {
  interface FastifyContextConfig {
    access?: Access;
  }
}

interface AccessOptions {
  readonly tokens: Tokens;
  readonly alertWebhookToken: string;
}

/** Lets in who may, before a body is read. A route that says nothing of its access is refused when it is added. */
export const accessControl = fp<AccessOptions>(async (app, { tokens, alertWebhookToken }) => {
  app.addHook("onRoute", ({ config, url }) => {
    if (config?.access === undefined) throw new Error(`route ${url} does not say who has access`);
  });
  app.addHook("onRequest", (request, _reply, done) => {
    const access = request.routeOptions.config.access ?? "public";
    switch (access) {
      case "public":
      case "internal":
        done();
        return;
      case "alertmanager":
        done(isSecret(bearerOf(request), alertWebhookToken) ? undefined : unauthorized());
        return;
      default:
        done(identify(request, access, tokens));
    }
  });
});

/** Says who the user is, or answers why not. */
function identify(request: FastifyRequest, role: Role, tokens: Tokens): Refusal | undefined {
  const user = tokens.userOf(bearerOf(request));
  if (user === undefined) return unauthorized();
  request.context = { ...request.context, user };
  return role === "admin" && user.role !== "admin" ? new Refusal(403, "only an admin may do this") : undefined;
}

const unauthorized = (): Refusal =>
  new Refusal(401, "log in at /api/v1/auth/login and send its token: Authorization: Bearer <token>", {
    "www-authenticate": "Bearer",
  });

function bearerOf({ headers: { authorization = "" } }: FastifyRequest): string {
  const [, token = ""] = /^Bearer ([\w.~+/=-]+)$/i.exec(authorization) ?? [];
  return token;
}

/** In a time that tells nothing of how much is right. */
const isSecret = (said: string, secret: string): boolean => timingSafeEqual(digest(said), digest(secret));
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
