import { z } from "zod";

/** Of lists, the newest first: the next page begins after the last entry of this one. */
export const paging = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  before: z.uuid().exactOptional(),
});

export const idParameter = z.object({ id: z.uuid() });
