/** Jest's environment without a `vm` context: tests have the globals of Node, as the program has. */
export default class NativeEnvironment {
  global = globalThis;
  fakeTimers = null;
  fakeTimersModern = null;
  moduleMocker = null;
  #console = globalThis.console;
  #exit = Object.getOwnPropertyDescriptor(process, "exit");

  getVmContext() {
    return null;
  }

  async setup() {
    // Jest collects 100 frames of every error, and expected errors are many.
    Error.stackTraceLimit = 20;
  }

  async teardown() {
    globalThis.console = this.#console;
    Object.defineProperty(process, "exit", this.#exit);
  }
}
