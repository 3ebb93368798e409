import type { RepositoryFiles } from "./test-framework.ts";
import { manifests, pathsBelow } from "./evidence.ts";

/** Test files by the names that pytest and unittest look for. */
export function pythonTests(files: RepositoryFiles): readonly string[] {
  return pathsBelow(files, "", /(^|\/)(test_[^/]*|[^/]*_test|tests?)\.py$/);
}

/** Where Python projects say what they need. */
export function pythonManifests(files: RepositoryFiles): readonly string[] {
  return manifests(
    files,
    /^(pyproject\.toml|setup\.cfg|setup\.py|Pipfile|tox\.ini|[\w-]*requirements[\w-]*\.(txt|in))$/,
  );
}

/** `tests/test_store.py` gives `test_<topic>.py`, `tests/store_test.py` `<topic>_test.py`. */
export function pythonTestName(like: string | undefined, topic: string): string {
  return like?.endsWith("_test.py") === true ? `${topic}_test.py` : `test_${topic}.py`;
}

/** Nothing of one run is found by the next, and output comes as it is made. */
export const PYTHON_ENV = { PYTHONDONTWRITEBYTECODE: "1", PYTHONUNBUFFERED: "1" } as const;
