# The command line in a container: docker run --rm -v "$PWD:/repository" casebook investigate --repo /repository --issue -
FROM node:24-bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends git ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional
COPY bin bin
COPY src src
COPY examples examples
USER node
ENV CASEBOOK_DATA=/tmp/casebook
ENTRYPOINT ["node", "/app/bin/casebook.mjs"]
