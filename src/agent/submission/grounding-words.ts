/** Lists of words for `grounding`: what a sentence may hold without being asked where it is from, and what not. */

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== "");

/** Words about who and how many are touched, and how often: nobody knows that from code. */
export const SCALE: ReadonlySet<string> = new Set(
  words(
    `users userbase customers clients companies businesses organizations organisations teams enterprises subscribers
     visitors tenants downloads installations deployments production outage outages incident incidents revenue people
     persons everyone everybody audience adoption popular popularity widely worldwide globally
     dozen dozens hundred hundreds thousand thousands million millions billion billions percent percentage majority
     minority widespread frequently often rarely seldom usually commonly regularly daily weekly monthly hourly yearly
     annually benchmark benchmarks constantly intermittently sporadically`,
  ),
);

const TENS = ["twenty", "thirty", "forty", "fourty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/** Words for numbers that are too large to be counted at a glance. Up to twelve a sentence may count for itself. */
export const WORD_NUMBERS: ReadonlyMap<string, number> = new Map([
  ...words("thirteen fourteen fifteen sixteen seventeen eighteen nineteen").map(
    (word, i): [string, number] => [word, i + 13],
  ),
  ...TENS.map((word, i): [string, number] => [word, [20, 30, 40, 40, 50, 60, 70, 80, 90][i]!]),
  ["twentyfold", 20],
  ["zero", 0],
]);

/** Counted at a glance, unless a unit makes a measurement of them: `five seconds`. */
export const SMALL_NUMBERS: ReadonlyMap<string, number> = new Map(
  words("one two three four five six seven eight nine ten eleven twelve").map((word, i): [string, number] => [
    word,
    i + 1,
  ]),
);

/** Units by how they are written. */
export const UNITS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    percent: "% percent pct per-cent",
    millisecond: "ms msec millisecond milliseconds",
    microsecond: "µs us microsecond microseconds",
    second: "s sec secs second seconds",
    minute: "min mins minute minutes",
    hour: "h hr hrs hour hours",
    day: "day days week weeks month months year years",
    kilobyte: "kb kib kilobyte kilobytes",
    megabyte: "mb mib megabyte megabytes",
    gigabyte: "gb gib gigabyte gigabytes tb tib",
    thousand: "k thousand",
    million: "m million mio",
    billion: "bn billion",
    fold: "x fold-fold",
    money: "usd eur dollars dollar euros euro",
  }).flatMap(([unit, signs]) => words(signs).map((sign): [string, string] => [sign, unit])),
);

/** What Casebook itself counts: a number of these may be the number of hits. */
export const COUNTED: ReadonlySet<string> = new Set(
  words(
    `hits hit places place callers caller lines line files file uses use usages matches match occurrences occurrence calls
     call sites site references reference tests test functions function methods method classes imports importers modules
     definitions`,
  ),
);

/** Words with digits that belong to no number: `utf-8`, `sha256`, `Python3`. Those with a version need it in the evidence. */
export const VERSIONED =
  /^(?:utf-?(?:8|16|32)|latin-?1|base(?:32|64)|ipv[46]|x86(?:-64)?|md5|sha-?(?:1|256|512)|int(?:8|16|32|64)|uint(?:8|16|32|64)|float(?:32|64)|es(?:5|6|20\d\d)|http\/?[123](?:\.[01])?|[A-Za-z]{2,}\d+|v\d[\w.]*)$/i;

/** Capitalised words and acronyms that name nothing in particular. */
export const ENGLISH_NAMES: ReadonlySet<string> = new Set(
  words(
    `json http https url urls uri api apis cpu io os utc sql html css xml yaml toml csv utf ascii tcp udp dns tls ssl gil
     unicode posix ide cli gui crud orm sdk jwt uuid guid id ids ram gc ast dom regex crlf lf cr eof bom null nan true
     false none not and or both english git markdown i'd monday tuesday wednesday thursday friday saturday sunday boolean
     string array map set list dict object error exception todo fixme readme raii rpc ci pr prs mime cors csrf xss rest
     only all any each every never always no yes must may`,
  ),
);

/**
 * Parts of systems that a model likes to see where there are none, said in plain words. By their beginning: `cache` is also
 * `caching`'s, `cached`'s and `caches`'.
 */
export const PARTS_OF_SYSTEMS =
  /^(?:schedul|cron|cach|databas|queue|broker|proxy|proxies|gateway|balancer|session|cookie|smtp|e-?mails?$|mail|newsletter|backend|frontend|browser|mobile|webhook|dashboard|admin|ticket|support$|pipeline|container|cluster|cloud|bucket|plugins?$|kernel|gpu|microservice|middleware|firewall|daemon|superclass|subclass|parent$|replica|shard|telemetry|metric|alert|audit|billing|payment|invoice|platform|night|conflict|hot$|deprecat|performance|latency|throughput)/i;

/** Products that a model likes to see where there are none; also at the beginning of a sentence. */
export const PRODUCTS: ReadonlySet<string> = new Set(
  words(
    `redis memcached kafka rabbitmq postgres postgresql mysql mariadb mongodb sqlite cassandra dynamodb elasticsearch
     kubernetes docker nginx apache haproxy envoy istio terraform ansible aws azure gcp lambda cloudflare heroku vercel
     stripe paypal salesforce sentry datadog grafana prometheus django flask fastapi celery rails spring hibernate
     express react angular vue svelte webpack graphql firebase supabase oracle jenkins okta auth0 snowflake spark hadoop`,
  ),
);
