import { flushCompileCache } from "node:module";
import { READING_COMMANDS } from "./reading-commands.ts";

// A process that loads what readers load and reads nothing, so that Node keeps the compiled form (`research/reader-code.ts`).
await Promise.all([
  ...Object.values(READING_COMMANDS).map((load) => load()),
  import("../research/serve-tasks.ts"),
  import("../research/tasks.ts"),
  import("../research/ask-task.ts"),
  import("../research/test-change.ts"),
  import("../research/workbench.ts"),
]);
flushCompileCache();
process.exit();
