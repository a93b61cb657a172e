// npm `feelin` over expressions with the same facts. Reads {facts, asked: [[source, test]]} on standard input, prints the values.
import { readFileSync } from "node:fs";
import { evaluate, unaryTest } from "feelin";

const { facts, asked } = JSON.parse(readFileSync(0, "utf8"));

function read(value) {
  if (Array.isArray(value)) return value.map(read);
  if (value === null || typeof value !== "object") return value;
  const [tag, ...more] = Object.keys(value);
  if (more.length === 0 && tag === "$date") return evaluate(`date("${value[tag]}")`).value;
  if (more.length === 0 && tag === "$moment") return evaluate(`date and time("${value[tag]}")`).value;
  if (more.length === 0 && tag === "$number") return Number(value[tag]);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, read(inner)]));
}

function told(value) {
  if (Array.isArray(value)) return value.map(told);
  if (value === null || value === undefined) return null;
  if (typeof value !== "object") return value;
  if (typeof value.toISODate === "function") return value.toISODate();
  if (typeof value.toISO === "function") return value.toISO();
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, told(inner)]));
}

const context = read(facts);
const values = asked.map(([source, test]) => {
  try {
    const given = test === null ? context : { ...context, "?": evaluate(test, context).value };
    return { value: told(test === null ? evaluate(source, context).value : unaryTest(source, given).value) };
  } catch (error) {
    return { error: String(error.message).split("\n")[0] };
  }
});
console.log(JSON.stringify(values));
