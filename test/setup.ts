// Commits that tests make are the same on every machine: no personal or system git configuration.
process.env["GIT_CONFIG_NOSYSTEM"] = "1";
process.env["GIT_CONFIG_GLOBAL"] = "/dev/null";
process.env["TZ"] = "UTC";
process.env["NO_COLOR"] = "1";
