/** As much of the parser's wasm as a larger stack takes. */
interface WasmParts {
  /** The address of the stack's top; the stack grows downwards. */
  readonly pointer: { value: number };
  /** Bytes to an address, 0 when there are none left. */
  readonly malloc: (size: number) => number;
}

/**
 * web-tree-sitter 0.27 comes with a stack of 64 KB in its memory and with its constants right below. The parser recurses
 * over Java's `{({({(…`: 2,100 pairs fill the stack, more overwrite the constants, and from then on files are read wrong
 * or not at all. With 4 MB the thread's own stack ends first (at 1.1 MB of these in a worker thread, 0.3 MB in the main
 * one), which is an exception instead.
 */
const STACK_BYTES = 4 << 20;
const ALIGNMENT = 16;

/**
 * Moves the parser's stack to a larger place. Gives a function that empties it again, for after an exception: a call
 * that is cut off leaves the pointer where it was. Throws RangeError when there is no memory for it.
 */
export function enlargeStack({ pointer, malloc }: WasmParts): () => void {
  const start = malloc(STACK_BYTES);
  if (start === 0) throw new RangeError(`no ${STACK_BYTES} bytes for the parser's stack`);
  const top = start + STACK_BYTES - ((start + STACK_BYTES) % ALIGNMENT);
  const empty = () => {
    pointer.value = top;
  };
  empty();
  return empty;
}
