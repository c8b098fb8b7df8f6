import { z } from "zod";
import { type Backtest, backtestStates } from "../../domain/backtest.ts";
import { notFound } from "../refusal.ts";
import type { Server, Trading } from "../services.ts";
import { userOf } from "./auth.ts";
import { scopeOf, symbol } from "./orders.ts";
import { idParameter, paging } from "./paging.ts";

const tags = ["backtests"];
const config = { access: "trader" } as const;

const request = z
  .strictObject({
    symbol,
    /** Days of the moving averages. */
    fast: z.int().min(1).max(500),
    slow: z.int().min(2).max(1000),
    days: z.int().min(10).max(10_000),
  })
  .refine(({ fast, slow, days }) => fast < slow && slow < days, {
    error: "fast must be below slow, and slow below days",
  });

const backtest = z.object({
  id: z.uuid(),
  state: z.enum(backtestStates),
  symbol: z.string(),
  fast: z.int(),
  slow: z.int(),
  days: z.int(),
  result: z
    .object({
      return_percent: z.number(),
      drawdown_percent: z.number(),
      trades: z.int(),
      hold_percent: z.number(),
    })
    .exactOptional(),
  reason: z.string().exactOptional(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});

export function backtestRoutes(app: Server, { backtests, queue, log }: Trading): void {
  app.post(
    "/backtests",
    { config, schema: { summary: "Queue a backtest", tags, body: request, response: { 202: backtest } } },
    async ({ body, context }, reply) => {
      const added = await backtests.add(userOf(context).id, body);
      try {
        await queue.add(added.id, context.correlationId);
      } catch (error) {
        await backtests.remove(added.id);
        throw error;
      }
      log.at.info({ event: "backtest_queued", backtest_id: added.id }, "backtest queued");
      return reply.status(202).send(written(added));
    },
  );
  app.get(
    "/backtests",
    {
      config,
      schema: {
        summary: "The newest first",
        tags,
        querystring: paging,
        response: { 200: z.object({ backtests: z.array(backtest) }) },
      },
    },
    async ({ query, context }) => ({ backtests: (await backtests.list(query, scopeOf(context))).map(written) }),
  );
  app.get(
    "/backtests/:id",
    {
      config,
      schema: { summary: "One backtest, with its result", tags, params: idParameter, response: { 200: backtest } },
    },
    async ({ params: { id }, context }) => {
      const found = await backtests.find(id, scopeOf(context));
      if (found === undefined) throw notFound("backtest");
      return written(found);
    },
  );
}

const written = ({ id, state, symbol, fast, slow, days, result, reason, createdAt, updatedAt }: Backtest) => ({
  ...{ id, state, symbol, fast, slow, days },
  ...(result === undefined
    ? {}
    : {
        result: {
          return_percent: result.returnPercent,
          drawdown_percent: result.drawdownPercent,
          trades: result.trades,
          hold_percent: result.holdPercent,
        },
      }),
  ...(reason === undefined ? {} : { reason }),
  created_at: createdAt.toISOString(),
  updated_at: updatedAt.toISOString(),
});
