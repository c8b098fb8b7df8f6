/** One line of JSON an event, with the field names of the platform's other services. */
export type Log = (level: "INFO" | "ERROR", event: string, detail?: unknown) => void;

/** Also at production's WARNING: a backup speaks seldom, and each of its lines is wanted. */
export const log: Log = (level, event, detail) => {
  const timestamp = new Date().toISOString();
  const fields =
    detail instanceof Error
      ? { reason: detail.message, ...(detail.name === "BackupError" ? {} : { exception: detail.stack }) }
      : typeof detail === "object"
        ? detail
        : {};
  const line = { level, timestamp, service: "backup", event, ...fields, message: event.replaceAll("_", " ") };
  process.stdout.write(`${JSON.stringify(line)}\n`);
};
