import { spawn } from "node:child_process";

/** The small process of `start-small.mjs`: it gets three pipes and what to start with them. */
const pipes = new Map();
/** Git starts as a child of the process that names itself, which is this one here. */
const parent = String(process.ppid);
const own = String(process.pid);

process.on("message", ({ id, task }, pipe) => {
  const stdio = [...(pipes.get(id) ?? []), pipe];
  pipes.set(id, stdio);
  if (task === undefined) return;
  pipes.delete(id);
  const args = task.args.map((argument) => (argument === parent ? own : argument));
  const child = spawn(task.command, args, {
    cwd: task.cwd,
    env: task.env,
    detached: task.detached,
    stdio,
  });
  for (const end of stdio) end.close();
  if (child.pid !== undefined) process.send({ id, pid: child.pid });
  child.on("error", ({ message, code, errno, syscall, path }) =>
    process.send({ id, error: { message, code, errno, syscall, path } }),
  );
  child.on("exit", (...end) => process.send({ id, end }));
});
process.on("disconnect", () => process.exit());
