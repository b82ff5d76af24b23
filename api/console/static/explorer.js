// GraphiQL, asking this origin alone, with the documents of the callers to choose from.
"use strict";

const place = document.getElementById("graphiql");
const examples = JSON.parse(document.getElementById("examples").textContent);
const address = new URL(window.location.href);
const given = Object.fromEntries(["query", "variables", "operationName"].map((name) => [name, address.searchParams.get(name) ?? undefined]));

async function ask(question, options = {}) {
  const isSchema = question.operationName === "IntrospectionQuery" && place.dataset.schema;
  const answer = isSchema
    ? await fetch(place.dataset.schema)
    : await fetch("/graphql", {
        method: "POST",
        headers: { accept: "application/graphql-response+json, application/json;q=0.9", "content-type": "application/json", ...options.headers },
        body: JSON.stringify(question),
      });
  return answer.json();
}

const root = ReactDOM.createRoot(place);
function show(query, variables, operationName) {
  const key = `${operationName ?? ""}${query ?? ""}`;
  root.render(React.createElement(GraphiQL, { key, fetcher: ask, query, variables, operationName, defaultEditorToolsVisibility: "variables" }));
}
show(given.query, given.variables, given.operationName);

document.getElementById("example").addEventListener("change", (chosen) => {
  const example = examples.find((one) => one.name === chosen.target.value);
  if (example) {
    show(example.query, "{}", undefined);
  }
});
