# One image for every process of the mesh: docker-compose.yml says which of them a container runs.
FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY . .
# A named volume takes over the owner of the folder that it is mounted on.
RUN mkdir data && chown node:node data
USER node
CMD ["node", "gateway/main.ts"]
