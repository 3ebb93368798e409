import { cacheCompiledCode } from "../process/cache-compiled-code.ts";

// Before anything large is loaded.
cacheCompiledCode(process.env);
const { start } = await import("./start.ts");
await start();
