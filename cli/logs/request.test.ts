import { expect, test } from "vitest";
import { UserError } from "../console/error.ts";
import { queryOf, readRequest } from "./request.ts";

const components = ["backend", "gateway", "worker"];

test("everything that is wrong is told at once, with what is allowed", () => {
  const typed = { component: "bakend", correlationId: 'x"} or {a="b', since: "soon", level: "loud" };
  const refusal = (): unknown => readRequest(typed, components);
  expect(refusal).toThrow(UserError);
  expect(refusal).toThrow(
    [
      'there is no component "bakend"; did you mean backend? there are backend, gateway, worker',
      `--correlation-id is "x"} or {a="b"; it must be 8 to 64 letters, digits, - and _`,
      '--since is "soon"; it must be a time like 30s, 10m or 2h',
      '--level is "loud"; it must be one of debug, info, warning, error',
    ].join("\n"),
  );
});

test("a component that is like none is told with those that there are", () => {
  expect(() => readRequest({ component: "x" }, components)).toThrow(
    /^there is no component "x"; there are backend, gateway, worker$/,
  );
});

test.each([
  ["0s", "no time at all"],
  ["-5m", "a negative time"],
  ["1h; rm", "more than a time"],
  ["", "nothing"],
])("--since %j is refused: %s", (since) => {
  expect(() => readRequest({ since }, components)).toThrow("--since");
});

test("the query asks the stack's lines for the component, the level and above, and the id", () => {
  const query = (typed: Parameters<typeof readRequest>[0]) => queryOf("dev", readRequest(typed, components));
  expect(query({})).toBe('{stack="dev"}');
  expect(query({ component: "gateway" })).toBe('{stack="dev",service="gateway"}');
  expect(query({ level: "warning" })).toBe('{stack="dev",level=~"WARNING|ERROR|CRITICAL"}');
  expect(query({ level: "ERROR", component: "worker", correlationId: "c0ffee00-1" })).toBe(
    '{stack="dev",service="worker",level=~"ERROR|CRITICAL"} |= "c0ffee00-1"',
  );
});
