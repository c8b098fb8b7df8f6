/** Loaded into a command before it begins (`node --import`): what it asks of ghcr.io, a stand-in answers. */
const { GHCR_STAND_IN = "" } = process.env;
const real = globalThis.fetch;
globalThis.fetch = (input, init) =>
  real(input instanceof Request ? input : String(input).replace(/^https:\/\/ghcr\.io\//, `${GHCR_STAND_IN}/`), init);
