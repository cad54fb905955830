/** A UUIDv7: the time in milliseconds, then 74 random bits, so that ids made later sort later and no two processes make the same. */
export function callId(at: number = Date.now()): string {
  const time = Math.max(0, Math.floor(at)).toString(16).padStart(12, "0");
  // The random half of a UUIDv4 is that of a UUIDv7, and the platform makes those faster than anyone here could.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}
