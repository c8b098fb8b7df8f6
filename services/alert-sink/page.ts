import type { Message } from "./messages.ts";
import { channels } from "./received.ts";

const style = `body{font:15px/1.4 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1d2126}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.35rem .6rem;border-top:1px solid #ddd}
.firing{color:#b3261e}.resolved{color:#2a7d2e}.refused{color:#8a5a00}pre{white-space:pre-wrap;max-width:50rem}nav a{margin-right:.8rem}`;

/** What would have been sent, the newest first; looks again by itself. */
export const page = (messages: readonly Message[]): string => `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="5"><title>Alerts of this stack</title><style>${style}</style></head>
<body><h1>Alerts of this stack</h1>
<p>What a stack with real receivers would have sent. Kept in memory only, the newest of each channel.</p>
<nav><a href="/">all</a>${channels.map((channel) => `<a href="/?channel=${channel}">${channel}</a>`).join("")}<a href="/messages">JSON</a></nav>
${messages.length === 0 ? "<p>Nothing has come.</p>" : `<table><tr><th>time (UTC)</th><th>channel</th><th>alerts</th><th>message</th></tr>${messages.toReversed().map(row).join("")}</table>`}
</body></html>
`;

function row({ at, channel, status, state, firing, resolved, title, message }: Message): string {
  const names = [...firing, ...resolved.map((name) => `${name} resolved`)].join(", ");
  const content =
    message === undefined
      ? `answered ${status}`
      : `<details><summary>${escaped(title)}</summary><pre>${escaped(JSON.stringify(message, undefined, 2))}</pre></details>`;
  return `<tr class="${message === undefined ? "refused" : (state ?? "")}"><td>${at.slice(0, 19).replace("T", " ")}</td><td>${channel}</td><td>${escaped(names)}</td><td>${content}</td></tr>`;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (each) => entities[each] ?? each);
