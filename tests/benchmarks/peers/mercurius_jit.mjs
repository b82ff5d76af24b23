// mercurius with its just-in-time compiler, on fastify.
import Fastify from "fastify";
import mercurius from "mercurius";
import { given, resolvers, sdl } from "./contract.mjs";

const app = Fastify({ logger: false, bodyLimit: 16 * 1024 * 1024 });
await app.register(mercurius, { schema: sdl, resolvers, jit: 1, graphiql: false });
app.get("/readyz", async () => ({}));
await app.listen({ host: "127.0.0.1", port: given.port });
