import { cacheCompiledCode } from "../process/cache-compiled-code.ts";

// The entry of `casebook simulate`: the command line with one more command. Nothing else of Casebook imports the simulator.
cacheCompiledCode(process.env);
const { start } = await import("../cli/start.ts");
await start({
  simulate: async (options, io) => (await import("./simulate.ts")).simulateCommand(options, io),
});
