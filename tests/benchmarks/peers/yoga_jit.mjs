// graphql-yoga with graphql-jit.
import { createServer } from "node:http";
import { useGraphQlJit } from "@envelop/graphql-jit";
import { makeExecutableSchema } from "@graphql-tools/schema";
import { createYoga } from "graphql-yoga";
import { given, resolvers, sdl } from "./contract.mjs";

const yoga = createYoga({
  schema: makeExecutableSchema({ typeDefs: sdl, resolvers }),
  plugins: [useGraphQlJit()],
  graphiql: false,
  landingPage: false,
  logging: false,
  maskedErrors: false,
  healthCheckEndpoint: "/readyz",
});
createServer(yoga).listen(given.port, "127.0.0.1");
