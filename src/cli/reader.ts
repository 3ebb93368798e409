import { serveTasks } from "../research/serve-tasks.ts";
import { runHere } from "./in-reader.ts";
import { READING_COMMANDS } from "./reading-commands.ts";

// A process of its own for the part of one command that reads foreign text. It holds no secret and reaches nothing but the one repository.
await serveTasks(async (task, { say, signal }) => {
  if (task.kind !== "command") throw new Error(`there is no ${task.kind} here`);
  const { command, given, options, columns } = task.request;
  if (!Object.hasOwn(READING_COMMANDS, command)) throw new Error(`there is no command ${command}`);
  const ran = await runHere(
    command as keyof typeof READING_COMMANDS,
    { given, options },
    {
      cwd: process.cwd(),
      env: process.env,
      signal,
      step: (step) => say({ kind: "step", step }),
      ...(columns === undefined ? {} : { columns }),
    },
  );
  return { kind: "ran", ran };
});
