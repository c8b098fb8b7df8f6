import { expect, test } from "vitest";
import { connectionProblem, daemonsWords, statusOf } from "./errors.ts";

const address = { text: "unix:///run/docker.sock", socket: "/run/docker.sock", options: {} };
const failed = (code: string) => Object.assign(new Error(`connect ${code}`), { code });

test("no daemon, and no right to use it, are told apart, each with a way out", () => {
  expect(connectionProblem(failed("ENOENT"), address)).toMatch(/no Docker daemon answers at unix:.*start it/);
  expect(connectionProblem(failed("ECONNREFUSED"), address)).toMatch(/no Docker daemon answers/);
  expect(connectionProblem(failed("EACCES"), address)).toMatch(
    /no right to use .*\/run\/docker.sock.*usermod -aG docker/,
  );
});

test("a refusal of the daemon is none of them, and is told in its own words", () => {
  const refusal = Object.assign(new Error('(HTTP code 409) conflict - {"message":"x"} '), {
    statusCode: 409,
    json: { message: "name is in use\n" },
  });
  expect(connectionProblem(refusal, address)).toBeUndefined();
  expect(statusOf(refusal)).toBe(409);
  expect(daemonsWords(refusal)).toBe("name is in use");
  expect(daemonsWords(new Error(" plain "))).toBe("plain");
});
