import { COPY } from "../places.ts";
import { runProgram, type Workshop } from "./run-program.ts";

/**
 * How to ask each language and test runner for its version, in the words of a shell. The first version number of what it
 * prints counts; one that fails is not there. A Java machine and .NET take a second each, so they are asked side by side.
 */
const QUESTIONS: Readonly<Record<string, string>> = {
  python3: "python3 --version",
  pytest: "python3 -m pytest --version",
  node: "node --version",
  jest: binary("jest"),
  vitest: binary("vitest"),
  mocha: binary("mocha"),
  tap: binary("tap"),
  ava: binary("ava"),
  go: "go version",
  cargo: "cargo --version",
  java: "java -version",
  mvn: "mvn --version",
  cmake: "cmake --version",
  ctest: "ctest --version",
  ruby: "ruby --version",
  php: "php --version",
  dotnet: "dotnet --version",
};

const SECONDS = 60;

function binary(name: string): string {
  return `test -e ${COPY}/node_modules/.bin/${name} && ${COPY}/node_modules/.bin/${name} --version`;
}

/** Name and version of what is found inside. Asked in the sandbox: they are programs like any other. */
export async function findToolchains(workshop: Workshop): Promise<ReadonlyMap<string, string>> {
  const script = Object.entries(QUESTIONS)
    .map(([name, question]) => `(answer=$( (${question}) 2>&1 </dev/null) && echo ${name} $answer) &`)
    .join("\n");
  const { output } = await runProgram(
    workshop,
    { changes: new Map(), command: ["/bin/sh", "-c", `${script}\nwait`], limits: { seconds: SECONDS } },
    AbortSignal.timeout((SECONDS + 10) * 1000),
  );
  const found = new Map<string, string>();
  for (const name of Object.keys(QUESTIONS)) {
    const line = output.split("\n").find((line) => line.startsWith(`${name} `));
    const version = /\d+(?:\.\d+)+/.exec(line?.slice(name.length) ?? "")?.[0];
    if (version !== undefined) found.set(name, version);
  }
  return found;
}
