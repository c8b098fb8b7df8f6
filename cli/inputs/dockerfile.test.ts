import { describe, expect, test } from "vitest";
import { dockerfileInputs } from "./dockerfile.ts";

const inputs = (...lines: readonly string[]) => dockerfileInputs(lines.join("\n"), "services/shop/Dockerfile");

describe("what an image is made of", () => {
  test("its bases, and the files that it takes; neither stages nor what is copied between them", () => {
    expect(
      inputs(
        "FROM node:24-alpine AS Packages",
        "COPY --chown=1:1 package.json package-lock.json ./",
        "FROM --platform=linux/amd64 scratch",
        "COPY --from=packages /app/node_modules node_modules",
        "COPY --from=0 /a /b",
        "COPY --from=docker.io/library/busybox:1.37 /bin/sh /bin/sh",
        "ADD assets.tar /assets",
      ),
    ).toEqual({
      bases: ["node:24-alpine", "docker.io/library/busybox:1.37"],
      sources: ["package.json", "package-lock.json", "assets.tar"],
    });
  });

  test("however it is written: case, long lines, comments between them, JSON, texts in the file itself, the frontend that reads it", () => {
    expect(
      inputs(
        "# syntax=docker/dockerfile:1",
        "from node:24@sha256:aa",
        "copy a \\",
        "  # COPY nothing",
        "  b /c/",
        'COPY ["with space", "/d"]',
        "COPY <<EOF e /f",
        "COPY nothing either",
        "EOF",
        "RUN <<'END' cat",
        "COPY x y",
        "END",
        "RUN echo 'COPY x y' <<< COPY",
      ),
    ).toEqual({
      bases: ["docker/dockerfile:1", "node:24@sha256:aa"],
      sources: ["a", "b", "with space", "e"],
    });
  });

  test("what a RUN has mounted", () => {
    expect(
      inputs(
        "FROM node:24",
        "RUN --mount=type=cache,target=/root/.npm --mount=type=bind,source=package.json,target=/p npm ci",
        "RUN --mount=target=/all ls",
        "RUN --mount=from=tools:1,target=/tools --mount=type=secret,id=token ls",
      ),
    ).toEqual({ bases: ["node:24", "tools:1"], sources: ["package.json", "."] });
  });
});

test.each([
  ["FROM node:$VERSION", /^services\/shop\/Dockerfile:2: .* node:\$VERSION has a variable in it: write it out$/],
  ["COPY $WHAT /x", /\$WHAT has a variable in it/],
  ["ADD https://example.com/x /x", /https:\/\/example\.com\/x is fetched by each build anew: let a RUN fetch it/],
  ["ADD git@example.com:x/y.git /x", /is fetched by each build anew/],
])("what cannot be told is refused, and its line named: %s", (line, message) => {
  expect(() => inputs("FROM node:24", line)).toThrow(message);
});
