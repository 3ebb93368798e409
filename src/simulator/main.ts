import { start } from "../cli/start.ts";

// The entry of `casebook simulate`: the command line with one more command. Nothing else of Casebook imports the simulator.
await start({
  simulate: async (options, io) => (await import("./simulate.ts")).simulateCommand(options, io),
});
