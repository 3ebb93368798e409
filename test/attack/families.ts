import type { Family } from "./attack.ts";
import { OVERSIZED, SPECS } from "./files.ts";
import { injection } from "./injection.ts";
import { GIT, SANDBOX } from "./machine.ts";
import { MARKUP } from "./markup.ts";
import { PATHS } from "./paths.ts";
import { COMMANDS, HIDDEN, SECRET_TEXTS } from "./text.ts";

/** The ten families. `command`: which phases the obedient model works. */
export const families = (command: readonly string[]): readonly Family[] => [
  injection(command),
  MARKUP,
  PATHS,
  SECRET_TEXTS,
  COMMANDS,
  OVERSIZED,
  SANDBOX,
  SPECS,
  GIT,
  HIDDEN,
];
