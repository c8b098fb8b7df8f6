/** What brings an image that could neither be pulled nor be built: the end of every message that names one. */
export const waysToBring =
  "it comes where Docker reaches a registry that has it (trading-platform:images.registry names a mirror), or after `docker load` of it";
