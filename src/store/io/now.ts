/** Milliseconds since 1970 by the database's clock, moving on within a transaction. */
export const NOW = "(extract(epoch FROM clock_timestamp()) * 1000)::float8";
