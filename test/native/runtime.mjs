import { createRequire, enableCompileCache, registerHooks } from "node:module";
import { pathToFileURL } from "node:url";
import { setGlobals } from "./globals.mjs";
import { startGitFromSmallProcess } from "./start-small.mjs";

const require = createRequire(import.meta.url);
enableCompileCache(process.env["NODE_COMPILE_CACHE"]);
startGitFromSmallProcess();

// What a test imports as `@jest/globals` exists in Jest's own module system only.
const GLOBALS = new URL("./globals.mjs", import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "@jest/globals" ? { url: GLOBALS, shortCircuit: true } : next(specifier, context),
});

/**
 * Jest's runtime without its module system: tests and sources are modules of Node itself. In Jest's `vm` modules the same
 * code takes up to twice the time of a core, and each file loads every module anew. Test files of one worker share their
 * modules, so a module holds nothing that a test changes.
 */
export default class NativeRuntime {
  constructor(_config, _environment, _resolver, _transformer, _files, _coverage, _path, globalConfig) {
    if (globalConfig.collectCoverage) throw new Error("Coverage is Node's: set NODE_V8_COVERAGE to a folder");
  }

  /** A new jest-circus for each file: its state is the file's. */
  requireInternalModule(path) {
    delete globalThis[Symbol.for("EVENT_HANDLERS")];
    delete require.cache[path];
    return require(path);
  }

  setGlobalsForRuntime(globals) {
    setGlobals(globals);
  }

  unstable_shouldLoadAsEsm() {
    return true;
  }

  // In watch mode a file is imported again.
  unstable_importModule(path) {
    return import(`${pathToFileURL(path).href}?${(imports += 1)}`);
  }

  requireModule(path) {
    return require(path);
  }

  getSourceMaps() {}
  getAllCoverageInfoCopy() {}
  enterTestCode() {}
  leaveTestCode() {}
  teardown() {}
}

let imports = 0;
