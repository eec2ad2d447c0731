/** A moment as the browser's own date and time field writes it, in local time. Pure but for the zone. */
export const fromLocal = (text: string): string | null => {
  const time = new Date(text);
  return text === '' || Number.isNaN(time.getTime()) ? null : time.toISOString();
};

export const toLocal = (iso: string): string => {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return '';
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};
