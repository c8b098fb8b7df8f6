/** What a table shows, before it is made of elements. */
export interface Cell {
  readonly text: string;
  /** Colours it; the text says the same. */
  readonly state?: string;
  readonly button?: { readonly text: string; readonly label: string; readonly press: () => void };
}

export interface Row {
  readonly id: string;
  readonly cells: readonly Cell[];
}

/** In the words of whoever looks. */
export const time = (iso: string): string => new Date(iso).toLocaleTimeString();
