import type { Cell, Row } from "./rows.ts";

/** An element that index.html has. */
export function element<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`the page has no ${kind.name} with the id ${id}`);
}

/** Shows rows; those that have not changed stay, so that the focus does not leave a button. */
export function showRows(body: HTMLElement, rows: readonly Row[]): void {
  const known = new Map(Array.from(body.children, (row) => [row.id, row]));
  body.replaceChildren(
    ...rows.map(({ id, cells }) => {
      const content = JSON.stringify(cells);
      const present = known.get(id);
      if (present instanceof HTMLElement && present.dataset.content === content) return present;
      const row = document.createElement("tr");
      row.id = id;
      row.dataset.content = content;
      row.append(...cells.map(cellOf));
      return row;
    }),
  );
}

function cellOf({ text, state, button }: Cell): HTMLElement {
  const cell = document.createElement("td");
  cell.textContent = text;
  if (state !== undefined) cell.dataset.state = state;
  if (button !== undefined) {
    const pressed = document.createElement("button");
    pressed.type = "button";
    pressed.textContent = button.text;
    pressed.ariaLabel = button.label;
    pressed.addEventListener("click", button.press);
    cell.append(pressed);
  }
  return cell;
}

/** What a form's fields say, by name; an empty field is not there. */
export function fieldsOf(form: HTMLFormElement): Readonly<Record<string, string>> {
  const entries = Array.from(new FormData(form), ([name, value]) => [name, String(value)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== ""));
}

/** While a form's request is under way its button cannot be pressed again. */
export function onSubmit(form: HTMLFormElement, send: () => Promise<void>): void {
  const button = form.querySelector("button");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button?.ariaDisabled === "true") return;
    // Not `disabled`, which would take the focus away.
    if (button) button.ariaDisabled = "true";
    await send().finally(() => {
      if (button) button.ariaDisabled = null;
    });
  });
}

/** Asks again and again, and not while nobody looks. `ask` answers the milliseconds until the next time. */
export function repeat(ask: () => Promise<number>): { readonly now: () => void; readonly stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let turn = 0;
  const now = async (): Promise<void> => {
    clearTimeout(timer);
    const mine = ++turn;
    const pause = await ask();
    if (mine === turn) timer = setTimeout(() => void (document.hidden ? whenSeen(mine) : now()), pause);
  };
  const whenSeen = (mine: number): void =>
    document.addEventListener("visibilitychange", () => void (mine === turn && now()), { once: true });
  return {
    now: () => void now(),
    stop: () => {
      turn++;
      clearTimeout(timer);
    },
  };
}
