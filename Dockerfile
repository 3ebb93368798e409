# The GitHub App by default; any other command of Casebook as arguments:
#   docker run --rm --interactive --user "$(id -u):$(id -g)" --env CASEBOOK_DATA=/tmp --volume "$PWD:/repository" casebook \
#     investigate --repo /repository --issue - <issue.md
FROM node:24.21-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY node24 node24
RUN npm ci --ignore-scripts --omit=optional
COPY scripts/build.ts scripts/build.ts
COPY src src
RUN npm run build && npm prune --ignore-scripts --omit=dev --omit=optional

FROM node:24.21-bookworm-slim
# bubblewrap runs code of repositories where the container may create user namespaces (docs/sandbox.md).
RUN apt-get update \
  && apt-get install --yes --no-install-recommends git ca-certificates bubblewrap \
  && rm -rf /var/lib/apt/lists/* \
  && install --directory --owner=10001 --group=10001 /data
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json app.yml LICENSE ./
COPY bin bin
COPY schemas schemas
COPY examples examples
USER 10001:10001
# Casebook writes to /data and /tmp only, so the root can be read-only.
ENV NODE_ENV=production HOME=/tmp HOST=0.0.0.0 PORT=3000 CASEBOOK_DATA=/data
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:3000/healthz').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/bin/casebook.mjs"]
CMD ["serve"]
