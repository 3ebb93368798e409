/** Variables that programs and libraries need and that hold no secret. Everything else is ours, or is nobody's here. */
const STAYS =
  /^(?:PATH|HOME|TMPDIR|TMP|TEMP|PWD|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TZ|TERM|COLORTERM|COLUMNS|LINES|NO_COLOR|FORCE_COLOR|CI|SSH_AUTH_SOCK|SSL_CERT_FILE|SSL_CERT_DIR|NODE_COMPILE_CACHE|NODE_EXTRA_CA_CERTS|NODE_OPTIONS|NODE_USE_ENV_PROXY|NO_PROXY|no_proxy|XDG_CACHE_HOME|SystemRoot|PATHEXT|ComSpec|windir)$/;

/**
 * Takes the variables of a process and leaves only those without a secret in it: what is not there, no library reads and no child
 * process gets. Call it once, at the start. `env` is changed; what it held is returned.
 */
export function takeEnvironment(
  env: Record<string, string | undefined>,
): Readonly<Record<string, string | undefined>> {
  const taken = { ...env };
  for (const name of Object.keys(env)) if (!STAYS.test(name)) delete env[name];
  return taken;
}
