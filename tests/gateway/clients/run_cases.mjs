// The SDKs for Node, unmodified: they make the calls that cases tell, one after the other.
// A line of standard input is a list of cases; the line that answers it has what they came to.
//
//   node run_cases.mjs FOLDER_WITH_NODE_MODULES

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename } from "node:path";
import { createInterface } from "node:readline";

const installed = createRequire(`${process.argv[2]}/`);
const { Portkey, createHeaders } = installed("portkey-ai");
const elder = installed("openai");
const newest = installed("openai-next");

const SDKS = { openai: elder.OpenAI, "openai-next": newest.OpenAI };
const AZURES = { azure: elder.AzureOpenAI, "azure-next": newest.AzureOpenAI };
const METHODS = { generate: "generate", edit: "edit", variation: "createVariation" };
const OWN_WORDS = { trace_id: "traceID", azure_deployment: "deployment" };

const camel = (name) =>
  OWN_WORDS[name] ?? name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

// Python's clients take seconds where these take milliseconds.
const spelled = (options) =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) =>
      name === "timeout" ? [name, value * 1000] : [camel(name), value],
    ),
  );

function clientOf({ sdk, url, root, options, headers }) {
  if (sdk === "portkey") return new Portkey({ baseURL: url, ...spelled(options) });
  if (sdk in AZURES) return new AZURES[sdk]({ endpoint: root, ...spelled(options) });
  const sent = headers && { defaultHeaders: createHeaders(spelled(headers)) };
  return new SDKS[sdk]({ baseURL: url, ...sent, ...spelled(options) });
}

const fileOf = (given) =>
  Array.isArray(given)
    ? given.map(fileOf)
    : new File([readFileSync(given)], basename(given), { type: "image/png" });

async function models(client) {
  const { data } = await client.models.list();
  return { models: data.map(({ id }) => id) };
}

async function asked(client, call) {
  const files = Object.entries(call.files).map(([name, given]) => [name, fileOf(given)]);
  const body = { ...call.body, ...Object.fromEntries(files) };
  if (call.do === "models") return models(client);
  if (call.do === "where") return { where: client.baseURL };
  const method = METHODS[call.do];
  const isPortkey = client instanceof Portkey;
  const more = call.with ? [spelled(call.with)] : [];
  const coming = client.images[method](body, ...more);
  if (body.stream) {
    const events = [];
    for await (const event of await coming) {
      events.push({ type: event.type, b64_json: beginning(event.b64_json) });
    }
    return { events };
  }
  if (isPortkey) {
    const answer = await coming;
    return { ...answered(answer), headers: answer.getHeaders() };
  }
  const { data, response } = await coming.withResponse();
  return { ...answered(data), headers: portkeys(response.headers) };
}

// What a picture is, and not all of it.
const beginning = (text) => text?.slice(0, 8) ?? null;

const answered = ({ created, data, ...rest }) => ({
  created,
  data: data.map(({ url, b64_json }) => ({ url: url ?? null, b64_json: beginning(b64_json) })),
  names: [...Object.keys(rest), ...data.flatMap(Object.keys)].filter((name) => name !== "getHeaders"),
});

const portkeys = (headers) =>
  Object.fromEntries(
    [...headers]
      .filter(([name]) => name.startsWith("x-portkey-"))
      .map(([name, value]) => [name.slice("x-portkey-".length), value]),
  );

const told = (error) => ({
  class: error.constructor.name,
  message: error.message,
  status: error.status ?? null,
  code: error.code ?? null,
  headers: error.headers ? Object.fromEntries([...(error.headers.entries?.() ?? [])]) : {},
});

async function run(calls, client) {
  const results = [];
  for (const call of calls) {
    try {
      results.push(await asked(client, call));
    } catch (error) {
      results.push({ error: told(error) });
    }
  }
  return results;
}

async function outcomes({ calls, ...made }) {
  try {
    return await run(calls, clientOf(made));
  } catch (error) {
    return calls.map(() => ({ error: told(error) }));
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const results = [];
  for (const each of JSON.parse(line)) results.push(await outcomes(each));
  process.stdout.write(`${JSON.stringify(results)}\n`);
}
