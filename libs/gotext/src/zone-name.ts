/** Where English names no abbreviation, or another than the time zone database: the abbreviations that Go shows. */
const names: Readonly<Record<string, string>> = {
  ...of("MST", "America/Dawson America/Hermosillo America/Mazatlan America/Whitehorse"),
  ...of("EAT", "Africa/Addis_Ababa Africa/Asmera Africa/Dar_es_Salaam Africa/Djibouti Africa/Kampala Africa/Mogadishu"),
  ...of("EAT", "Africa/Nairobi Indian/Antananarivo Indian/Comoro Indian/Mayotte"),
  ...of("IST", "Asia/Calcutta Asia/Kolkata"),
  ...of("CST", "Asia/Macau Asia/Shanghai Asia/Taipei"),
  ...of("KST", "Asia/Pyongyang Asia/Seoul"),
  ...of("MSK", "Europe/Kirov Europe/Moscow Europe/Simferopol Europe/Volgograd"),
  ...of("ChST", "Pacific/Guam Pacific/Saipan"),
  ...of("SST", "Pacific/Midway Pacific/Pago_Pago"),
  ...{ "Asia/Tokyo": "JST", "Asia/Hong_Kong": "HKT", "Asia/Karachi": "PKT", "Asia/Manila": "PST" },
  ...{ "Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT" },
  ...{ "Asia/Dubai": "+04", "Asia/Muscat": "+04", "Antarctica/Casey": "+08", "Australia/Eucla": "+0845" },
  ...{ "Asia/Jerusalem+0200": "IST", "Asia/Jerusalem+0300": "IDT", "Europe/Dublin+0100": "IST" },
  ...{ "America/Adak-1000": "HST", "America/Adak-0900": "HDT" },
  ...{ "America/Havana-0500": "CST", "America/Havana-0400": "CDT" },
  ...{ "America/St_Johns-0330": "NST", "America/St_Johns-0230": "NDT" },
  ...{ "Australia/Lord_Howe+1030": "+1030", "Australia/Lord_Howe+1100": "+11", "Antarctica/Troll+0000": "+00" },
};

/** Each of these countries has words for zones that the others have not. */
const locales = ["en-US", "en-GB", "en-AU", "en-ZA"];

const known = new Map<string, string>();
const maxKnown = 4096;

function of(name: string, zones: string): Record<string, string> {
  return Object.fromEntries(zones.split(" ").map((zone) => [zone, name]));
}

/**
 * What the time zone database calls a zone while it is so many seconds ahead of UTC: `CEST`, or `+04` where there is no abbreviation that
 * anybody uses.
 */
export function zoneName(epochMs: number, zone: string, offsetSeconds: number): string {
  const size = Math.abs(Math.round(offsetSeconds / 60));
  const [hours, minutes] = [Math.floor(size / 60), size % 60].map((part) => String(part).padStart(2, "0"));
  const offset = `${offsetSeconds < 0 ? "-" : "+"}${hours}${minutes}`;
  const own = names[`${zone}${offset}`] ?? names[zone];
  if (own !== undefined) return own;
  const key = `${zone}${offset}`;
  const found = known.get(key) ?? inEnglish(epochMs, zone) ?? offset.replace(/00$/, "");
  if (known.size < maxKnown) known.set(key, found);
  return found;
}

function inEnglish(epochMs: number, zone: string): string | undefined {
  for (const locale of locales) {
    const parts = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: "short" }).formatToParts(epochMs);
    const name = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
    if (/^[A-Z]+$/.test(name)) return name;
  }
  return undefined;
}
