# The GitHub App by default; any other command of Casebook as arguments:
#   docker run --rm --interactive --user "$(id -u):$(id -g)" --env CASEBOOK_DATA=/tmp --volume "$PWD:/repository" casebook \
#     investigate --repo /repository --issue - <issue.md
FROM node:24.21-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional

FROM node:24.21-bookworm-slim
# bubblewrap runs code of repositories, where the container may make user namespaces (docs/sandbox.md).
RUN apt-get update \
  && apt-get install --yes --no-install-recommends git ca-certificates bubblewrap \
  && rm -rf /var/lib/apt/lists/* \
  && install --directory --owner=10001 --group=10001 /data
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json app.yml LICENSE ./
COPY bin bin
COPY src src
COPY schemas schemas
COPY examples examples
USER 10001:10001
# Everything that is written lies in /data and /tmp: the root can be read-only.
ENV NODE_ENV=production HOME=/tmp HOST=0.0.0.0 PORT=3000 CASEBOOK_DATA=/data
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/healthz').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/bin/casebook.mjs"]
CMD ["serve"]
