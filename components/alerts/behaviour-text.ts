/** A number as `{{ printf "%.1f" $value }}` writes it. */
export const oneDecimal = (value: number): string => value.toFixed(1);

/** A time as `{{ $value | humanizeDuration }}` writes it (prometheus.io, "Template reference"). */
export function humanizedDuration(seconds: number): string {
  if (seconds < 1) return `${Number((seconds * 1000).toPrecision(4))}ms`;
  if (seconds < 60) return `${Number(seconds.toPrecision(4))}s`;
  const whole = Math.floor(seconds);
  const [days, hours, minutes, rest] = [whole / 86_400, (whole / 3600) % 24, (whole / 60) % 60, whole % 60].map(
    Math.floor,
  );
  if (days) return `${days}d ${hours}h ${minutes}m ${rest}s`;
  return hours ? `${hours}h ${minutes}m ${rest}s` : `${minutes}m ${rest}s`;
}
